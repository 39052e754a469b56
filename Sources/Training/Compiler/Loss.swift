/// What training minimizes.
public enum Loss: Hashable, Codable, Sendable {
    /// Softmax cross-entropy against class numbers, `labelSmoothing` of the target's share spread over all
    /// classes (Szegedy et al., 2015). A negative target counts nothing. Over a large output, such as a
    /// catalog, this is the full softmax.
    case crossEntropy(labelSmoothing: Float)
    /// Cross-entropy of each output on its own, against targets from 0 to 1.
    case binaryCrossEntropy
    case meanSquaredError
    /// Softmax cross-entropy over the rows of a table too long for a product with all of them in each step.
    ///
    /// The graph's output is a hidden state `[..., width]`; the logit of an item is its product with the item's
    /// row of the parameter named `table`, `[items, width]`, such as `items.weight` of an embedding. Each batch
    /// draws `samples` negatives for all its rows. Their logits are lowered by the logarithm of how often they
    /// were expected to be drawn, which makes the sum over them an unbiased estimate of the sum over all items
    /// (Bengio and Senécal, "Adaptive importance sampling to accelerate training of a neural probabilistic
    /// language model", 2008). A row's target is left out of its negatives. Where `samples` is at least the
    /// number of items, each is taken once and the loss is the full softmax.
    ///
    /// Training draws by the program's run number; evaluation draws the same items for every batch. Samples that
    /// were "right" are those whose target beats all drawn items.
    case sampledSoftmax(table: String, samples: Int, distribution: SamplingDistribution)

    /// Whether targets are class numbers rather than real numbers.
    public var takesClasses: Bool {
        switch self {
        case .crossEntropy, .sampledSoftmax: true
        case .binaryCrossEntropy, .meanSquaredError: false
        }
    }
}
