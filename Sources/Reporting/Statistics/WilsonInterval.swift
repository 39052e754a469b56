/// Wilson's score interval for a proportion: right where accuracies live, near 100 % and on few photos, where the
/// textbook interval would pass 100 % or have no width.
///
/// Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference".
public enum WilsonInterval {
    /// - Parameters:
    ///   - successes: how many went well, 0...trials; counts outside are clamped.
    ///   - trials: how many there were. With none, nothing is known: the estimate is not a number, the range 0...1.
    ///   - confidence: between 0 and 1.
    public static func proportion(successes: Int, trials: Int, confidence: Double = 0.95) -> ConfidenceInterval {
        guard trials > 0 else { return ConfidenceInterval(estimate: .nan, lower: 0, upper: 1, confidence: confidence) }
        let n = Double(trials)
        let share = Double(min(max(successes, 0), trials)) / n
        let confidence = min(max(confidence, 0), 1 - 1e-15)
        let z = NormalDistribution.quantile((1 + confidence) / 2)
        let squared = z * z
        let center = (share + squared / (2 * n)) / (1 + squared / n)
        let half = z / (1 + squared / n) * (share * (1 - share) / n + squared / (4 * n * n)).squareRoot()
        // Rounding must not push a bound past the estimate at 0 and at 1.
        return ConfidenceInterval(
            estimate: share, lower: min(max(center - half, 0), share), upper: max(min(center + half, 1), share),
            confidence: confidence)
    }
}
