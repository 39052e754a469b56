import ComputeGraph

/// Builds a changed copy of a trained graph, node by node in the graph's order.
struct GraphRewriter {
    let source: TrainedGraph
    private var graph = Graph()
    private var parameters: [[Float]] = []
    /// For each node of the source, the value that stands for it in the copy.
    private var values: [Value?]

    init(_ source: TrainedGraph) {
        self.source = source
        values = [Value?](repeating: nil, count: source.graph.nodes.count)
    }

    /// Copies a node, optionally with another operation on other inputs of the source.
    mutating func copy(_ index: Int, as operation: Operation? = nil, inputs: [Value]? = nil) throws {
        let node = source.graph.nodes[index]
        try append(
            operation ?? node.operation, to: inputs ?? node.inputs, named: node.name, sharing: node.sharedLayer,
            parameters: node.parameters.map { source.parameters[$0] }, standingFor: index)
    }

    /// Adds a node on values of the source that stands for one of its nodes.
    mutating func append(
        _ operation: Operation, to inputs: [Value], named name: String, sharing layer: String? = nil, parameters own: [[Float]],
        standingFor index: Int
    ) throws {
        let value = try graph.append(
            operation, to: inputs.map(translated), named: name, sharing: layer)
        for (position, numbers) in zip(graph.nodes[value.node].parameters, own) where position == parameters.count {
            parameters.append(numbers)
        }
        values[index] = value
    }

    /// Lets an earlier value stand for a node, which disappears.
    mutating func replace(_ index: Int, by value: Value) throws { values[index] = try translated(value) }

    private func translated(_ value: Value) throws -> Value {
        guard let result = values[value.node] else {
            throw InferenceError(
                source.graph.nodes[value.node].name, problem: "a pass removed this layer though its value is used",
                remedy: "correct the pass")
        }
        return result
    }

    /// The copy, with the source's outputs.
    func finished() throws -> TrainedGraph {
        var graph = graph
        graph.output = try translated(source.graph.output)
        let outputs = try source.outputs.map { TrainedGraph.Output(name: $0.name, value: try translated($0.value)) }
        return TrainedGraph(graph: graph, parameters: parameters, outputs: outputs)
    }
}
