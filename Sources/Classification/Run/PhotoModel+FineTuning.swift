import ComputeGraph

extension PhotoModel {
    /// This model's layers for photos of another size and perhaps other classes.
    ///
    /// - Throws: `GraphError` when the size does not fit the layers.
    func graph(size: Int, classes names: [String]) throws -> Graph {
        let resized = try graph.resized(to: [size, size, 3])
        guard names != classes else { return resized }
        var result = Graph()
        for node in resized.nodes {
            var operation = node.operation
            if node == resized.nodes[resized.output.node], case .dense(_, let bias) = operation {
                operation = .dense(units: names.count, bias: bias)
            }
            try result.append(
                operation, to: node.inputs, named: node.name, sharing: node.sharedLayer,
                initializer: node.parameters.first.map { resized.parameters[$0].initializer })
        }
        return result
    }

    /// Values to begin fine-tuning with: this model's where shapes agree, fresh ones for a head of other classes.
    func parameters(for graph: Graph, classes names: [String], seed: UInt64) -> [[Float]] {
        let own = Dictionary(uniqueKeysWithValues: zip(self.graph.parameters.map(\.name), parameters))
        let fresh = graph.initialParameters(seed: seed)
        let head = graph.nodes[graph.output.node].parameters
        return graph.parameters.enumerated().map { index, parameter in
            guard names == classes || !head.contains(index), let values = own[parameter.name],
                values.count == parameter.shape.elementCount
            else { return fresh[index] }
            return values
        }
    }
}
