/// An estimate and the range it may be off by. `lower <= estimate <= upper` for the intervals made here.
public struct ConfidenceInterval: Sendable, Hashable, Codable {
    public var estimate: Double
    public var lower: Double
    public var upper: Double
    /// The share of such intervals that hold the true value, e.g. 0.95.
    public var confidence: Double

    public init(estimate: Double, lower: Double, upper: Double, confidence: Double = 0.95) {
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
    }
}
