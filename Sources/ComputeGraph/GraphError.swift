/// Why a graph could not be built: the layer, what it was given and what to do about it.
public struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Name of the layer that was being added.
    public let layer: String
    /// Name of its operation.
    public let operation: String
    /// Shapes of the values it was given.
    public let inputs: [Shape]
    public let problem: String
    public let remedy: String

    public init(layer: String, operation: String, inputs: [Shape], problem: String, remedy: String) {
        self.layer = layer
        self.operation = operation
        self.inputs = inputs
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let shapes = inputs.isEmpty ? "" : " given " + inputs.map(\.description).joined(separator: " and ")
        return "layer '\(layer)' (\(operation))\(shapes): \(problem); \(remedy)"
    }
}
