#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The machine a result was measured on, for a report's provenance.
public struct MachineDescription: Sendable, Hashable, Codable {
    /// The processor's name, e.g. "Intel(R) Xeon(R) Platinum 8481C"; "unknown processor" where the system does not tell.
    public var processor: String
    /// Processors the system schedules on; two per core where cores run two threads.
    public var logicalProcessors: Int
    /// Distinct cores, where the system tells.
    public var physicalCores: Int?
    /// Of the instruction sets that decide speed, those present, e.g. `["avx2", "avx512f", "amx_bf16"]`.
    public var instructionSets: [String]
    /// Installed memory in bytes, where the system tells.
    public var memoryBytes: Int?
    /// Name and release of the kernel, e.g. "Linux 6.1.0".
    public var kernel: String

    public init(
        processor: String, logicalProcessors: Int, physicalCores: Int?, instructionSets: [String], memoryBytes: Int?,
        kernel: String
    ) {
        self.processor = processor
        self.logicalProcessors = logicalProcessors
        self.physicalCores = physicalCores
        self.instructionSets = instructionSets
        self.memoryBytes = memoryBytes
        self.kernel = kernel
    }

    /// This machine.
    public static func current() -> MachineDescription {
        MachineDescription(
            cpuinfo: ProcessFile.text("/proc/cpuinfo") ?? "", meminfo: ProcessFile.text("/proc/meminfo") ?? "",
            release: ProcessFile.text("/proc/sys/kernel/osrelease") ?? "",
            logicalProcessors: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// From the text of the three files under /proc.
    package init(cpuinfo: String, meminfo: String, release: String, logicalProcessors: Int) {
        var model: String?
        var flags: Set<Substring> = []
        var cores: Set<String> = []
        var package = ""
        for line in cpuinfo.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = Self.trimmed(line[..<colon])
            let value = Self.trimmed(line[line.index(after: colon)...])
            switch key {
            case "model name" where model == nil: model = value
            case "flags" where flags.isEmpty: flags = Set(line[line.index(after: colon)...].split(separator: " "))
            case "physical id": package = value
            case "core id": cores.insert("\(package)/\(value)")
            default: break
            }
        }
        let interesting = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"]
        let release = Self.trimmed(Substring(release))
        self.init(
            processor: model ?? "unknown processor", logicalProcessors: logicalProcessors,
            physicalCores: cores.isEmpty ? nil : cores.count,
            instructionSets: interesting.filter { flags.contains(Substring($0)) },
            memoryBytes: Self.totalMemory(meminfo), kernel: release.isEmpty ? "unknown kernel" : "Linux \(release)")
    }

    /// One line: `Intel Xeon, 2 processors, 33.6 GB memory, Linux 6.1.0`.
    public var summary: String {
        var parts = [processor, HumanReadable.count(logicalProcessors, "logical processor")]
        if !instructionSets.isEmpty { parts.append(instructionSets.joined(separator: " ")) }
        if let memoryBytes { parts.append("\(HumanReadable.bytes(memoryBytes)) memory") }
        return (parts + [kernel]).joined(separator: ", ")
    }

    private static func totalMemory(_ meminfo: String) -> Int? {
        for line in meminfo.split(separator: "\n") where line.hasPrefix("MemTotal:") {
            guard let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1_024)
            return overflow || bytes < 0 ? nil : bytes
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
