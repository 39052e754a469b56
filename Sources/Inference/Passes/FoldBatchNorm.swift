import ComputeGraph

extension GraphPass {
    /// Multiplies the running statistics of a batch norm into the weights of the convolution or dense layer
    /// before it, where nobody else uses that layer's result or weights. The joined layer keeps the name of
    /// the batch norm, whose value it computes, and always has a bias.
    public static let foldBatchNorm = GraphPass(name: "fold batch norm") { model, changes in
        let graph = model.graph
        let uses = model.useCounts
        var owners = [Int](repeating: 0, count: graph.parameters.count)
        for node in graph.nodes { for position in node.parameters { owners[position] += 1 } }

        /// The layer a batch norm can be folded into.
        func host(of norm: Node) -> Int? {
            let index = norm.inputs[0].node
            let node = graph.nodes[index]
            switch node.operation {
            case .convolution, .dense: break
            default: return nil
            }
            return uses[index] == 1 && node.parameters.allSatisfy { owners[$0] == 1 } ? index : nil
        }

        var folded: [Int: Int] = [:]   // batch norm -> layer before it
        for (index, node) in graph.nodes.enumerated() {
            if case .batchNorm = node.operation, let before = host(of: node) { folded[index] = before }
        }
        let absorbed = Set(folded.values)
        var rewriter = GraphRewriter(model)
        for (index, node) in graph.nodes.enumerated() where !absorbed.contains(index) {
            guard let before = folded[index], case .batchNorm(let epsilon, _) = node.operation else {
                try rewriter.copy(index)
                continue
            }
            let layer = graph.nodes[before]
            let norm = node.parameters.map { model.parameters[$0] }
            let (weight, bias) = foldedValues(layer.parameters.map { model.parameters[$0] }, norm: norm, epsilon: epsilon)
            let operation: Operation = switch layer.operation {
            case .convolution(let channels, let kernel, let stride, let padding, _):
                .convolution(channels: channels, kernel: kernel, stride: stride, padding: padding, bias: true)
            default: .dense(units: layer.shape.last, bias: true)
            }
            try rewriter.append(operation, to: layer.inputs, named: node.name, parameters: [weight, bias], standingFor: index)
            changes.append("\(node.name): folded into '\(layer.name)'")
        }
        return try rewriter.finished()
    }

    /// Weights and bias of a layer followed by `(x - mean) / sqrt(variance + epsilon) * scale + shift`.
    private static func foldedValues(_ layer: [[Float]], norm: [[Float]], epsilon: Float) -> (weight: [Float], bias: [Float]) {
        let (scale, shift, mean, variance) = (norm[0], norm[1], norm[2], norm[3])
        var weight = layer[0]
        let width = weight.count / scale.count
        var bias = layer.count > 1 ? layer[1] : [Float](repeating: 0, count: scale.count)
        for channel in scale.indices {
            let factor = Double(scale[channel]) / (Double(variance[channel]) + Double(epsilon)).squareRoot()
            for position in channel * width..<(channel + 1) * width { weight[position] = Float(Double(weight[position]) * factor) }
            bias[channel] = Float((Double(bias[channel]) - Double(mean[channel])) * factor + Double(shift[channel]))
        }
        return (weight, bias)
    }
}
