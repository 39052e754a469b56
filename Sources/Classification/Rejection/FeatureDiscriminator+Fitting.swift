#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension FeatureDiscriminator {
    /// Learns to tell two groups of photos by logistic regression with a quadratic penalty, both groups counting the same
    /// however many photos they have. Solved by Nesterov's accelerated gradient method.
    ///
    /// - Parameters:
    ///   - known: photos of the classes.
    ///   - others: photos of other things.
    ///   - penalty: of the squared weights; there are more features than other photos, so it must be strong.
    package init(known: Observations, others: Observations, penalty: Float = 0.03, iterations: Int = 300) {
        let width = known.featureCount
        var means = [Double](repeating: 0, count: width), squares = means
        for index in 0..<known.count {
            for (column, value) in known.features(of: index).enumerated() {
                means[column] += Double(value)
                squares[column] += Double(value) * Double(value)
            }
        }
        let total = Double(max(known.count, 1))
        means = means.map { $0 / total }
        let deviations = zip(squares, means).map { max(($0 / total - $1 * $1), 0).squareRoot() + 1e-5 }
        self.init(
            means: means.map(Float.init), deviations: deviations.map(Float.init), weights: [Float](repeating: 0, count: width))
        let rows = standardized(known) + standardized(others)
        let count = known.count + others.count
        // Of each photo in the mean loss.
        let shares = (0..<count).map { Float(0.5) / Float($0 < known.count ? known.count : others.count) }

        func products(_ vector: [Float], _ bias: Float) -> [Float] {
            rows.withUnsafeBufferPointer { rows in
                vector.withUnsafeBufferPointer { vector in
                    (0..<count).map { bias + dotProduct(rows.baseAddress! + $0 * width, vector.baseAddress!, count: width) }
                }
            }
        }
        func transposed(_ values: [Float]) -> [Float] {
            var sums = [Float](repeating: 0, count: width)
            rows.withUnsafeBufferPointer { rows in
                for row in 0..<count where values[row] != 0 {
                    for column in 0..<width { sums[column] += values[row] * rows[row * width + column] }
                }
            }
            return sums
        }
        // The largest curvature, by power iteration, bounds the step.
        var direction = (0..<width).map { Float(1 + $0 % 7) }
        var curvature: Float = 1
        for _ in 0..<15 {
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            direction = direction.map { $0 / max(length, 1e-12) }
            direction = transposed(zip(products(direction, 0), shares).map { $0 * $1 })
            curvature = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        let step = 1 / (0.3 * curvature + 0.3 + penalty)
        var current = weights, bias: Float = 0, previous = weights, previousBias: Float = 0
        for iteration in 0..<iterations {
            let momentum = Float(iteration) / Float(iteration + 3)
            let ahead = zip(current, previous).map { $0 + momentum * ($0 - $1) }
            let aheadBias = bias + momentum * (bias - previousBias)
            var errors = products(ahead, aheadBias)
            for row in 0..<count {
                errors[row] = shares[row] * (1 / (1 + exp(-errors[row])) - (row < known.count ? 0 : 1))
            }
            let gradient = transposed(errors)
            (previous, previousBias) = (current, bias)
            current = (0..<width).map { ahead[$0] - step * (gradient[$0] + penalty * ahead[$0]) }
            bias = aheadBias - step * errors.reduce(0, +)
        }
        weights = current
    }

    private func standardized(_ observations: Observations) -> [Float] {
        (0..<observations.count).flatMap { index in
            observations.features(of: index).enumerated().map { column, value in
                min(max((value - means[column]) / deviations[column], -Self.bound), Self.bound)
            }
        }
    }
}
