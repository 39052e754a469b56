import ComputeGraph
import Imaging
import ModelStore

/// A trained classifier as it is shipped: graph, parameters, and everything needed to answer as it did when
/// it was evaluated, in one file.
public struct PhotoModel: Sendable {
    public var graph: Graph
    /// In the order of the graph's parameters.
    public var parameters: [[Float]]
    public var preprocessing: Preprocessing
    public var classes: [String]
    public var calibration: Calibration
    /// How to tell photos of none of the classes; nil when it was not fitted.
    public var rejection: RejectionRule?
    public var provenance: Provenance
    public var metrics: ModelMetrics

    public init(
        graph: Graph, parameters: [[Float]], preprocessing: Preprocessing, classes: [String], calibration: Calibration = .none,
        rejection: RejectionRule? = nil, provenance: Provenance, metrics: ModelMetrics = ModelMetrics()
    ) {
        self.graph = graph
        self.parameters = parameters
        self.preprocessing = preprocessing
        self.classes = classes
        self.calibration = calibration
        self.rejection = rejection
        self.provenance = provenance
        self.metrics = metrics
    }
}

/// What turns logits into probabilities one can rely on: `softmax(logits / temperature)` (Guo et al., 2017).
public struct Calibration: Hashable, Codable, Sendable {
    /// Above 0; 1 changes nothing.
    public var temperature: Float
    /// Whether the mean of the photo's and its mirror image's probabilities is the answer.
    public var flipAveraging: Bool

    public init(temperature: Float, flipAveraging: Bool) {
        self.temperature = temperature
        self.flipAveraging = flipAveraging
    }

    public static let none = Calibration(temperature: 1, flipAveraging: false)
}

/// Where a model comes from.
public struct Provenance: Hashable, Codable, Sendable {
    /// When training ended, ISO 8601 in UTC.
    public var created: String
    /// Digest of the training data.
    public var dataFingerprint: String
    public var trainingPhotos: Int
    public var validationPhotos: Int
    public var testPhotos: Int
    public var seed: UInt64
    public var epochs: Int
    public var trainingSeconds: Double
    public var cpuSeconds: Double
    /// Processor and instruction set.
    public var processor: String
    public var precision: String
    /// Versions of Tandem and oneDNN.
    public var versions: [String: String]
    /// Fingerprint of the model it was fine-tuned from, if any.
    public var parent: String?

    public init(
        created: String, dataFingerprint: String, trainingPhotos: Int, validationPhotos: Int, testPhotos: Int, seed: UInt64,
        epochs: Int, trainingSeconds: Double, cpuSeconds: Double, processor: String, precision: String,
        versions: [String: String], parent: String? = nil
    ) {
        self.created = created
        self.dataFingerprint = dataFingerprint
        self.trainingPhotos = trainingPhotos
        self.validationPhotos = validationPhotos
        self.testPhotos = testPhotos
        self.seed = seed
        self.epochs = epochs
        self.trainingSeconds = trainingSeconds
        self.cpuSeconds = cpuSeconds
        self.processor = processor
        self.precision = precision
        self.versions = versions
        self.parent = parent
    }
}

/// What was measured of a model, each on photos it was not trained on.
public struct ModelMetrics: Hashable, Codable, Sendable {
    public var validationAccuracy: Double?
    public var validationLoss: Double?
    public var testAccuracy: Double?
    public var testPhotos: Int?
    public var expectedCalibrationError: Double?

    public init() {}

    /// Named numbers for a store of versions.
    public var byName: [String: Double] {
        var result: [String: Double] = [:]
        result["validation accuracy"] = validationAccuracy
        result["validation loss"] = validationLoss
        result["test accuracy"] = testAccuracy
        result["expected calibration error"] = expectedCalibrationError
        return result
    }
}
