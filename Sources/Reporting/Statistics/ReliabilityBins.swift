/// How far confidence can be believed: answers sorted into bins of equal width by their confidence, and how often those
/// of each bin were right.
///
/// Guo et al. (2017), "On Calibration of Modern Neural Networks".
public struct ReliabilityBins: Sendable, Hashable, Codable {
    public struct Bin: Sendable, Hashable, Codable {
        /// The bin holds confidences in (lower, upper]; the first also holds 0.
        public var lower: Double
        public var upper: Double
        public var count: Int
        /// Mean confidence of its answers, 0 when there are none.
        public var meanConfidence: Double
        /// The share of its answers that was right, 0 when there are none.
        public var accuracy: Double

        public init(lower: Double, upper: Double, count: Int, meanConfidence: Double, accuracy: Double) {
            self.lower = lower
            self.upper = upper
            self.count = count
            self.meanConfidence = meanConfidence
            self.accuracy = accuracy
        }
    }

    public var bins: [Bin]

    public init(bins: [Bin]) { self.bins = bins }

    /// - Parameters:
    ///   - confidences: of each answer, 0...1. Those that are not numbers are left out; those outside are clamped.
    ///   - isRight: whether each answer was right, in the same order; what is left over of the longer list is ignored.
    ///   - binCount: 15 is customary; at least 1 is used.
    public init(confidences: some Sequence<Double>, isRight: some Sequence<Bool>, binCount: Int = 15) {
        let binCount = max(binCount, 1)
        var counts = [Int](repeating: 0, count: binCount)
        var right = counts
        var confidenceSums = [Double](repeating: 0, count: binCount)
        for (confidence, isRight) in zip(confidences, isRight) where !confidence.isNaN {
            let confidence = min(max(confidence, 0), 1)
            let index = min(max(Int((confidence * Double(binCount)).rounded(.up)) - 1, 0), binCount - 1)
            counts[index] += 1
            right[index] += isRight ? 1 : 0
            confidenceSums[index] += confidence
        }
        bins = (0..<binCount).map { index in
            let total = Double(max(counts[index], 1))
            return Bin(
                lower: Double(index) / Double(binCount), upper: Double(index + 1) / Double(binCount),
                count: counts[index], meanConfidence: confidenceSums[index] / total,
                accuracy: Double(right[index]) / total)
        }
    }

    /// Answers in all bins.
    public var count: Int { bins.reduce(0) { $0 + $1.count } }

    /// Mean distance between confidence and accuracy, weighted by the answers in each bin: 0 is perfect. Not a number
    /// without answers.
    public var expectedCalibrationError: Double {
        let total = count
        guard total > 0 else { return .nan }
        let sum = bins.reduce(0.0) { $0 + Double($1.count) * ($1.meanConfidence - $1.accuracy).magnitude }
        return sum / Double(total)
    }

    /// The largest distance of any bin that has answers. Not a number without answers.
    public var maximumCalibrationError: Double {
        bins.filter { $0.count > 0 }.map { ($0.meanConfidence - $0.accuracy).magnitude }.max() ?? .nan
    }

    /// Whether the model is surer than it should be (positive) or less sure (negative), on average.
    public var meanOverconfidence: Double {
        let total = count
        guard total > 0 else { return .nan }
        return bins.reduce(0.0) { $0 + Double($1.count) * ($1.meanConfidence - $1.accuracy) } / Double(total)
    }
}
