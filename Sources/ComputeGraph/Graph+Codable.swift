/// A graph is stored as its layers; shapes and parameters are derived anew when it is read, so that a
/// damaged or hostile file cannot describe a graph that does not fit together.
extension Graph: Codable {
    private struct Layer: Codable {
        var name: String
        var operation: Operation
        var inputs: [Int]
        var shares: String?
        var initializer: Initializer?
    }

    private enum CodingKeys: String, CodingKey {
        case layers, output
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for layer in try container.decode([Layer].self, forKey: .layers) {
            guard layer.inputs.allSatisfy({ $0 >= 0 && $0 < nodes.count }) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .layers, in: container, debugDescription: "layer '\(layer.name)' uses a value that does not precede it")
            }
            try append(
                layer.operation, to: layer.inputs.map(Value.init), named: layer.name,
                sharing: layer.shares, initializer: layer.initializer)
        }
        let last = try container.decode(Int.self, forKey: .output)
        guard nodes.indices.contains(last) else {
            throw DecodingError.dataCorruptedError(
                forKey: .output, in: container, debugDescription: "the output is node \(last) of \(nodes.count)")
        }
        output = Value(node: last)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nodes.map { node in
            Layer(
                name: node.name, operation: node.operation, inputs: node.inputs.map(\.node), shares: node.sharedLayer,
                initializer: node.parameters.first.map { parameters[$0].initializer })
        }, forKey: .layers)
        try container.encode(output.node, forKey: .output)
    }
}
