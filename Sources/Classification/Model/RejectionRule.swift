/// Tells photos that show none of the classes from those that do, by where their features lie: the score is
/// the Mahalanobis distance to the nearest class in the space of the pooled features (Lee et al., 2018), after
/// a projection that keeps `projection`'s rows.
public struct RejectionRule: Hashable, Codable, Sendable {
    /// Name of the method, for reports.
    public var method: String
    /// Row-major `[components, features]`.
    public var projection: [Float]
    /// Mean of each class in the projected space, `[classes][components]`.
    public var means: [[Float]]
    /// Scores above it are answered *neither*.
    public var threshold: Float

    public init(method: String, projection: [Float], means: [[Float]], threshold: Float) {
        self.method = method
        self.projection = projection
        self.means = means
        self.threshold = threshold
    }
}
