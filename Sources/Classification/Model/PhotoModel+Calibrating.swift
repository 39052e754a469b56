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
        func observe(_ samples: any SampleSource) throws -> LabeledObservations {
            LabeledObservations(
                observations: try network.observe(samples, flipAveraging: flipAveraging, threads: threads),
                labels: (0..<samples.count).map { Int(samples.label(of: $0)) })
        }
        return calibrate(
            network, known: try observe(known), validation: try observe(validation),
            outliers: try outliers.map { try observe($0).observations }, keptShare: keptShare)
    }

    /// The same for photos in files. Files that give no picture are left out.
    ///
    /// - Parameters:
    ///   - outliers: paths of photos of none of the classes; may be empty.
    ///   - progress: called from other threads after each file.
    /// - Throws: `Classifier.OtherClasses`, errors of the compiler and the kernels.
    public mutating func calibrate(
        known: PhotoCollection, validation: PhotoCollection, outliers: [String], flipAveraging: Bool = true,
        keptShare: Double = RejectionRule.defaultKeptShare, threads: Int, progress: @escaping @Sendable () -> Void = {}
    ) throws -> CalibrationSummary {
        let network = try network(features: RejectionRule.defaultFeatures(of: graph))
        func observe(_ files: [String]) throws -> (observations: Observations, positions: [Int]) {
            try network.observe(
                files: files, preprocessing: preprocessing, flipAveraging: flipAveraging, threads: threads, progress: progress)
        }
        func observe(_ collection: PhotoCollection) throws -> LabeledObservations {
            let classes = classes
            let indices = try collection.classNames.map { name in
                guard let index = classes.firstIndex(of: name) else { throw Classifier.OtherClasses(name: name, known: classes) }
                return index
            }
            let (observations, positions) = try observe(collection.photos.map(collection.filePath(of:)))
            return LabeledObservations(observations: observations, labels: positions.map { indices[collection.photos[$0].label] })
        }
        return calibrate(
            network, known: try observe(known), validation: try observe(validation),
            outliers: outliers.isEmpty ? nil : try observe(outliers).observations, keptShare: keptShare)
    }

    private mutating func calibrate(
        _ network: PhotoNetwork, known: LabeledObservations, validation: LabeledObservations, outliers: Observations?, keptShare: Double
    ) -> CalibrationSummary {
        let fit = TemperatureFit(validation.observations, labels: validation.labels)
        let before = validation.reliability(Calibration(temperature: 1, flipAveraging: fit.calibration.flipAveraging))
        calibration = fit.calibration
        rejection = RejectionRule(
            for: network, known: known.observations, labels: known.labels, validation: validation.observations,
            outliers: outliers, keptShare: keptShare)
        return CalibrationSummary(
            temperature: fit.calibration.temperature, lossBefore: fit.lossBefore, lossAfter: fit.lossAfter,
            errorBefore: before.expectedCalibrationError,
            errorAfter: validation.reliability(calibration).expectedCalibrationError)
    }
}

/// Observed photos of known classes.
private struct LabeledObservations {
    var observations: Observations
    var labels: [Int]

    func reliability(_ calibration: Calibration) -> ReliabilityBins {
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
