import ComputeGraph
import Imaging
import Inference
import Kernels

/// Shows where a model looked.
///
/// It needs a network that ends in a mean over the last feature map and one dense layer, as ours do: then the logit of
/// a class is the sum of what every place of the map contributes, and the picture is exact rather than a guess.
public final class Explainer: Sendable {
    private let session: InferenceSession
    private let preprocessing: Preprocessing
    /// `[classes, channels]`.
    private let weights: [Float]
    private let classCount: Int
    /// `[height, width, channels]`.
    private let mapShape: Shape

    /// - Throws: ``NotExplainable`` for another kind of network, errors of the compiler.
    public init(_ model: PhotoModel, precision: Precision? = nil) throws {
        let graph = model.graph
        let head = graph.nodes[graph.output.node]
        guard case .dense = head.operation, let pooled = head.inputs.first,
            case .globalAveragePool = graph.nodes[pooled.node].operation, let map = graph.nodes[pooled.node].inputs.first
        else { throw NotExplainable(layer: head.name) }
        preprocessing = model.preprocessing
        weights = model.parameters[head.parameters[0]]
        classCount = model.classes.count
        let trained = try TrainedGraph(graph, parameters: model.parameters, alsoAnswering: [graph.nodes[map.node].name])
            .resized(to: .image(height: preprocessing.height, width: preprocessing.width, channels: 3))
        let compiled = try CompiledModel(trained, precision: precision ?? InstructionSet.current.preferredPrecision)
        mapShape = compiled.outputShapes[1]
        session = try InferenceSession(compiled, batchSizes: [1], threads: 1)
    }

    /// What every place of a photo contributes to a class, against the mean of the other classes.
    ///
    /// - Precondition: the class exists.
    public func activationMap(of image: RGBImage, class label: Int) throws -> ActivationMap {
        precondition((0..<classCount).contains(label), "class \(label) of \(classCount)")
        var input = [Float](repeating: 0, count: preprocessing.elementCount)
        input.withUnsafeMutableBufferPointer { preprocessing.fill(image, into: $0, scratch: PreprocessingScratch()) }
        let map = try session.values(for: input)[1]
        let channels = mapShape[2]
        let contrast = (0..<channels).map { channel in
            let own = weights[label * channels + channel]
            let all = (0..<classCount).reduce(Float(0)) { $0 + weights[$1 * channels + channel] }
            return own - (all - own) / Float(max(classCount - 1, 1))
        }
        let values = (0..<mapShape[0] * mapShape[1]).map { place in
            (0..<channels).reduce(Float(0)) { $0 + contrast[$1] * map[place * channels + $1] }
        }
        return ActivationMap(width: mapShape[1], height: mapShape[0], values: values)
    }

    /// The photo with what speaks for its class in warm and what speaks against it in cool colors, and a caption.
    ///
    /// - Parameter longestSide: of the picture without the caption, in pixels.
    public func picture(of image: RGBImage, answer: Answer, classes: [String], longestSide: Int = 512) throws -> RGBImage {
        let map = try activationMap(of: image, class: answer.best)
        let percent = (answer.confidence * 1000).rounded() / 10
        let title = answer.isNeither ? "neither (nearest: \(classes[answer.best]))" : "\(classes[answer.best]) \(percent) %"
        return ExplanationPicture(image: image, map: map, region: preprocessing.region(width: image.width, height: image.height))
            .render(title: title, legend: "orange: for \(classes[answer.best])  blue: against", longestSide: longestSide)
    }

    /// A network whose answers cannot be traced to places.
    public struct NotExplainable: Error, CustomStringConvertible {
        public var layer: String
        public var description: String {
            "where this model looked cannot be shown: its output '\(layer)' is not a dense layer on a global average pool. "
                + "Leave out --explain, or use a model that `train` made."
        }
    }
}
