#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Logistic regression of a yes or no on a few numbers, both answers counting the same however many there are of each.
/// Fitted by Newton's method with a quadratic penalty on the weights.
struct LogisticRegression {
    private(set) var weights: [Double]
    private(set) var bias = 0.0

    /// - Parameters:
    ///   - rows: one a sample, all of one length, standardized.
    ///   - isPositive: for each sample.
    ///   - penalty: of the squared weights, relative to the mean loss.
    init(_ rows: [[Double]], isPositive: [Bool], penalty: Double = 1e-2) {
        let width = rows.first?.count ?? 0
        weights = [Double](repeating: 0, count: width)
        let positives = isPositive.count { $0 }
        guard positives > 0, positives < isPositive.count else { return }
        let share = (yes: 0.5 / Double(positives), no: 0.5 / Double(isPositive.count - positives))
        for _ in 0..<50 {
            // The bias is the last coordinate, and is not penalized.
            var gradient = weights.map { $0 * penalty } + [0]
            var curvature = SymmetricMatrix(size: width + 1)
            for index in 0...width { curvature[index, index] = index < width ? penalty : 1e-9 }
            for (row, positive) in zip(rows, isPositive) {
                let probability = 1 / (1 + exp(-value(row)))
                let importance = positive ? share.yes : share.no
                let error = importance * (probability - (positive ? 1 : 0))
                for index in 0..<width { gradient[index] += error * row[index] }
                gradient[width] += error
                curvature.addProduct(of: row + [1], weight: importance * probability * (1 - probability))
            }
            guard let factor = curvature.inverseCholeskyFactor() else { return }
            let step = Self.solve(factor, gradient)
            // Full steps may overshoot when the groups are far apart.
            let length = step.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let scale = min(1, 2 / max(length, 1e-12))
            for index in 0..<width { weights[index] -= scale * step[index] }
            bias -= scale * step[width]
            if length < 1e-8 { return }
        }
    }

    /// The logarithm of the odds of yes.
    func value(_ row: [Double]) -> Double { zip(weights, row).reduce(bias) { $0 + $1.0 * $1.1 } }

    /// `A⁻¹ b` from the inverse of the lower Cholesky factor of `A`.
    private static func solve(_ inverse: [Double], _ right: [Double]) -> [Double] {
        let n = right.count
        let half = (0..<n).map { row in (0...row).reduce(0.0) { $0 + inverse[row * n + $1] * right[$1] } }
        return (0..<n).map { row in (row..<n).reduce(0.0) { $0 + inverse[$1 * n + row] * half[$1] } }
    }
}
