import Foundation
import Reporting

/// What a command cost the machine it ran on.
struct TrainingCost: Codable {
    var seconds: Double
    /// Processor time of all threads.
    var cpuSeconds: Double
    /// The most memory held at once.
    var peakBytes: Int
    var machine: String

    /// - Parameter seconds: that passed on the clock.
    init(seconds: Double) {
        let usage = ResourceUsage.current()
        self.seconds = seconds
        (cpuSeconds, peakBytes) = (usage.cpuSeconds, usage.peakResidentBytes)
        machine = MachineDescription.current().summary
    }

    var figures: [Figure] {
        [
            Figure(HumanReadable.duration(seconds: seconds), label: "Time", explanation: "on the clock"),
            Figure(HumanReadable.duration(seconds: cpuSeconds), label: "Processor time", explanation: "of all threads together"),
            Figure(HumanReadable.bytes(peakBytes), label: "Memory", explanation: "the most held at once"),
        ]
    }
}
