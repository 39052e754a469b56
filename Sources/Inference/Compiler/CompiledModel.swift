import ComputeGraph
import Kernels

/// A model made ready for inference: passes applied, parameters at fixed addresses, weights packed once.
/// Sessions of any number of threads and all their plans share it.
public final class CompiledModel: Sendable {
    /// The graph that runs, after the passes.
    public let graph: Graph
    public let precision: Precision
    /// What each pass did.
    public let reports: [GraphPass.Report]
    let model: TrainedGraph
    let parameters: ParameterMemory
    let packedWeights: PackedWeights

    /// - Parameters:
    ///   - precision: of activations and products; answers are float32 always. By default the fastest that
    ///     this processor has instructions for.
    ///   - passes: applied in order.
    /// - Throws: `InferenceError` when the processor cannot compute in the precision, and what passes throw.
    public init(
        _ model: TrainedGraph, precision: Precision = InstructionSet.current.preferredPrecision, passes: [GraphPass] = GraphPass.standard
    ) throws {
        guard precision == .float32 || InstructionSet.current.supportsBFloat16 else {
            throw InferenceError(
                "precision", problem: "\(precision.rawValue) needs AVX-512 and oneDNN uses \(InstructionSet.current.rawValue) here",
                remedy: "use float32")
        }
        (self.model, reports) = try model.transformed(by: passes)
        graph = self.model.graph
        self.precision = precision
        parameters = try ParameterMemory(self.model.parameters)
        packedWeights = PackedWeights()
    }

    private init(_ other: CompiledModel, shape: Shape) throws {
        model = try other.model.resized(to: shape)
        graph = model.graph
        precision = other.precision
        reports = other.reports
        parameters = other.parameters
        packedWeights = other.packedWeights
    }

    /// The same model on inputs of another shape, sharing the weights.
    ///
    /// - Throws: `GraphError` when a layer does not fit the shape.
    public func resized(to shape: Shape) throws -> CompiledModel { try CompiledModel(self, shape: shape) }

    /// Shapes of one sample of each input, in the graph's order.
    public var inputShapes: [Shape] { graph.inputs.map(graph.shape(of:)) }

    /// Names of the layers a session answers with; the graph's own output is the first.
    public var outputNames: [String] { model.outputs.map(\.name) }

    /// Shapes of one sample of each answer.
    public var outputShapes: [Shape] { model.outputs.map { graph.shape(of: $0.value) } }

    /// Bytes of the packed weights made so far.
    public var packedByteCount: Int { packedWeights.byteCount }
}
