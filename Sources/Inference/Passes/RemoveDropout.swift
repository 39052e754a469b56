extension GraphPass {
    /// Takes dropout out: it does nothing after training.
    public static let removeDropout = GraphPass(name: "remove dropout") { model, changes in
        var rewriter = GraphRewriter(model)
        for (index, node) in model.graph.nodes.enumerated() {
            guard case .dropout = node.operation else {
                try rewriter.copy(index)
                continue
            }
            try rewriter.replace(index, by: node.inputs[0])
            changes.append("\(node.name): removed")
        }
        return try rewriter.finished()
    }
}
