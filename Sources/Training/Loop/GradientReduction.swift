/// Combines the gradients of everybody who trains one model. One process needs nothing; several machines
/// would average here, between the backward pass and the step.
public protocol GradientReduction: Sendable {
    /// Number of processes that take part.
    var participants: Int { get }

    /// Replaces the gradients by their mean over all participants, the same bits for everybody.
    func reduce(_ gradients: UnsafeMutableBufferPointer<Float>) throws
}

/// A run in one process.
public struct LocalReduction: GradientReduction {
    public init() {}
    public var participants: Int { 1 }
    public func reduce(_ gradients: UnsafeMutableBufferPointer<Float>) {}
}
