import Reporting

/// How well a rule tells photos of other things from photos of the classes.
public struct NeitherEvaluation: Codable, Hashable, Sendable {
    /// Photos of other things, and of the classes.
    public var others: Int
    public var known: Int
    public var method: String
    /// Of the score: the chance that a photo of something else scores higher than one of the classes.
    public var areaUnderCurve: Double?
    public var threshold: Double
    /// Share of the photos of the classes that are kept, with Wilson's 95 % interval.
    public var kept: ConfidenceInterval
    /// Share of the others that are flagged, with Wilson's 95 % interval.
    public var flagged: ConfidenceInterval
    /// Share of the others that would be flagged if exactly 98 % of these photos of the classes were kept.
    public var flaggedAt98: Double
    /// Others that were taken for one of the classes, the most confident first.
    public var missed: [String]
    /// Scores, for the picture of how the two lie apart.
    public var knownScores: [Float]
    public var otherScores: [Float]

    /// - Parameters:
    ///   - known: answers to photos of the classes.
    ///   - others: answers to photos of other things, with their paths.
    /// - Returns: nil when one of the groups has no scores.
    public init?(known: [Answer], others: [(path: String, answer: Answer)], rule: RejectionRule) {
        knownScores = known.compactMap(\.rejectionScore)
        otherScores = others.compactMap(\.answer.rejectionScore)
        guard !knownScores.isEmpty, !otherScores.isEmpty else { return nil }
        self.known = known.count
        self.others = others.count
        method = rule.method
        threshold = Double(rule.threshold)
        areaUnderCurve = ReceiverOperatingCurve(
            positives: otherScores.map(Double.init), negatives: knownScores.map(Double.init))?.area
        kept = WilsonInterval.proportion(successes: known.count { !$0.isNeither }, trials: known.count)
        flagged = WilsonInterval.proportion(successes: others.count { $0.answer.isNeither }, trials: others.count)
        let sorted = knownScores.sorted()
        let line = sorted[min(max(Int((Double(sorted.count) * 0.98).rounded(.up)), 1), sorted.count) - 1]
        flaggedAt98 = Double(otherScores.count { $0 > line }) / Double(otherScores.count)
        missed = others.filter { !$0.answer.isNeither }.sorted { $0.answer.confidence > $1.answer.confidence }.map(\.path)
    }
}
