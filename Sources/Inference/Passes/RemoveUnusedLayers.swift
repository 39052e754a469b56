import ComputeGraph

extension GraphPass {
    /// Takes out layers that no answer depends on. Inputs stay, so that the caller sees the same model.
    public static let removeUnusedLayers = GraphPass(name: "remove unused layers") { model, changes in
        let nodes = model.graph.nodes
        var used = [Bool](repeating: false, count: nodes.count)
        for output in model.outputs { used[output.value.node] = true }
        // A layer that others take their parameters from must stay as their owner.
        var owners: Set<String> = []
        for index in nodes.indices.reversed() {
            if case .input = nodes[index].operation { used[index] = true }
            if owners.contains(nodes[index].name) { used[index] = true }
            guard used[index] else { continue }
            if let owner = nodes[index].sharedLayer { owners.insert(owner) }
            for input in nodes[index].inputs { used[input.node] = true }
        }
        var rewriter = GraphRewriter(model)
        for (index, node) in nodes.enumerated() {
            if used[index] { try rewriter.copy(index) } else { changes.append("\(node.name): removed") }
        }
        return try rewriter.finished()
    }
}
