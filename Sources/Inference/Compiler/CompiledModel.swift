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

    private init(_ other: CompiledModel, _ model: TrainedGraph) {
        self.model = model
        graph = model.graph
        precision = other.precision
        reports = other.reports
        parameters = other.parameters
        packedWeights = other.packedWeights
    }

    /// The same model on inputs of another shape, sharing the weights.
    ///
    /// - Throws: `GraphError` when a layer does not fit the shape.
    public func resized(to shape: Shape) throws -> CompiledModel { CompiledModel(self, try model.resized(to: shape)) }

    /// Another graph over this model's parameters, such as one for sequences of another length, sharing the weights.
    ///
    /// - Parameter model: with the same parameters, in the same order and with the same values, after the passes.
    /// - Throws: `InferenceError` when a parameter differs, and what passes throw.
    public func sharingParameters(with other: TrainedGraph, passes: [GraphPass] = GraphPass.standard) throws -> CompiledModel {
        let (other, _) = try other.transformed(by: passes)
        guard other.graph.parameters.count == graph.parameters.count else {
            throw InferenceError(
                "parameters", problem: "one graph has \(graph.parameters.count) and the other \(other.graph.parameters.count)",
                remedy: "compile the other graph on its own")
        }
        for (index, parameter) in graph.parameters.enumerated() {
            let theirs = other.graph.parameters[index]
            guard theirs.name == parameter.name, theirs.shape == parameter.shape, other.parameters[index] == model.parameters[index] else {
                throw InferenceError(
                    parameter.name, problem: "differs in the other graph, where '\(theirs.name)' stands at its place",
                    remedy: "compile the other graph on its own")
            }
        }
        return CompiledModel(self, other)
    }

    /// Shapes of one sample of each input, in the graph's order.
    public var inputShapes: [Shape] { graph.inputs.map(graph.shape(of:)) }

    /// Names of the layers a session answers with; the graph's own output is the first.
    public var outputNames: [String] { model.outputs.map(\.name) }

    /// Shapes of one sample of each answer.
    public var outputShapes: [Shape] { model.outputs.map { graph.shape(of: $0.value) } }

    /// Bytes of the packed weights made so far.
    public var packedByteCount: Int { packedWeights.byteCount }
}
