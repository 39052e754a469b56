/// What training minimizes.
public enum Loss: Hashable, Codable, Sendable {
    /// Softmax cross-entropy against class numbers, `labelSmoothing` of the target's share spread over all
    /// classes (Szegedy et al., 2015). A negative target counts nothing. Over a large output, such as a
    /// catalog, this is the full softmax.
    case crossEntropy(labelSmoothing: Float)
    /// Cross-entropy of each output on its own, against targets from 0 to 1.
    case binaryCrossEntropy
    case meanSquaredError

    /// Whether targets are class numbers rather than real numbers.
    public var takesClasses: Bool {
        if case .crossEntropy = self { true } else { false }
    }
}
