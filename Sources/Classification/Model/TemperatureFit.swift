#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds the temperature that makes probabilities honest: the one with the least negative log likelihood on photos the
/// network was not trained on (Guo et al., 2017). It changes no answer of a single view, only how sure it sounds.
public struct TemperatureFit: Hashable, Sendable {
    public var calibration: Calibration
    /// Mean negative log likelihood, in nats a photo, with temperature 1 and with the one found.
    public var lossBefore: Double
    public var lossAfter: Double

    /// Within these bounds; a network that would need more is broken rather than badly calibrated.
    public static let range: ClosedRange<Float> = 0.05...20

    /// - Parameters:
    ///   - observations: of photos with known classes.
    ///   - labels: their classes, in the same order.
    /// - Precondition: as many labels as photos, at least one.
    public init(_ observations: Observations, labels: [Int]) {
        precondition(labels.count == observations.count && !labels.isEmpty)
        func loss(_ logarithm: Double) -> Double {
            let calibration = Calibration(temperature: Float(exp(logarithm)), flipAveraging: observations.views == 2)
            return calibration.negativeLogLikelihood(observations, labels: labels)
        }
        // Golden section on the logarithm: the loss has one minimum there (for one view it is convex in 1/T).
        var (low, high) = (log(Double(Self.range.lowerBound)), log(Double(Self.range.upperBound)))
        let ratio = (5.0.squareRoot() - 1) / 2
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (lossLeft, lossRight) = (loss(left), loss(right))
        while high - low > 1e-4 {
            if lossLeft < lossRight {
                (high, right, lossRight) = (right, left, lossLeft)
                left = high - ratio * (high - low)
                lossLeft = loss(left)
            } else {
                (low, left, lossLeft) = (left, right, lossRight)
                right = low + ratio * (high - low)
                lossRight = loss(right)
            }
        }
        let best = (low + high) / 2
        calibration = Calibration(temperature: Float(exp(best)), flipAveraging: observations.views == 2)
        lossBefore = loss(0)
        lossAfter = loss(best)
    }
}

extension Calibration {
    /// Mean over the photos of minus the logarithm of the true class's probability, in nats.
    public func negativeLogLikelihood(_ observations: Observations, labels: [Int]) -> Double {
        var sum = 0.0
        for (index, label) in labels.enumerated() {
            let probability = probabilities(observations.logits(of: index), classes: observations.classCount)[label]
            // A probability that rounds to zero is counted as the smallest float, not as infinitely wrong.
            sum -= log(Double(max(probability, .leastNormalMagnitude)))
        }
        return sum / Double(max(labels.count, 1))
    }
}
