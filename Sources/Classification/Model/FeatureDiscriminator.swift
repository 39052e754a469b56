/// Tells photos of other things by a weighted sum of features, each standardized on photos of the classes.
public struct FeatureDiscriminator: Hashable, Sendable {
    /// Mean and standard deviation of each feature on photos of the classes.
    public var means: [Float]
    public var deviations: [Float]
    public var weights: [Float]

    /// Standardized features beyond this count as this much, so that no single one decides.
    static let bound: Float = 6

    public init(means: [Float], deviations: [Float], weights: [Float]) {
        self.means = means
        self.deviations = deviations
        self.weights = weights
    }

    /// Larger for photos that are less like those of the classes.
    public func value(_ features: ArraySlice<Float>) -> Float {
        var sum: Float = 0
        for (index, feature) in features.enumerated() {
            let standardized = (feature - means[index]) / deviations[index]
            sum += weights[index] * min(max(standardized, -Self.bound), Self.bound)
        }
        return sum
    }
}
