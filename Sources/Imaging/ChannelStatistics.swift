/// Mean and standard deviation of each color channel over a data set, of values from 0 to 1. Networks see
/// (value / 255 - mean) / standardDeviation.
public struct ChannelStatistics: Sendable, Hashable, Codable {
    /// Red, green, blue.
    public var mean: SIMD3<Float>
    /// Red, green, blue; positive.
    public var standardDeviation: SIMD3<Float>

    public init(mean: SIMD3<Float>, standardDeviation: SIMD3<Float>) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// Of the photos of ImageNet, as usual for photos when nothing else is known.
    public static let imageNet = ChannelStatistics(
        mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    /// What 8-bit values are multiplied by, and what is then added.
    var scale: SIMD3<Float> { 1 / (255 * standardDeviation) }
    var offset: SIMD3<Float> { -mean / standardDeviation }
}
