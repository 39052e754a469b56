import Reporting
import Training

extension PhotoTraining.Outcome {
    /// The outcome for scripts.
    public struct Summary: Codable, Sendable {
        public var run: String
        public var model: String
        public var classes: [String]
        public var epochs: Int
        public var stoppedEarly: Bool
        public var validationAccuracy: Double?
        public var validationLoss: Double?
        public var testAccuracy: Double?
        public var expectedCalibrationError: Double?
        public var seconds: Double
        public var cpuSeconds: Double
        public var peakResidentBytes: Int
    }

    public func summary(run: String) -> Summary {
        Summary(
            run: run, model: run + "/" + RunFolder.File.model.rawValue, classes: model.classes, epochs: metrics.epochs.count,
            stoppedEarly: stoppedEarly, validationAccuracy: model.metrics.validationAccuracy,
            validationLoss: model.metrics.validationLoss, testAccuracy: model.metrics.testAccuracy,
            expectedCalibrationError: model.metrics.expectedCalibrationError, seconds: model.provenance.trainingSeconds,
            cpuSeconds: model.provenance.cpuSeconds, peakResidentBytes: ResourceUsage.current().peakResidentBytes)
    }

    /// The outcome for people.
    public func text(run: String) -> String {
        let usage = ResourceUsage.current()
        var lines = ["Trained \(metrics.epochs.count) epochs in \(HumanReadable.duration(seconds: model.provenance.trainingSeconds))" + (stoppedEarly ? ", stopped early" : "") + "."]
        if let accuracy = model.metrics.validationAccuracy { lines.append("Validation accuracy \(HumanReadable.percentage(accuracy)).") }
        if let accuracy = model.metrics.testAccuracy, let count = model.metrics.testPhotos {
            let interval = WilsonInterval.proportion(successes: Int((accuracy * Double(count)).rounded()), trials: count)
            lines.append("Held-out accuracy \(HumanReadable.percentage(interval)) on \(HumanReadable.count(count)) photos.")
        }
        if let error = model.metrics.expectedCalibrationError { lines.append("Expected calibration error \(HumanReadable.decimal(error, places: 4)).") }
        lines.append("Training arena \(HumanReadable.bytes(arenaByteCount)), peak resident memory \(HumanReadable.bytes(usage.peakResidentBytes)).")
        lines.append("Model: \(run)/\(RunFolder.File.model.rawValue)")
        return lines.joined(separator: "\n")
    }
}
