/// What is true of a shop, as nobody who only sees events can know.
///
/// Users and items are numbered as in their names: user 3 is `u3`, item 5 is `i5` and at position 5 of the shop's items.
public struct ShopTruth: Sendable {
    let world: ShopWorld

    /// How much a user likes an item on a day: the logarithm of how likely it is looked at and wished for, compared with the
    /// best imaginable item of the same popularity; at most 0. The order of true preference is that of these numbers.
    public func preference(of user: Int, for item: Int, on day: Int) -> Double {
        Double(world.taste(of: user, on: day).affinity(item, world.shelves))
    }

    /// What the user would rate an item, before noise and before rounding to 1 to 5 stars.
    public func expectedRating(of user: Int, for item: Int, on day: Int) -> Double {
        let rating = Habits(world.configuration, user: user).expectedRating(item, world.taste(of: user, on: day), world.shelves)
        return Double(min(max(rating, 1), 5))
    }

    /// Whether the user is one of those whose taste changes on the day of drift.
    public func drifts(_ user: Int) -> Bool { Habits(world.configuration, user: user).drifts }

    /// Whether an item can be bought on a day.
    public func isAvailable(_ item: Int, on day: Int) -> Bool { world.shelves.isAvailable(item, on: day) }

    /// The two accessories that purchases of an item lead to, the likelier one first; none for most items.
    public func accessories(of item: Int) -> [Int] { world.shelves.accessories(of: item).map { [Int($0[0]), Int($0[1])] } ?? [] }

    /// For each item the chance that it is the one a user looks at when browsing on a day. The chances sum to 1.
    public func viewChances(of user: Int, on day: Int) -> [Float] {
        let shelves = world.shelves
        let taste = world.taste(of: user, on: day)
        let weights = CategoryWeights(taste, shelves, seasons: world.seasons(on: day))
        let tastedTotal = weights.tasted.reduce(0, +), popularTotal = weights.popular.reduce(0, +)
        let wandering = Float(world.configuration.wandering)
        var chances = [Float](repeating: 0, count: shelves.count)
        for (category, range) in shelves.ranges.enumerated() {
            let available = range.filter { shelves.isAvailable($0, on: day) }
            let likings = available.map { shelves.popularity[$0] * Taste.chance(taste.liking($0, shelves)) }
            let likingTotal = likings.reduce(0, +), popularityTotal = available.reduce(0) { $0 + shelves.popularity[$1] }
            for (item, liking) in zip(available, likings) {
                chances[item] = (1 - wandering) * weights.tasted[category] / tastedTotal * liking / likingTotal
                    + wandering * weights.popular[category] / popularTotal * shelves.popularity[item] / popularityTotal
            }
        }
        return chances
    }

    /// For each item the chance that it is the one a user buys next, accessories aside. The chances sum to 1.
    public func purchaseChances(of user: Int, on day: Int) -> [Float] {
        let taste = world.taste(of: user, on: day)
        var chances = viewChances(of: user, on: day)
        for item in chances.indices where chances[item] > 0 { chances[item] *= Taste.desire(taste.affinity(item, world.shelves)) }
        let total = chances.reduce(0, +)
        for item in chances.indices { chances[item] /= total }
        return chances
    }

    /// The items that a user is likeliest to buy next, the best first.
    ///
    /// - Parameter bought: what the user has just bought: its accessories come before all others. nil: nothing that needs any.
    public func bestNext(for user: Int, on day: Int, afterBuying bought: Int? = nil, count: Int) -> [Int] {
        let chances = purchaseChances(of: user, on: day)
        var first: [Int] = []
        for item in bought.map(accessories) ?? [] where !first.contains(item) { first.append(item) }
        let others = chances.indices.filter { chances[$0] > 0 && !first.contains($0) }
            .sorted { chances[$0] != chances[$1] ? chances[$0] > chances[$1] : $0 < $1 }
        return Array((first + others).prefix(max(count, 0)))
    }
}
