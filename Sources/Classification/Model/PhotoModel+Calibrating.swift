import ComputeGraph
import Kernels
import Reporting
import Training

extension PhotoModel {
    /// The model compiled to tell logits and what its rule for *neither* looks at.
    ///
    /// - Parameter features: other ones than those of the rule.
    func network(features: [PooledFeature]? = nil, precision: Precision? = nil) throws -> PhotoNetwork {
        try PhotoNetwork(
            graph, parameters: parameters,
            inputShape: .image(height: preprocessing.height, width: preprocessing.width, channels: 3),
            features: features ?? rejection?.features ?? [], precision: precision)
    }

    /// Fits the temperature and the rule for *neither* to a trained network; nothing of the network changes.
    ///
    /// - Parameters:
    ///   - known: photos the network was trained on, as inference sees them; a few thousand are enough.
    ///   - validation: photos of the classes that it was not trained on.
    ///   - outliers: photos of none of the classes, if there are any.
    ///   - flipAveraging: lets the model look at every photo and its mirror image from now on.
    ///   - keptShare: share of `validation` that must not be called neither.
    /// - Throws: errors of the compiler and the kernels.
    public mutating func calibrate(
        known: any SampleSource, validation: any SampleSource, outliers: (any SampleSource)? = nil, flipAveraging: Bool = true,
        keptShare: Double = RejectionRule.defaultKeptShare, threads: Int
    ) throws -> CalibrationSummary {
        let network = try network(features: RejectionRule.defaultFeatures(of: graph))
        func observe(_ samples: any SampleSource) throws -> Observations {
            try network.observe(samples, flipAveraging: flipAveraging, threads: threads)
        }
        func labels(_ samples: any SampleSource) -> [Int] { (0..<samples.count).map { Int(samples.label(of: $0)) } }
        let seen = try observe(validation)
        let fit = TemperatureFit(seen, labels: labels(validation))
        let before = Self.reliability(seen, labels(validation), Calibration(temperature: 1, flipAveraging: flipAveraging))
        calibration = fit.calibration
        let after = Self.reliability(seen, labels(validation), calibration)
        rejection = RejectionRule(
            for: network, known: try observe(known), labels: labels(known), validation: seen,
            outliers: try outliers.map(observe), keptShare: keptShare)
        return CalibrationSummary(
            temperature: fit.calibration.temperature, lossBefore: fit.lossBefore, lossAfter: fit.lossAfter,
            errorBefore: before.expectedCalibrationError, errorAfter: after.expectedCalibrationError)
    }

    private static func reliability(_ observations: Observations, _ labels: [Int], _ calibration: Calibration) -> ReliabilityBins {
        let answers = labels.indices.map {
            Answer(probabilities: calibration.probabilities(observations.logits(of: $0), classes: observations.classCount))
        }
        return ReliabilityBins(
            confidences: answers.map { Double($0.confidence) }, isRight: zip(answers, labels).map { $0.best == $1 })
    }
}

/// What calibration changed, on the photos it was fitted to.
public struct CalibrationSummary: Hashable, Codable, Sendable {
    public var temperature: Float
    /// Mean negative log likelihood in nats.
    public var lossBefore: Double
    public var lossAfter: Double
    /// Expected calibration error, 0 to 1.
    public var errorBefore: Double
    public var errorAfter: Double
}
