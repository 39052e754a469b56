import ComputeGraph
import Kernels

/// A model compiled for one batch size: a program and where its inputs and answers lie. It belongs to the
/// compute thread on which it was made.
struct InferencePlan {
    let batch: Int
    let program: Program
    let inputs: [Tensor]
    /// In the order of the model's outputs.
    let outputs: [Tensor]

    init(_ compiled: CompiledModel, batch: Int) throws {
        var lowering = Lowering(compiled, batch: batch)
        for step in FusionPlan(compiled.model).steps { try lowering.add(step) }
        self.batch = batch
        inputs = try compiled.graph.inputs.map { try lowering.tensor(of: $0.node) }
        outputs = try compiled.model.outputs.map { try lowering.tensor(of: $0.value.node) }
        program = try lowering.builder.build(for: "inference with batch \(batch)")
    }
}

/// Turns the steps of a fusion plan into kernels.
private struct Lowering {
    let compiled: CompiledModel
    let batch: Int
    var builder: ProgramBuilder
    private var tensors: [Tensor?]
    private let parameters: [Tensor]
    private let elementTypes: [ElementType]
    private let isOutput: [Bool]
    private let graph: Graph

    init(_ compiled: CompiledModel, batch: Int) {
        self.compiled = compiled
        self.batch = batch
        graph = compiled.graph
        var builder = ProgramBuilder(packedWeights: compiled.packedWeights)
        parameters = compiled.graph.parameters.enumerated().map { position, parameter in
            builder.external(
                TensorType(parameter.shape.dimensions, .float32), at: compiled.parameters.address(position), named: parameter.name)
        }
        self.builder = builder
        tensors = [Tensor?](repeating: nil, count: graph.nodes.count)
        elementTypes = Self.elementTypes(graph, activations: compiled.precision.elementType)
        var isOutput = [Bool](repeating: false, count: graph.nodes.count)
        for output in compiled.model.outputs {
            // A reshape is a view: what it looks at must be kept.
            var index = output.value.node
            isOutput[index] = true
            while case .reshape = graph.nodes[index].operation {
                index = graph.nodes[index].inputs[0].node
                isOutput[index] = true
            }
        }
        self.isOutput = isOutput
    }

    func tensor(of node: Int) throws -> Tensor {
        guard let tensor = tensors[node] else {
            throw InferenceError(graph.nodes[node].name, problem: "is used before it is computed", remedy: "report this with the printed graph")
        }
        return tensor
    }

    mutating func add(_ step: FusionPlan.Step) throws {
        let head = graph.nodes[step.head]
        let result = graph.nodes[step.result]
        let type = TensorType(batch: batch, result.shape, elementTypes[step.result])

        if case .input = head.operation {
            tensors[step.result] = builder.persistent(type, named: result.name)
            return
        }
        let inputs = try head.inputs.map { try tensor(of: $0.node) }
        if case .reshape = head.operation {
            tensors[step.result] = inputs[0].viewed(as: type.dimensions)
            return
        }
        let destination = try self.destination(of: step, type)
        let own = head.parameters.map { parameters[$0] }
        let bias = own.count > 1 ? own[1] : nil
        switch head.operation {
        case .convolution(_, _, let stride, let padding, _):
            _ = try builder.convolution(
                inputs[0], weights: own[0], bias: bias, stride: stride, padding: padding, accumulating: step.addend != nil,
                activation: step.activation, into: destination, mode: .inference, layer: result.name)
        case .dense:
            _ = try builder.dense(
                inputs[0], weights: own[0], bias: bias, accumulating: step.addend != nil, activation: step.activation,
                into: destination, layer: result.name)
        default:
            _ = try builder.lower(
                head.operation, inputs: inputs, parameters: own, into: destination, mode: .inference, layer: result.name)
        }
        tensors[step.result] = destination
    }

    /// Where a step writes: over the value it adds to, when that has no later use, or into a tensor of its own.
    private mutating func destination(of step: FusionPlan.Step, _ type: TensorType) throws -> Tensor {
        guard let addend = step.addend else { return newTensor(step.result, type) }
        let held = try tensor(of: addend)
        // Only a tensor that was made to be kept outlives the program's last step.
        if step.inPlace, !isOutput[step.result], held.type.elementType == type.elementType { return held.viewed(as: type.dimensions) }
        let copy = newTensor(step.result, type)
        builder.convert(held, into: copy, named: graph.nodes[step.result].name + " copy")
        return copy
    }

    private mutating func newTensor(_ node: Int, _ type: TensorType) -> Tensor {
        isOutput[node]
            ? builder.persistent(type, named: graph.nodes[node].name) : builder.tensor(type, named: graph.nodes[node].name)
    }

    /// How each value is stored. Indices are integers; masks, and answers from the last dense layer on, are float32.
    private static func elementTypes(_ graph: Graph, activations: ElementType) -> [ElementType] {
        let consumers = graph.consumers
        var types = [ElementType](repeating: activations, count: graph.nodes.count)
        var exact = [Bool](repeating: false, count: graph.nodes.count)
        for index in graph.nodes.indices.reversed() {
            let onlyExact = consumers[index].allSatisfy { exact[$0] }
            switch graph.nodes[index].operation {
            case .input(_, let isIndex):
                let isMask = !consumers[index].isEmpty && consumers[index].allSatisfy {
                    if case .attention = graph.nodes[$0].operation { graph.nodes[$0].inputs.last?.node == index } else { false }
                }
                types[index] = isIndex ? .int32 : isMask ? .float32 : activations
            case .dense where onlyExact:
                types[index] = .float32
            case .softmax, .scale, .reshape, .activation:
                exact[index] = onlyExact && origin(of: index, graph)
                if exact[index] { types[index] = .float32 }
            default:
                continue
            }
        }
        return types
    }

    /// Whether a chain of operations on single values starts at a dense layer.
    private static func origin(of index: Int, _ graph: Graph) -> Bool {
        switch graph.nodes[index].operation {
        case .dense: true
        case .softmax, .scale, .reshape, .activation: origin(of: graph.nodes[index].inputs[0].node, graph)
        default: false
        }
    }
}
