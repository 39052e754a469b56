import Interactions

/// What is known of a user's taste: of one who was learned from, or of one who came later.
public struct UserTaste: Sendable {
    var bias: Float
    /// `[width]`.
    var factors: [Float]
    /// The number of a user who was learned from.
    var user: Int?
    var isKnown: Bool
    /// Of a user who came later: ratings by day.
    var counts: [Int: Int] = [:]

    init(bias: Float, factors: [Float], user: Int?, isKnown: Bool) {
        self.bias = bias
        self.factors = factors
        self.user = user
        self.isKnown = isKnown
    }

    /// Somebody of whom nothing is known.
    init(_ posterior: RatingPosterior) {
        self.init(bias: posterior.userMean[0], factors: Array(posterior.userMean.dropFirst()), user: nil, isKnown: false)
    }
}

extension RatingModel {
    /// The taste that a history's ratings amount to, with everything else as it was learned: for each draw, the mean of what the
    /// bias and the factors may be, which is one small system of equations.
    public func taste(of history: [HistoryEvent]) -> UserTaste {
        var last: [Int: HistoryEvent] = [:]
        for event in history where event.isRating && items.count > event.item && event.item >= 0 { last[event.item] = event }
        let ratings = last.sorted { $0.key < $1.key }.map(\.value)
        var taste = UserTaste(posterior)
        guard !ratings.isEmpty else { return taste }
        taste.isKnown = true
        if let clock {
            for rating in ratings { taste.counts[clock.day(rating.time), default: 0] += 1 }
        }
        let width = posterior.width, factors = posterior.factors
        let share = 1 / Float(ratings.count).squareRoot()
        for rating in ratings {
            taste.bias += share * posterior.ratedBias[rating.item]
            for column in 0..<width { taste.factors[column] += share * posterior.ratedFactors[rating.item * width + column] }
        }
        var known: [(bias: Float, bin: Int?)] = ratings.map { rating in
            var counted = taste
            counted.counts[clock?.day(rating.time) ?? 0, default: 1] -= 1
            return occasion(of: counted, item: rating.item, time: clock == nil ? nil : rating.time)
        }
        for (index, rating) in ratings.enumerated() {
            // What is left of the rating for the user.
            known[index].bias =
                (rating.value! - mean) / deviation - posterior.constant - taste.bias - posterior.itemBias[rating.item] - known[index].bias
        }
        var bias = 0.0
        var shift = [Float](repeating: 0, count: width)
        for draw in 0..<posterior.draws {
            var system = NormalEquations(size: factors + 1)
            system.matrix[0] = 1 / Double(posterior.userVariance[0])
            for column in 0..<factors {
                system.matrix[(column + 1) * (factors + 2)] = 1 / Double(posterior.userVariance[1 + draw * factors + column])
            }
            var features = [Double](repeating: 1, count: factors + 1)
            for (rating, rest) in zip(ratings, known) {
                var residual = Double(rest.bias)
                for column in 0..<factors {
                    let place = draw * factors + column
                    let item = posterior.itemFactors[rating.item * width + place]
                    let frequency = rest.bin.map { posterior.frequencyFactors[$0 * width + place] } ?? 0
                    features[column + 1] = Double(item + frequency)
                    residual -= Double(taste.factors[place]) * features[column + 1] + Double(item * frequency)
                }
                system.add(features, residual, weight: Double(posterior.noisePrecision))
            }
            let solution = system.solution()
            bias += solution[0] / Double(posterior.draws)
            for column in 0..<factors { shift[draw * factors + column] = Float(solution[column + 1]) }
        }
        taste.bias += Float(bias)
        for column in 0..<width { taste.factors[column] += shift[column] }
        return taste
    }
}
