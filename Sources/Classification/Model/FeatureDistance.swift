#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How far some features of a photo lie from those of the classes: the squared Mahalanobis distance to the nearest class,
/// with one covariance for all classes (Lee et al., "A simple unified framework for detecting out-of-distribution
/// samples", 2018).
public struct FeatureDistance: Hashable, Sendable {
    /// Which of a photo's features it looks at.
    public var range: Range<Int>
    /// Lower triangular, row-major `[components, range.count]`; after it, the classes' features have unit covariance.
    public var whitening: [Float]
    /// Mean of each class after whitening, `[classes][components]`.
    public var means: [[Float]]

    public init(range: Range<Int>, whitening: [Float], means: [[Float]]) {
        self.range = range
        self.whitening = whitening
        self.means = means
    }

    public var components: Int { whitening.count / max(range.count, 1) }

    /// The logarithm of the distance per component, which is close to normally distributed on photos of the classes.
    ///
    /// - Parameter features: all features of a photo.
    public func logarithm(_ features: ArraySlice<Float>) -> Float {
        let start = features.startIndex + range.lowerBound
        var whitened = [Float](repeating: 0, count: components)
        features.withUnsafeBufferPointer { all in
            whitening.withUnsafeBufferPointer { matrix in
                for row in whitened.indices {
                    whitened[row] = dotProduct(
                        matrix.baseAddress! + row * range.count, all.baseAddress! + start - features.startIndex, count: row + 1)
                }
            }
        }
        var nearest = Float.infinity
        for mean in means {
            var sum: Float = 0
            for index in whitened.indices {
                let difference = whitened[index] - mean[index]
                sum += difference * difference
            }
            nearest = min(nearest, sum)
        }
        return log(max(nearest / Float(max(components, 1)), 1e-12))
    }
}
