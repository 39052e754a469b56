#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How busy the machine is, which decides what a measurement is worth.
public enum SystemLoad {
    /// Runnable processes, the mean of the last minute; 0 where the system does not tell.
    public static func average() -> Double {
        ProcessFile.text("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    /// Load from which a machine is not quiet: half a processor busy with other things.
    public static let quiet = 0.5

    /// What stands against figures measured from this load on; nil where nothing does.
    public static func warning(_ loadBefore: Double) -> String? {
        loadBefore > quiet
            ? "the machine was not quiet: the load average was \(HumanReadable.decimal(loadBefore)) before; figures may be too low, ours and others' alike"
            : nil
    }
}
