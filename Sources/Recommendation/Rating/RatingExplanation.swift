import CRanking
import Interactions

/// What a predicted rating is made of. The parts are in units of ratings and add up to it, but for the limits of the scale.
public struct RatingExplanation: Hashable, Codable, Sendable {
    /// The prediction, within the scale.
    public var rating: Float
    /// What everybody gives everything, in the mean.
    public var mean: Float
    /// How much more than others the user gives, and how much more than others the item gets.
    public var userBias: Float
    public var itemBias: Float
    /// What the day, the user's drift and the item's stretch of time add.
    public var time: Float
    /// How well the user's taste and the item go together.
    public var taste: Float
    /// Whether anything was known of them.
    public var knowsUser: Bool
    public var knowsItem: Bool
}

extension RatingModel {
    /// A prediction with what it is made of.
    public func explain(user: Int?, item: Int?, time: Int64? = nil) -> RatingExplanation {
        guard let user, userRatings.indices.contains(user) else { return explain(UserTaste(posterior), item: item, time: time) }
        let width = posterior.width
        let taste = UserTaste(
            bias: posterior.userBias[user], factors: Array(posterior.userFactors[(user * width)..<((user + 1) * width)]), user: user,
            isKnown: userRatings[user] > 0)
        return explain(taste, item: item, time: time)
    }

    /// A prediction for the user of a history, whose ratings are all that is known.
    public func explain(history: [HistoryEvent], item: Int?, time: Int64? = nil) -> RatingExplanation {
        explain(taste(of: history), item: item, time: time)
    }

    /// A prediction for somebody whose taste is at hand; for many items, the taste is found once.
    public func explain(_ user: UserTaste, item: Int?, time: Int64? = nil) -> RatingExplanation {
        let width = posterior.width
        let known = item.flatMap { posterior.itemBias.indices.contains($0) ? $0 : nil }
        let itemBias = known.map { posterior.itemBias[$0] } ?? meanItem.bias
        let occasion = occasion(of: user, item: known, time: time)
        var products: Float = 0
        posterior.itemFactors.withUnsafeBufferPointer { all in
            meanItem.factors.withUnsafeBufferPointer { mean in
                posterior.frequencyFactors.withUnsafeBufferPointer { frequencies in
                    let row = known.map { all.baseAddress! + $0 * width } ?? mean.baseAddress!
                    products = cr_dot(user.factors, row, width)
                    if let bin = occasion.bin {
                        let frequency = frequencies.baseAddress! + bin * width
                        products += cr_dot(user.factors, frequency, width) + cr_dot(row, frequency, width)
                    }
                }
            }
        }
        products /= Float(posterior.draws)
        let total = posterior.constant + user.bias + itemBias + occasion.bias + products
        let rating = min(max(mean + deviation * total, range.lowerBound), range.upperBound)
        return RatingExplanation(
            rating: rating, mean: mean + deviation * (posterior.constant + meanUserBias + meanItem.bias),
            userBias: deviation * (user.bias - meanUserBias), itemBias: deviation * (itemBias - meanItem.bias), time: deviation * occasion.bias,
            taste: deviation * products, knowsUser: user.isKnown, knowsItem: known.map { itemRatings[$0] > 0 } ?? false)
    }

    /// What the time of a rating adds, and the row of factors for how much is rated then; nil without times.
    func occasion(of user: UserTaste, item: Int?, time: Int64?) -> (bias: Float, bin: Int?) {
        guard let clock else { return (0, nil) }
        let mean = posterior.frequencyBias.count - 1
        guard let time else { return (posterior.frequencyBias[mean], mean) }
        var bias: Float = 0
        // The rating in question is one more than what is known of the day.
        var count = user.counts[clock.day(time), default: 0] + 1
        if let number = user.user {
            let day = clock.day(time)
            if let row = days.row(user: number, day: day) {
                bias += posterior.dayBias[row]
                count = days.counts[row] + 1
            }
            bias += posterior.driftBias[number] * RatingClock.deviation(day: day, usual: days.usual[number])
        }
        if let item { bias += posterior.itemTimeBias[item * clock.stretches + clock.stretch(time)] }
        let bin = min(RatingClock.frequencyBin(count), mean - 1)
        return (bias + posterior.frequencyBias[bin], bin)
    }
}
