import Foundation

/// What a run found, for the report.
struct FuzzStatistics {
    var files = 0
    var bytes = 0
    var outcomes: [String: Int] = [:]
    var slowestSeconds = 0.0
    var slowestNumber = 0

    mutating func add(outcome: String, bytes: Int, seconds: Double, number: Int) {
        files += 1
        self.bytes += bytes
        outcomes[outcome, default: 0] += 1
        if seconds > slowestSeconds {
            slowestSeconds = seconds
            slowestNumber = number
        }
    }

    func lines(seconds: Double, residentAtStart: Int, residentAtEnd: Int) -> [String] {
        let counts = outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        func megabytes(_ value: Int) -> String { String(format: "%.1f MB", Double(value) / 1e6) }
        return [
            "\(files) files (\(megabytes(bytes))) in \(String(format: "%.1f", seconds)) s, \(Int(Double(files) / max(seconds, 1e-9))) files/s",
            "outcomes: " + counts.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
            "slowest: file \(slowestNumber), \(String(format: "%.0f", slowestSeconds * 1000)) ms",
            "resident memory: \(megabytes(residentAtStart)) after the first tenth, \(megabytes(residentAtEnd)) at the end",
        ]
    }

    /// Resident bytes of this process.
    static func residentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }
}
