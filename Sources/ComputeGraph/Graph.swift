/// A value computed by a node of a graph.
public struct Value: Hashable, Codable, Sendable {
    /// Position of the node that computes it.
    public let node: Int
}

/// One step of a graph: an operation on values computed earlier.
public struct Node: Hashable, Sendable {
    /// Unique name of the layer, with dots between levels: `stage2.block1.convolution2`.
    public let name: String
    public let operation: Operation
    public let inputs: [Value]
    /// Layer whose parameters this one uses instead of its own, as with tied embeddings.
    public let sharedLayer: String?
    /// Positions in `Graph.parameters`, in the order in which the operation takes them.
    public let parameters: [Int]
    /// Shape of one sample of the result.
    public let shape: Shape
}

/// What a model is: operations on values with shapes, and the named parameters they use.
///
/// A graph is data. It does not say how, on what or in which precision it runs; the training and the
/// inference compiler read the same graph. Nodes stand in an order in which they can be computed, and
/// every shape is checked when a node is added.
public struct Graph: Hashable, Sendable {
    public private(set) var nodes: [Node] = []
    public private(set) var parameters: [Parameter] = []
    /// The value a session answers with and a loss is taken of.
    public var output: Value

    private var parameterPositions: [String: Int] = [:]
    private var layerNames: Set<String> = []

    public init() { output = Value(node: 0) }

    /// Adds a node and checks its shapes.
    ///
    /// - Parameters:
    ///   - operation: what to compute.
    ///   - inputs: values of this graph.
    ///   - name: unique name of the layer.
    ///   - sharedLayer: an earlier layer whose parameters are used instead of new ones.
    ///   - initializer: overrides how the operation's first parameter begins.
    /// - Returns: the value of the new node, which also becomes the output.
    /// - Throws: `GraphError` when shapes, names or inputs do not fit.
    @discardableResult
    public mutating func append(
        _ operation: Operation, to inputs: [Value] = [], named name: String,
        sharing sharedLayer: String? = nil, initializer: Initializer? = nil
    ) throws -> Value {
        let known = inputs.filter { nodes.indices.contains($0.node) }
        let shapes = known.map { nodes[$0.node].shape }
        func reject(_ problem: String, _ remedy: String) -> GraphError {
            GraphError(layer: name, operation: operation.name, inputs: shapes, problem: problem, remedy: remedy)
        }
        guard known.count == inputs.count else {
            throw reject("an input comes from another graph or a later node", "use values returned by this graph")
        }
        guard !name.isEmpty, !layerNames.contains(name) else {
            throw reject("the name is empty or taken", "give each layer its own name")
        }
        guard name.utf8.count <= GraphLimits.nameLength, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw reject("the name is too long or holds control characters", "use at most \(GraphLimits.nameLength) bytes of text")
        }
        guard nodes.count < GraphLimits.nodes else {
            throw reject("the graph has \(nodes.count) layers already", "build it of at most \(GraphLimits.nodes)")
        }
        let takesIndices = if case .embedding = operation { true } else { false }
        for input in inputs {
            let isIndices = if case .input(_, index: true) = nodes[input.node].operation { true } else { false }
            guard isIndices == takesIndices else {
                throw takesIndices
                    ? reject("an embedding needs indices", "feed it from an index input")
                    : reject("cannot calculate with indices", "look them up with an embedding first")
            }
        }
        if let initializer, !initializer.isFinite {
            throw reject("the initializer \(initializer) is not finite", "use a finite deviation")
        }
        let shape = try operation.outputShape(inputs: shapes, layer: name)
        guard shape.isUsable else {
            throw reject(
                "the result would be \(shape)",
                "keep it to \(GraphLimits.axes) axes and \(GraphLimits.elements) elements a sample")
        }

        var positions: [Int] = []
        for (order, own) in operation.parameters(inputs: shapes).enumerated() {
            let fullName = (sharedLayer ?? name) + "." + own.name
            let parameter = Parameter(
                name: fullName, shape: own.shape,
                initializer: order == 0 ? initializer ?? own.initializer : own.initializer, role: own.role)
            guard parameter.shape.isUsable else {
                throw reject(
                    "the parameter '\(own.name)' would be \(parameter.shape)",
                    "keep it to \(GraphLimits.elements) elements, by fewer channels or units")
            }
            if let position = parameterPositions[fullName] {
                guard parameters[position].shape == parameter.shape else {
                    throw reject("shares '\(fullName)' of \(parameters[position].shape) and needs \(parameter.shape)", "make the two layers equally wide")
                }
                positions.append(position)
            } else {
                guard sharedLayer == nil else {
                    throw reject("there is no parameter '\(fullName)' to share", "name an earlier layer with such a parameter")
                }
                positions.append(parameters.count)
                parameterPositions[fullName] = parameters.count
                parameters.append(parameter)
            }
        }
        guard sharedLayer == nil || !positions.isEmpty else {
            throw reject("has no parameters to share", "share between layers that have some")
        }
        layerNames.insert(name)
        nodes.append(Node(
            name: name, operation: operation, inputs: inputs, sharedLayer: sharedLayer, parameters: positions, shape: shape))
        output = Value(node: nodes.count - 1)
        return output
    }

    /// Shape of one sample of a value.
    public func shape(of value: Value) -> Shape { nodes[value.node].shape }

    /// The value that a layer computes; nil when there is no such layer.
    public func value(ofLayer name: String) -> Value? {
        nodes.firstIndex { $0.name == name }.map(Value.init)
    }

    /// The nodes that take values from the caller, in order.
    public var inputs: [Value] {
        nodes.indices.filter { if case .input = nodes[$0].operation { true } else { false } }.map(Value.init)
    }

    /// For each node, the nodes that use its value.
    public var consumers: [[Int]] {
        var result = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { result[input.node].append(index) }
        }
        return result
    }

    /// Number of learned numbers.
    public var parameterCount: Int {
        parameters.filter { $0.role != .statistic }.reduce(0) { $0 + $1.shape.elementCount }
    }

    /// Multiply-adds for one sample; the largest integer where the sum does not fit.
    public var multiplyAdds: Int {
        var total = 0
        for node in nodes {
            let (sum, overflow) = total.addingReportingOverflow(
                node.operation.multiplyAdds(inputs: node.inputs.map(shape(of:)), output: node.shape))
            if overflow { return .max }
            total = sum
        }
        return total
    }

    /// The same layers on inputs of other shapes, such as photos of another size.
    ///
    /// - Parameter shape: the new shape of the first input.
    /// - Throws: `GraphError` when a layer does not fit the new shape.
    public func resized(to shape: Shape) throws -> Graph {
        var seen = false
        return try rebuilt { node in
            if case .input(_, let index) = node.operation, !seen {
                seen = true
                return .input(shape: shape, index: index)
            }
            return node.operation
        }
    }

    /// A copy with each node's operation mapped, checked anew.
    private func rebuilt(_ transform: (Node) -> Operation) throws -> Graph {
        var graph = Graph()
        for node in nodes {
            let initializer = node.parameters.first.map { parameters[$0].initializer }
            try graph.append(
                transform(node), to: node.inputs, named: node.name, sharing: node.sharedLayer, initializer: initializer)
        }
        graph.output = output
        return graph
    }
}
