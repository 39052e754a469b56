import Foundation
import Kernels
import Reporting

/// What a benchmark measured, with everything one needs to judge it.
public struct BenchmarkReport: Sendable, Codable {
    /// One thing that was measured.
    public struct Row: Sendable, Codable, Hashable {
        public enum Group: String, Sendable, Codable, CaseIterable {
            case training, inference, stages, process, operations
        }

        public var group: Group
        /// What one run does.
        public var name: String
        /// Side of the network's input in pixels.
        public var size: Int?
        public var batch: Int?
        public var precision: String?
        /// Of one run, in seconds.
        public var time: Timing
        /// Times of others for the same, by name, such as `pytorch eager`; taken in between our own runs.
        public var peers: [String: Timing] = [:]
        /// Shares of the time, by what it went to; they add up to 1.
        public var shares: [String: Double] = [:]
        /// Anything else worth knowing, such as memory.
        public var notes: [String] = []

        public init(
            _ group: Group, _ name: String, size: Int? = nil, batch: Int? = nil, precision: String? = nil, time: Timing
        ) {
            self.group = group
            self.name = name
            self.size = size
            self.batch = batch
            self.precision = precision
            self.time = time
        }

        /// Photos a second.
        public var rate: Double? { batch.map { Double($0) / time.median } }

        /// The fastest of the peers of a framework, or of all.
        public func fastestPeer(_ framework: String? = nil) -> (name: String, time: Timing)? {
            peers.filter { framework == nil || $0.key.hasPrefix(framework!) }.min { ($0.value.median, $0.key) < ($1.value.median, $1.key) }
                .map { (name: $0.key, time: $0.value) }
        }
    }

    public var date: String
    public var machine: MachineDescription
    /// What oneDNN uses.
    public var instructionSet: String
    public var versions: [String: String]
    public var threads: Int
    /// Runnable processes of the last minute, before and after.
    public var loadBefore: Double
    public var loadAfter: Double
    public var seconds: Double
    public var rows: [Row]
    /// Peers that gave no figures, and why.
    public var failures: [String]

    /// What stands against taking the figures as they are; empty on a quiet machine.
    public var warnings: [String] {
        var result: [String] = []
        if let warning = SystemLoad.warning(loadBefore) { result.append(warning) }
        let uneven = rows.filter { $0.time.runs > 2 && $0.time.highest > 2 * $0.time.median }.count
        if uneven * 4 > rows.count { result.append("\(uneven) of \(rows.count) measurements varied by more than a factor of two") }
        return result
    }

    static func percent(_ share: Double) -> String { HumanReadable.percentage(share, places: 1) }
    static func bytes(_ count: Int) -> String { HumanReadable.bytes(count) }

    public init(
        threads: Int, loadBefore: Double, loadAfter: Double, seconds: Double, rows: [Row], failures: [String], versions: [String: String] = [:]
    ) {
        date = ISO8601DateFormatter().string(from: Date())
        machine = .current()
        instructionSet = InstructionSet.current.rawValue
        self.versions = versions.merging(["tandem": Tandem.version, "oneDNN": InstructionSet.libraryVersion]) { a, _ in a }
        self.threads = threads
        self.loadBefore = loadBefore
        self.loadAfter = loadAfter
        self.seconds = seconds
        self.rows = rows
        self.failures = failures
    }
}
