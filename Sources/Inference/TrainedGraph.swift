import ComputeGraph

/// A graph with the values of its parameters: what inference compiles, and what a `GraphPass` maps.
public struct TrainedGraph: Sendable {
    /// A value the caller asked for by its layer's name.
    public struct Output: Hashable, Sendable {
        public let name: String
        public var value: Value
    }

    public let graph: Graph
    /// In the order of `graph.parameters`, row-major.
    public let parameters: [[Float]]
    /// What a session answers with: first the graph's own output, then the layers that were asked for.
    public let outputs: [Output]

    /// - Parameters:
    ///   - parameters: one array a parameter, in the order of `graph.parameters`.
    ///   - layers: names of further layers whose values are wanted, such as the features before the last
    ///     layer or the map before the global average pool.
    /// - Throws: `InferenceError` when values are missing, have the wrong count or are not finite, or when
    ///   there is no such layer.
    public init(_ graph: Graph, parameters: [[Float]], alsoAnswering layers: [String] = []) throws {
        guard !graph.nodes.isEmpty else {
            throw InferenceError("graph", problem: "has no layers", remedy: "add an input and layers")
        }
        guard parameters.count == graph.parameters.count else {
            throw InferenceError(
                "parameters", problem: "the graph has \(graph.parameters.count) and \(parameters.count) were given",
                remedy: "give one array of values for each of the graph's parameters, in its order")
        }
        for (parameter, values) in zip(graph.parameters, parameters) { try Self.check(values, for: parameter) }
        var outputs = [Output(name: graph.nodes[graph.output.node].name, value: graph.output)]
        for name in layers {
            guard let value = graph.value(ofLayer: name) else {
                throw InferenceError(name, problem: "there is no such layer", remedy: "choose one of the names in the printed graph")
            }
            outputs.append(Output(name: name, value: value))
        }
        self.init(graph: graph, parameters: parameters, outputs: outputs)
    }

    /// - Parameter parameters: values by the parameter's name; others are ignored.
    /// - Throws: `InferenceError` as for values in order.
    public init(_ graph: Graph, parameters: [String: [Float]], alsoAnswering layers: [String] = []) throws {
        let ordered = try graph.parameters.map { parameter in
            guard let values = parameters[parameter.name] else {
                throw InferenceError(parameter.name, problem: "the model has no values for this parameter", remedy: "use the file the graph was saved with")
            }
            return values
        }
        try self.init(graph, parameters: ordered, alsoAnswering: layers)
    }

    /// For passes, whose results hold by construction.
    init(graph: Graph, parameters: [[Float]], outputs: [Output]) {
        self.graph = graph
        self.parameters = parameters
        self.outputs = outputs
    }

    private static func check(_ values: [Float], for parameter: Parameter) throws {
        guard values.count == parameter.shape.elementCount else {
            throw InferenceError(
                parameter.name, problem: "\(values.count) values do not fit \(parameter.shape)",
                remedy: "use the parameters the graph was trained with")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw InferenceError(
                parameter.name, problem: "holds values that are not finite", remedy: "train again with a lower learning rate, or use an earlier checkpoint")
        }
    }

    /// The same model on inputs of another shape, such as photos of another size.
    ///
    /// - Throws: `GraphError` when a layer does not fit.
    public func resized(to shape: Shape) throws -> TrainedGraph {
        TrainedGraph(graph: try graph.resized(to: shape), parameters: parameters, outputs: outputs)
    }

    /// How often a node's value is used: by later nodes, and by the caller.
    var useCounts: [Int] {
        var counts = graph.consumers.map(\.count)
        for output in outputs { counts[output.value.node] += 1 }
        return counts
    }
}
