/// What a network sees in a number of photos: the raw material of answers, of calibration and of the rule for *neither*.
public struct Observations: Sendable {
    public let classCount: Int
    /// How often each photo was looked at: as it is, and perhaps mirrored.
    public let views: Int
    public let featureCount: Int
    /// `[count, views, classes]`.
    public private(set) var logits: [Float] = []
    /// `[count, features]`, means over the views, compressed.
    public private(set) var features: [Float] = []

    public init(classCount: Int, views: Int, featureCount: Int) {
        self.classCount = classCount
        self.views = views
        self.featureCount = featureCount
    }

    public var count: Int { logits.count / (views * classCount) }

    /// `[views, classes]` of one photo.
    public func logits(of index: Int) -> ArraySlice<Float> {
        logits[index * views * classCount..<(index + 1) * views * classCount]
    }

    /// The features of one photo.
    public func features(of index: Int) -> ArraySlice<Float> {
        features[index * featureCount..<(index + 1) * featureCount]
    }

    /// Adds photos that were observed elsewhere by the same network.
    public mutating func append(_ other: Observations) {
        precondition(other.classCount == classCount && other.views == views && other.featureCount == featureCount)
        logits += other.logits
        features += other.features
    }

    /// Adds one photo.
    ///
    /// - Parameters:
    ///   - logits: `[views, classes]`.
    ///   - features: all of them, as the network gives them.
    public mutating func append(logits: some Collection<Float>, features: some Collection<Float>) {
        precondition(logits.count == views * classCount && features.count == featureCount)
        self.logits += logits
        self.features += features.map(PooledFeature.compressed)
    }

    /// The photos at some positions, in their order.
    public func selecting(_ indices: some Sequence<Int>) -> Observations {
        var result = Observations(classCount: classCount, views: views, featureCount: featureCount)
        for index in indices {
            result.logits += logits(of: index)
            result.features += features(of: index)
        }
        return result
    }
}
