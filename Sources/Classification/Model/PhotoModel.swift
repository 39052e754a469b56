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
