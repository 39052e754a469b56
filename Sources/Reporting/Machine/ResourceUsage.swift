#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What this process has used so far.
public struct ResourceUsage: Sendable, Hashable, Codable {
    /// Processor time in the program itself and in the system on its behalf, over all threads, in seconds.
    public var userSeconds: Double
    public var systemSeconds: Double
    /// The most memory it has held at once, in bytes.
    public var peakResidentBytes: Int
    /// Memory it holds now, in bytes; `nil` where the system does not tell (no /proc).
    public var residentBytes: Int?

    public init(userSeconds: Double, systemSeconds: Double, peakResidentBytes: Int, residentBytes: Int?) {
        self.userSeconds = userSeconds
        self.systemSeconds = systemSeconds
        self.peakResidentBytes = peakResidentBytes
        self.residentBytes = residentBytes
    }

    public var cpuSeconds: Double { userSeconds + systemSeconds }

    /// A reading taken now.
    public static func current() -> ResourceUsage {
        var usage = rusage()
        guard getrusage(Self.thisProcess, &usage) == 0 else {
            return ResourceUsage(userSeconds: 0, systemSeconds: 0, peakResidentBytes: 0, residentBytes: currentResidentBytes())
        }
        #if canImport(Darwin)
        let unit = 1
        #else
        let unit = 1_024
        #endif
        let resident = currentResidentBytes()
        // The kernel updates the peak lazily; it is never below what is held now.
        return ResourceUsage(
            userSeconds: seconds(usage.ru_utime), systemSeconds: seconds(usage.ru_stime),
            peakResidentBytes: max(usage.ru_maxrss * unit, resident ?? 0), residentBytes: resident)
    }

    /// Processor time spent since an earlier reading, in seconds.
    public func cpuSeconds(since earlier: ResourceUsage) -> Double { cpuSeconds - earlier.cpuSeconds }

    #if canImport(Glibc)
    private static let thisProcess = Int32(RUSAGE_SELF.rawValue)
    #else
    private static let thisProcess = RUSAGE_SELF
    #endif

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static func currentResidentBytes() -> Int? {
        guard let text = ProcessFile.text("/proc/self/statm") else { return nil }
        return residentBytes(statm: text, pageSize: Int(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// The second number of `/proc/self/statm` counts resident pages.
    package static func residentBytes(statm: String, pageSize: Int) -> Int? {
        let fields = statm.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]), pages >= 0 else { return nil }
        let (bytes, overflow) = pages.multipliedReportingOverflow(by: pageSize)
        return overflow ? nil : bytes
    }
}

/// Files of /proc have no size to ask for: they are read until they end.
enum ProcessFile {
    static func text(_ path: String, limit: Int = 4 << 20) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < limit {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
