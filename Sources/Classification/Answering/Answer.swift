/// What a classifier says of one photo.
public struct Answer: Hashable, Sendable {
    /// Calibrated, one a class; they add up to 1, also for a photo of none of the classes.
    public var probabilities: [Float]
    /// The most probable class.
    public var best: Int
    /// Whether the photo shows none of the classes.
    public var isNeither: Bool
    /// How far the photo is from those the model knows; above the rule's threshold it is *neither*. nil without a rule.
    public var rejectionScore: Float?
    /// What the decoder complained about, if it did.
    public var warning: String?

    public init(
        probabilities: [Float], isNeither: Bool = false, rejectionScore: Float? = nil, warning: String? = nil
    ) {
        self.probabilities = probabilities
        best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        self.isNeither = isNeither
        self.rejectionScore = rejectionScore
        self.warning = warning
    }

    /// What follows from what the network says of one photo.
    ///
    /// - Parameters:
    ///   - logits: `[views, classes]`.
    ///   - features: those that the rule looks at.
    public init(
        logits: ArraySlice<Float>, features: ArraySlice<Float>, classes: Int, calibration: Calibration, rejection: RejectionRule?
    ) {
        self.init(probabilities: calibration.probabilities(logits, classes: classes))
        guard let rejection else { return }
        let score = rejection.score(features: features, logits: logits, classes: classes)
        rejectionScore = score
        isNeither = score > rejection.threshold
    }

    /// Probability of the most probable class.
    public var confidence: Float { probabilities[best] }

    /// Classes from the most to the least probable.
    public var ranking: [Int] {
        probabilities.indices.sorted { (probabilities[$0], $1) > (probabilities[$1], $0) }
    }
}
