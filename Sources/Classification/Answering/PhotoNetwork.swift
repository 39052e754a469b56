import ComputeGraph
import Inference
import Kernels

/// A classifying network compiled for inference, which tells of each photo the logits and the features that were
/// asked for: means over height and width of what its layers see.
///
/// The graph is extended by a pooling node for each layer, so that features cost one reading of a map that was just
/// computed, and no large map leaves the network.
public final class PhotoNetwork: Sendable {
    public let graph: Graph
    public let compiled: CompiledModel
    /// `[height, width, 3]`.
    public let inputShape: Shape
    public let classCount: Int
    /// The features that are told of each photo, one after the other.
    public let features: [PooledFeature]
    /// How many numbers each of them is.
    public let featureWidths: [Int]

    /// - Parameters:
    ///   - graph: ends in one logit a class.
    ///   - parameters: in the order of the graph's.
    ///   - inputShape: of the photos, `[height, width, 3]`; may differ from that of the graph.
    ///   - features: those that are wanted; none for logits only.
    ///   - precision: of the computation; by default the fastest of this processor.
    /// - Throws: `GraphError` when the input does not fit, `InferenceError` when a layer does not exist or the processor
    ///   has no such precision.
    public init(
        _ graph: Graph, parameters: [[Float]], inputShape: Shape, features: [PooledFeature] = [], precision: Precision? = nil
    ) throws {
        var extended = graph
        var names: [String] = []
        for feature in features {
            guard var value = graph.value(ofLayer: feature.layer) else {
                throw InferenceError(
                    feature.layer, problem: "there is no such layer in the model",
                    remedy: "choose one of the names in the printed graph")
            }
            var name = feature.layer
            if feature.statistic == .meanSquare {
                name += ".square"
                value = try extended.multiply(value, value, named: name)
            }
            if extended.shape(of: value).rank == 3 {
                name += ".pooled"
                value = try extended.globalAveragePool(value, named: name)
            }
            names.append(name)
        }
        extended.output = graph.output
        let trained = try TrainedGraph(extended, parameters: parameters, alsoAnswering: names).resized(to: inputShape)
        compiled = try CompiledModel(trained, precision: precision ?? InstructionSet.current.preferredPrecision)
        self.graph = graph
        self.inputShape = inputShape
        self.features = features
        classCount = compiled.outputShapes[0].elementCount
        featureWidths = compiled.outputShapes.dropFirst().map(\.elementCount)
    }

    /// Numbers of all features together.
    public var featureCount: Int { featureWidths.reduce(0, +) }
}
