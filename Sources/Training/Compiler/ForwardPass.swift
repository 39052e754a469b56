import ComputeGraph
import Kernels

/// A graph lowered to forward steps: the tensor of every value, and how to go back from it.
struct ForwardPass {
    /// A node that was lowered, with nodes fused into it.
    struct Stage {
        /// The node whose value the stage computes.
        var node: Int
        /// Values the backward rule gives gradients for.
        var inputs: [Value]
        /// Positions of the parameters the rule gives gradients for.
        var parameters: [Int]
        var rule: BackwardRule
    }

    /// Inputs as the caller fills them, in graph order.
    private(set) var inputs: [Tensor] = []
    /// The output, float32.
    private(set) var output: Tensor
    private(set) var stages: [Stage] = []

    private var tensors: [Tensor?]

    /// - Parameters:
    ///   - parameters: the float32 tensor of each of the graph's parameters.
    ///   - mode: training normalizes by the batch's statistics and fuses what follows a batch norm.
    init(
        _ graph: Graph, batch: Int, precision: Precision, mode: LoweringMode, parameters: [Tensor], builder: inout ProgramBuilder
    ) throws {
        tensors = [Tensor?](repeating: nil, count: graph.nodes.count)
        let fusions = mode == .training ? NormFusion.find(in: graph) : [:]
        let absorbed = Set(fusions.values.flatMap(\.absorbed))
        var converted: [Int: Tensor] = [:]
        let placeholder = builder.tensor(TensorType([1], .float32), named: "output")
        output = placeholder

        for (index, node) in graph.nodes.enumerated() where !absorbed.contains(index) {
            let type = TensorType(batch: batch, node.shape, precision.elementType)

            if case .input(_, let isIndex) = node.operation {
                let given = builder.persistent(TensorType(batch: batch, node.shape, isIndex ? .int32 : .float32), named: node.name)
                inputs.append(given)
                tensors[index] = given
                continue
            }

            // Inputs arrive in float32; kernels take them in the type of the activations, except masks.
            func operand(_ value: Value, position: Int) -> Tensor {
                let tensor = tensors[value.node] ?? placeholder
                if case .attention = node.operation, position == 3 { return tensor }
                guard tensor.type.elementType == .float32, precision == .bfloat16,
                    case .input = graph.nodes[value.node].operation
                else { return tensor }
                if let known = converted[value.node] { return known }
                let copy = builder.tensor(TensorType(tensor.type.dimensions, .bfloat16), named: node.name + " input")
                builder.convert(tensor, into: copy, named: node.name + " input conversion")
                converted[value.node] = copy
                return copy
            }

            if case .reshape = node.operation {
                tensors[index] = operand(node.inputs[0], position: 0).viewed(as: type.dimensions)
                stages.append(Stage(node: index, inputs: node.inputs, parameters: [], rule: { _, _ in }))
                continue
            }

            if let fusion = fusions[index] {
                let norm = graph.nodes[fusion.norm]
                guard case .batchNorm(let epsilon, let momentum) = norm.operation else { continue }
                let result = builder.tensor(type, named: node.name)
                let residual = fusion.residual.map { operand($0, position: 1) }
                let rule = builder.batchNorm(
                    operand(norm.inputs[0], position: 0), parameters: norm.parameters.map { parameters[$0] }, residual: residual,
                    relu: true, epsilon: epsilon, momentum: momentum, into: result, layer: norm.name)
                tensors[index] = result
                builder.watch(result, layer: norm.name)
                stages.append(Stage(
                    node: index, inputs: [norm.inputs[0]] + (fusion.residual.map { [$0] } ?? []), parameters: norm.parameters, rule: rule))
                continue
            }

            // The last dense layer answers in float32 directly.
            var resultType = type
            if index == graph.output.node, case .dense = node.operation { resultType = TensorType(type.dimensions, .float32) }
            let result = index == graph.output.node && resultType.elementType == .float32
                ? builder.persistent(resultType, named: node.name) : builder.tensor(resultType, named: node.name)
            let operands = node.inputs.enumerated().map { operand($0.element, position: $0.offset) }
            let rule = try builder.lower(
                node.operation, inputs: operands, parameters: node.parameters.map { parameters[$0] }, into: result, mode: mode,
                layer: node.name)
            tensors[index] = result
            builder.watch(result, layer: node.name)
            stages.append(Stage(node: index, inputs: node.inputs, parameters: node.parameters, rule: rule))
        }

        guard let last = tensors[graph.output.node] else {
            throw KernelError(step: "graph", problem: "the output was fused away", remedy: "report this with the model")
        }
        output = last
        if last.type.elementType != .float32 {
            output = builder.persistent(TensorType(last.type.dimensions, .float32), named: "output")
            builder.convert(last, into: output, named: "output conversion")
        }
    }

    /// The tensor of a value.
    func tensor(of node: Int) -> Tensor? { tensors[node] }
}

/// A batch norm with the ReLU, and perhaps the residual sum before it, that can run in the same pass.
struct NormFusion {
    var norm: Int
    /// The other operand of the sum.
    var residual: Value?
    /// Nodes that have no step of their own any more.
    var absorbed: [Int]

    /// All fusions of a graph, by the ReLU that ends each.
    static func find(in graph: Graph) -> [Int: NormFusion] {
        let consumers = graph.consumers
        func onlyConsumer(of node: Int) -> Int? {
            consumers[node].count == 1 && graph.output.node != node ? consumers[node][0] : nil
        }
        func isReLU(_ node: Int) -> Bool { graph.nodes[node].operation == .activation(.relu) }
        func isNorm(_ node: Int) -> Bool { if case .batchNorm = graph.nodes[node].operation { true } else { false } }

        var result: [Int: NormFusion] = [:]
        for index in graph.nodes.indices where isReLU(index) {
            let source = graph.nodes[index].inputs[0].node
            guard onlyConsumer(of: source) == index else { continue }
            if isNorm(source) {
                result[index] = NormFusion(norm: source, residual: nil, absorbed: [source])
            } else if graph.nodes[source].operation == .add {
                let operands = graph.nodes[source].inputs
                for (own, other) in [(0, 1), (1, 0)] where isNorm(operands[own].node) && onlyConsumer(of: operands[own].node) == source {
                    result[index] = NormFusion(norm: operands[own].node, residual: operands[other], absorbed: [operands[own].node, source])
                    break
                }
            }
        }
        return result
    }
}
