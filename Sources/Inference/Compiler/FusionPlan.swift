import ComputeGraph

/// Which layers of a graph run as one kernel: a convolution or dense layer, the sum that follows it and the
/// activation behind that.
struct FusionPlan {
    struct Step {
        /// The layer whose operation runs.
        var head: Int
        /// The value that the head's result is added to, when the sum is fused.
        var addend: Int?
        /// Whether the sum is written over the addend, whose last use this is.
        var inPlace = false
        /// Applied last.
        var activation: ActivationFunction?
        /// The layer whose value the step computes.
        var result: Int
    }

    /// In an order in which they can run: by the layer they compute.
    let steps: [Step]

    init(_ model: TrainedGraph) {
        let graph = model.graph
        let consumers = graph.consumers
        let uses = model.useCounts
        var headOf: [Int: Int] = [:]        // layer computed by a fusion -> its head
        var absorbed: Set<Int> = []         // layers that run as part of a later one
        var addends: [Int: Int] = [:]
        var activations: [Int: ActivationFunction] = [:]

        func isProduct(_ index: Int) -> Bool {
            switch graph.nodes[index].operation {
            case .convolution, .dense: true
            default: false
            }
        }

        for (index, node) in graph.nodes.enumerated() {
            switch node.operation {
            case .add:
                let (left, right) = (node.inputs[0].node, node.inputs[1].node)
                let candidates = [(left, right), (right, left)].filter { head, addend in
                    head != addend && isProduct(head) && uses[head] == 1
                }
                // The branch with more work takes the sum: its short cut is then done, and the cheaper to write over.
                guard let chosen = candidates.max(by: { work($0.0, graph) < work($1.0, graph) }) else { continue }
                absorbed.insert(chosen.0)
                headOf[index] = chosen.0
                addends[chosen.0] = chosen.1
            case .activation(let function):
                let before = node.inputs[0].node
                guard uses[before] == 1, headOf[before] != nil || isProduct(before) else { continue }
                let head = headOf[before] ?? before
                guard activations[head] == nil else { continue }
                absorbed.insert(before)
                headOf[index] = head
                activations[head] = function
            default:
                continue
            }
        }

        var steps: [Step] = []
        for index in graph.nodes.indices where !absorbed.contains(index) {
            let head = headOf[index] ?? index
            steps.append(Step(head: head, addend: addends[head], activation: activations[head], result: index))
        }
        Self.findSumsInPlace(&steps, graph: graph, consumers: consumers, outputs: Set(model.outputs.map(\.value.node)))
        self.steps = steps
    }

    private static func findSumsInPlace(_ steps: inout [Step], graph: Graph, consumers: [[Int]], outputs: Set<Int>) {
        // When each layer's operation runs.
        var position = [Int](repeating: 0, count: graph.nodes.count)
        for (order, step) in steps.enumerated() {
            position[step.head] = order
            position[step.result] = order
            if step.addend != nil, let sum = consumers[step.head].first { position[sum] = order }
        }
        /// The last run that reads a value or a reshape of it; past the end when the caller does.
        func lastUse(_ index: Int, besides sum: Int) -> Int {
            if outputs.contains(index) { return steps.count }
            return consumers[index].reduce(-1) { latest, consumer in
                if consumer == sum { return latest }
                if case .reshape = graph.nodes[consumer].operation {
                    return max(latest, position[consumer], lastUse(consumer, besides: sum))
                }
                return max(latest, position[consumer])
            }
        }
        for order in steps.indices {
            guard let addend = steps[order].addend else { continue }
            var origin = addend
            while case .reshape = graph.nodes[origin].operation { origin = graph.nodes[origin].inputs[0].node }
            if case .input = graph.nodes[origin].operation { continue }
            guard let sum = consumers[steps[order].head].first else { continue }
            steps[order].inPlace = lastUse(origin, besides: sum) < order
        }
    }
}

private func work(_ index: Int, _ graph: Graph) -> Int {
    let node = graph.nodes[index]
    return node.operation.multiplyAdds(inputs: node.inputs.map(graph.shape(of:)), output: node.shape)
}
