#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Tells photos that show none of the classes from those that do.
///
/// Several measures look at a photo: how far its features lie from those of the classes, at several depths of the network,
/// and how strongly the classes respond. Each is standardized on photos of the classes, and their weighted sum is the score.
public struct RejectionRule: Hashable, Sendable {
    /// Name of the method, for reports.
    public var method: String
    /// What the network has to tell.
    public var features: [PooledFeature]
    /// Numbers of each of `features`.
    public var featureWidths: [Int]
    public var distances: [FeatureDistance]
    /// Present when there were photos of other things to learn from.
    public var discriminator: FeatureDiscriminator?
    /// One for each distance, one for the energy of the logits, and one for the discriminator.
    public var measures: [Measure]
    /// Scores above it are answered *neither*.
    public var threshold: Float

    public init(
        method: String, features: [PooledFeature], featureWidths: [Int], distances: [FeatureDistance],
        discriminator: FeatureDiscriminator? = nil, measures: [Measure], threshold: Float
    ) {
        self.method = method
        self.features = features
        self.featureWidths = featureWidths
        self.distances = distances
        self.discriminator = discriminator
        self.measures = measures
        self.threshold = threshold
    }

    /// How a measure enters the score.
    public struct Measure: Hashable, Codable, Sendable {
        /// Mean and standard deviation on photos of the classes.
        public var mean: Float
        public var deviation: Float
        public var weight: Float

        public init(mean: Float, deviation: Float, weight: Float) {
            self.mean = mean
            self.deviation = deviation
            self.weight = weight
        }
    }

    /// The measures of a photo: one logarithm for each distance, minus the energy of the logits, and what the
    /// discriminator says.
    ///
    /// - Parameters:
    ///   - features: all features, in the order of `features`.
    ///   - logits: `[views, classes]`.
    public func values(features: ArraySlice<Float>, logits: ArraySlice<Float>, classes: Int) -> [Float] {
        distances.map { $0.logarithm(features) } + [-Self.energy(of: logits, classes: classes)]
            + (discriminator.map { [$0.value(features)] } ?? [])
    }

    /// How unlike the photos of the classes a photo is: about 0 with deviation 1 or more on those.
    public func score(features: ArraySlice<Float>, logits: ArraySlice<Float>, classes: Int) -> Float {
        zip(values(features: features, logits: logits, classes: classes), measures).reduce(0) {
            $0 + $1.1.weight * ($1.0 - $1.1.mean) / $1.1.deviation
        }
    }

    /// The logarithm of the sum of the exponentials of a photo's logits, the mean over its views: large when a class
    /// responds strongly (Liu et al., "Energy-based out-of-distribution detection", 2020).
    public static func energy(of logits: ArraySlice<Float>, classes: Int) -> Float {
        let views = logits.count / classes
        var sum: Float = 0
        for view in 0..<views {
            let part = logits[logits.startIndex + view * classes..<logits.startIndex + (view + 1) * classes]
            let largest = part.max()!
            sum += largest + log(part.reduce(0) { $0 + exp($1 - largest) })
        }
        return sum / Float(views)
    }
}
