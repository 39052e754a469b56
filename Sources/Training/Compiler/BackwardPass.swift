import ComputeGraph
import Kernels

/// Adds the backward steps of a lowered graph, from the gradient of its output to those of its parameters.
struct BackwardPass {
    /// - Parameters:
    ///   - gradient: float32, of the loss by the output.
    ///   - targets: for each parameter, where its gradient goes; nil for those that are not learned.
    /// - Returns: positions of the parameters that were given a gradient.
    static func add(
        _ graph: Graph, _ forward: ForwardPass, gradient: Tensor, targets: [Tensor?], builder: inout ProgramBuilder
    ) throws -> Set<Int> {
        let needed = valuesThatDependOnParameters(graph, targets: targets)
        var pending = [[Tensor]](repeating: [], count: graph.nodes.count)
        var written = Set<Int>()

        var start = gradient
        if let type = forward.tensor(of: graph.output.node)?.type.elementType, type != .float32 {
            start = builder.tensor(TensorType(gradient.type.dimensions, type), named: "output gradient")
            builder.convert(gradient, into: start, named: "output gradient conversion")
        }
        pending[graph.output.node] = [start]

        for stage in forward.stages.reversed() {
            let gradients = pending[stage.node]
            guard !gradients.isEmpty else { continue }
            let node = graph.nodes[stage.node]

            switch node.operation {
            case .add where stage.inputs == node.inputs:
                // A sum hands its gradient to both sides as it is.
                for input in node.inputs where needed[input.node] { pending[input.node] += gradients }
                continue
            case .reshape:
                guard let shape = forward.tensor(of: node.inputs[0].node)?.type.dimensions, needed[node.inputs[0].node] else { continue }
                pending[node.inputs[0].node] += gradients.map { $0.viewed(as: shape) }
                continue
            default:
                break
            }

            let inputGradients = stage.inputs.map { input -> Tensor? in
                guard needed[input.node], let tensor = forward.tensor(of: input.node) else { return nil }
                return builder.tensor(tensor.type, named: graph.nodes[input.node].name + " gradient")
            }
            var shared: [(Tensor, Tensor)] = []
            let parameterGradients = stage.parameters.map { position -> Tensor? in
                guard let target = targets[position] else { return nil }
                if written.insert(position).inserted { return target }
                // A layer that shares its parameters with another adds to the other's gradient.
                let own = builder.tensor(target.type, named: graph.parameters[position].name + " shared gradient")
                shared.append((own, target))
                return own
            }
            try stage.rule(&builder, GradientRequest(outputs: gradients, inputs: inputGradients, parameters: parameterGradients))
            for (own, target) in shared { builder.add(target, own, into: target, named: node.name + " shared gradient") }
            for (input, tensor) in zip(stage.inputs, inputGradients) {
                if let tensor { pending[input.node].append(tensor) }
            }
        }
        return written
    }

    private static func valuesThatDependOnParameters(_ graph: Graph, targets: [Tensor?]) -> [Bool] {
        var result = [Bool](repeating: false, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            result[index] = node.parameters.contains { targets[$0] != nil } || node.inputs.contains { result[$0.node] }
        }
        return result
    }
}
