#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Which of several things is taken: the softmax of a weighted sum of what is known of each (McFadden, "Conditional logit
/// analysis of qualitative choice behavior", 1974).
package struct ConditionalLogit: Hashable, Codable, Sendable {
    package var weights: [Double]

    package init(weights: [Double]) { self.weights = weights }

    /// The weights that make what was taken likeliest, drawn towards those expected beforehand (Newton's method).
    ///
    /// - Parameters:
    ///   - expected: the mean of a normal distribution of the weights.
    ///   - strength: one over its variance, above zero.
    package init(_ occasions: Occasions, expected: [Double], strength: Double) {
        weights = expected
        var loss = occasions.loss(weights) + Self.penalty(weights, expected, strength)
        for _ in 0..<Self.iterations {
            let step = occasions.step(from: weights, expected: expected, strength: strength)
            var share = 1.0, next = zip(weights, step).map { $0 + $1 }
            var found = occasions.loss(next) + Self.penalty(next, expected, strength)
            // The loss is convex: a step that leads too far is halved.
            while !(found <= loss), share > 1e-4 {
                share /= 2
                next = zip(weights, step).map { $0 + share * $1 }
                found = occasions.loss(next) + Self.penalty(next, expected, strength)
            }
            guard found < loss else { return }
            let gained = loss - found
            (weights, loss) = (next, found)
            if gained < 1e-6 * loss { return }
        }
    }

    private static let iterations = 30

    private static func penalty(_ weights: [Double], _ expected: [Double], _ strength: Double) -> Double {
        strength / 2 * zip(weights, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// The logarithm of how likely something is to be taken, up to what all things on an occasion share.
    package func score(_ features: [Double]) -> Double { zip(weights, features).reduce(0) { $0 + $1.0 * $1.1 } }

    /// What there was to take, each time, and what was taken.
    package struct Occasions {
        /// Numbers that are known of each thing.
        let size: Int
        package private(set) var count = 0
        /// `[things][size]`, the things of an occasion one after the other, those taken first.
        private var features: [Double] = []
        /// Where the things of each occasion begin, and at the end their number.
        private var starts = [0]
        private var taken: [Int] = []

        package init(size: Int) { self.size = size }

        /// An occasion on which nothing or everything was taken says nothing and is passed over.
        package mutating func add(taken: [[Double]], left: [[Double]]) {
            guard !taken.isEmpty, !left.isEmpty else { return }
            for thing in taken + left { features += thing }
            starts.append(starts.last! + taken.count + left.count)
            self.taken.append(taken.count)
            count += 1
        }

        /// Less the logarithm of how likely it was that what was taken was taken.
        package func loss(_ weights: [Double]) -> Double {
            var loss = 0.0
            visit(weights) { _, scores, taken in
                let most = scores.max()!
                let all = most + log(scores.reduce(0) { $0 + exp($1 - most) })
                for score in scores[..<taken] { loss += all - score }
            }
            return loss
        }

        /// Newton's step towards the least loss and penalty.
        func step(from weights: [Double], expected: [Double], strength: Double) -> [Double] {
            var system = NormalEquations(size: size)
            for index in 0..<size {
                system.right[index] = strength * (expected[index] - weights[index])
                system.matrix[index * size + index] = strength
            }
            var mean = [Double](repeating: 0, count: size), apart = mean
            visit(weights) { start, scores, taken in
                let most = scores.max()!
                let shares = scores.map { exp($0 - most) }, sum = shares.reduce(0, +), times = Double(taken)
                for index in 0..<size { mean[index] = 0 }
                for (place, share) in shares.enumerated() {
                    let probability = share / sum, row = start + place * size
                    for index in 0..<size { mean[index] += probability * features[row + index] }
                }
                for (place, share) in shares.enumerated() {
                    let probability = times * share / sum, surprise = (place < taken ? 1 : 0) - probability
                    for index in 0..<size {
                        let own = features[start + place * size + index]
                        system.right[index] += surprise * own
                        apart[index] = own - mean[index]
                    }
                    system.addProduct(apart, weight: probability)
                }
            }
            return system.solution()
        }

        /// Hands every occasion's first place in `features`, scores and number of things taken to `body`.
        private func visit(_ weights: [Double], _ body: (_ start: Int, _ scores: [Double], _ taken: Int) -> Void) {
            for occasion in 0..<count {
                let things = starts[occasion]..<starts[occasion + 1]
                let scores = things.map { thing in (0..<size).reduce(0.0) { $0 + weights[$1] * features[thing * size + $1] } }
                body(things.lowerBound * size, scores, taken[occasion])
            }
        }
    }
}
