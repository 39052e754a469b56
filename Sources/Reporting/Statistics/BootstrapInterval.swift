/// The bootstrap: how much a statistic moves when the sample is drawn again from itself, by the percentile method.
///
/// Efron, B. (1979), "Bootstrap methods: another look at the jackknife".
public enum BootstrapInterval {
    /// - Parameters:
    ///   - count: size of the sample; with 0 the estimate is not a number.
    ///   - resamples: how often to draw; 1,000 is enough for two digits of a 95 % interval.
    ///   - generator: the source of randomness; the same seed gives the same interval.
    ///   - statistic: computed on indices 0..<count, of which some repeat and some are missing. Resamples for which it
    ///     is not a number (say, only one class was drawn) are left out.
    public static func estimate(
        count: Int, resamples: Int = 1_000, confidence: Double = 0.95,
        using generator: inout some RandomNumberGenerator, statistic: ([Int]) throws -> Double
    ) rethrows -> ConfidenceInterval {
        guard count > 0 else {
            return ConfidenceInterval(estimate: .nan, lower: .nan, upper: .nan, confidence: confidence)
        }
        let estimate = try statistic(Array(0..<count))
        var indices = [Int](repeating: 0, count: count)
        var values: [Double] = []
        values.reserveCapacity(max(resamples, 0))
        for _ in 0..<max(resamples, 0) {
            for position in indices.indices { indices[position] = Int.random(in: 0..<count, using: &generator) }
            let value = try statistic(indices)
            if !value.isNaN { values.append(value) }
        }
        values.sort()
        let tail = (1 - min(max(confidence, 0), 1)) / 2
        return ConfidenceInterval(
            estimate: estimate, lower: quantile(tail, ofSorted: values), upper: quantile(1 - tail, ofSorted: values),
            confidence: confidence)
    }

    /// Linear between order statistics (type 7 of Hyndman and Fan, the one NumPy uses). Not a number for no values.
    package static func quantile(_ share: Double, ofSorted values: [Double]) -> Double {
        guard let last = values.indices.last else { return .nan }
        let position = min(max(share, 0), 1) * Double(last)
        let below = Int(position)
        let above = min(below + 1, last)
        return values[below] + (position - Double(below)) * (values[above] - values[below])
    }
}
