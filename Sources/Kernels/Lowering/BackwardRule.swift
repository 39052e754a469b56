/// What a backward step starts from and what it must write.
public struct GradientRequest {
    /// Gradients of the loss by the operation's result, whose sum is meant: one for each use of the result.
    public var outputs: [Tensor]
    /// For each input, where its gradient goes; nil where nobody needs it.
    public var inputs: [Tensor?]
    /// For each parameter, where its float32 gradient goes; nil for statistics and frozen parameters.
    public var parameters: [Tensor?]

    public init(outputs: [Tensor], inputs: [Tensor?], parameters: [Tensor?]) {
        self.outputs = outputs
        self.inputs = inputs
        self.parameters = parameters
    }
}

/// Adds the steps that compute an operation's gradients. Every forward lowering returns one, holding what
/// it saved on the way.
public typealias BackwardRule = (inout ProgramBuilder, GradientRequest) throws -> Void

/// Whether statistics are those of the batch and dropout is active, or not.
public enum LoweringMode: Sendable {
    case training, inference
}

extension ProgramBuilder {
    /// One tensor with the sum of several of the same type.
    public mutating func sum(_ tensors: [Tensor], named name: String) -> Tensor {
        guard var total = tensors.first else { preconditionFailure("\(name) has no gradient to sum") }
        for tensor in tensors.dropFirst() {
            let next = self.tensor(total.type, named: name)
            add(total, tensor, into: next, named: name)
            total = next
        }
        return total
    }
}
