import ComputeGraph

extension GraphPass {
    /// Joins chains of reshapes and of transpositions, and takes out those that change nothing.
    public static let mergeReshapes = GraphPass(name: "merge reshapes") { model, changes in
        var rewriter = GraphRewriter(model)
        let nodes = model.graph.nodes
        // The value from which a reshape or transposition starts after joining it with those before it.
        var origins: [Int: (value: Value, permutation: [Int])] = [:]
        for (index, node) in nodes.enumerated() {
            switch node.operation {
            case .reshape:
                var origin = node.inputs[0]
                while case .reshape = nodes[origin.node].operation { origin = nodes[origin.node].inputs[0] }
                if model.graph.shape(of: origin) == node.shape {
                    try rewriter.replace(index, by: origin)
                    changes.append("\(node.name): removed, it changes nothing")
                } else {
                    try rewriter.copy(index, inputs: [origin])
                    if origin != node.inputs[0] { changes.append("\(node.name): takes '\(nodes[origin.node].name)' directly") }
                }
            case .transpose(let permutation):
                var origin = (value: node.inputs[0], permutation: permutation)
                if let earlier = origins[node.inputs[0].node] {
                    origin = (earlier.value, permutation.map { earlier.permutation[$0] })
                }
                origins[index] = origin
                if origin.permutation == Array(origin.permutation.indices) {
                    try rewriter.replace(index, by: origin.value)
                    changes.append("\(node.name): removed, it changes nothing")
                } else {
                    try rewriter.copy(index, as: .transpose(permutation: origin.permutation), inputs: [origin.value])
                    if origin.value != node.inputs[0] {
                        changes.append("\(node.name): takes '\(nodes[origin.value.node].name)' directly")
                    }
                }
            default:
                try rewriter.copy(index)
            }
        }
        return try rewriter.finished()
    }
}
