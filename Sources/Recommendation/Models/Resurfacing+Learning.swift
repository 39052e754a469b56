import ComputeGraph
import Interactions

extension Resurfacing {
    /// A fifth of what is learned from is hidden at once, so that what is counted is known as it will be: without the answer.
    private static let parts = 5
    /// Things that were left, of each occasion; more say little, and a sample of them does not mislead (McFadden, 1978).
    private static let alternatives = 30
    /// Occasions of one user, the latest; so that nobody teaches all, and long histories are not gone through too often.
    private static let occasionsPerUser = 20

    /// What of the things that waited was bought at a time, or in a log that knows no order, at any time.
    private struct Purchases {
        var items: Set<Int>
        /// Where in the log the history ends that is known beforehand; nil: all other events are known.
        var cut: Int?
    }

    /// Purchases of what waited, and what was left waiting.
    ///
    /// In a log that knows an order a user's purchases are hidden all at once, since what is left on one occasion may be bought on
    /// the next. In another, each is hidden by itself: what is left there was never bought.
    static func occasions(_ data: TrainingData, _ configuration: Configuration, _ conversions: Conversions) -> [WaitingChoice.Occasion] {
        guard conversions.usualRate != nil, configuration.purchases > 0 else { return [] }
        let log = data.log
        let purchases = (0..<log.userCount).map { Self.purchases(of: $0, data, configuration) }
        let count = purchases.reduce(0) { $0 + $1.reduce(0) { $0 + $1.items.count } }
        guard count > 0 else { return [] }
        let share = min(1 / Float(parts), Float(configuration.purchases) / Float(count))
        let runs = min(parts, max(1, Int((Float(configuration.purchases) / (share * Float(count))).rounded())))
        var occasions: [WaitingChoice.Occasion] = []
        for run in 0..<runs {
            func isHidden(_ user: Int, _ item: Int) -> Bool {
                var random = RandomSource(data.seed, UInt64(user), log.isOrdered ? 0 : UInt64(item) + 1, 0xB0A5)
                return Int(random.uniform() / share) == run
            }
            let hidden = purchases.enumerated().map { user, own in
                own.map { Purchases(items: $0.items.filter { isHidden(user, $0) }, cut: $0.cut) }.filter { !$0.items.isEmpty }
            }
            let items = hidden.map { $0.reduce(into: Set<Int>()) { $0.formUnion($1.items) } }
            let isGood = log.kinds.map { Conversions.isGoodEnd($0, configuration.final, data.weights) }
            var counted = data
            counted.log = log.filtered { user, event in
                !isGood[Int(log.eventKinds[event])] || !items[user].contains(Int(log.eventItems[event]))
            }
            let model = Resurfacing(
                configuration: configuration, weights: data.weights, isOrdered: log.isOrdered,
                conversions: Conversions(counted, final: configuration.final, waits: conversions), choice: WaitingChoice())
            for user in hidden.indices where !hidden[user].isEmpty {
                let history = hidden[user][0].cut == nil ? counted.log.history(of: user) : log.history(of: user), start = log.events(of: user).lowerBound
                for purchase in hidden[user].suffix(occasionsPerUser) {
                    occasions.append(model.occasion(Array(history.prefix((purchase.cut ?? .max) - start)), taken: purchase.items, data.seed))
                }
            }
        }
        return occasions
    }

    /// What of the things that waited a user bought, in the order of time.
    private static func purchases(of user: Int, _ data: TrainingData, _ configuration: Configuration) -> [Purchases] {
        let log = data.log, range = log.events(of: user)
        func waits(_ event: Int) -> Bool { Conversions.isWait(log[event], configuration.final, data.weights) }
        func isGood(_ event: Int) -> Bool {
            Conversions.isGoodEnd(log.kinds[Int(log.eventKinds[event])], configuration.final, data.weights)
        }
        guard log.isOrdered else {
            let waiting = Set(range.filter(waits).map { log.eventItems[$0] })
            let items = Set(range.filter { isGood($0) && waiting.contains(log.eventItems[$0]) }.map { Int(log.eventItems[$0]) })
            return items.isEmpty ? [] : [Purchases(items: items)]
        }
        var waiting: Set<UInt32> = [], purchases: [Purchases] = []
        for event in range {
            let item = log.eventItems[event]
            if waits(event) { waiting.insert(item) }
            guard configuration.final.contains(log.kinds[Int(log.eventKinds[event])]), waiting.remove(item) != nil, isGood(event) else { continue }
            // Who has just put something into the cart and then buys it needs no suggestion; what one visit bought is one answer.
            let cut = log.runUp(to: event, of: user)
            if let last = purchases.last?.cut, cut <= last {
                purchases[purchases.count - 1].items.insert(Int(item))
            } else {
                purchases.append(Purchases(items: [Int(item)], cut: cut))
            }
        }
        return purchases
    }

    private func occasion(_ history: [HistoryEvent], taken: Set<Int>, _ seed: UInt64) -> WaitingChoice.Occasion {
        let waiting = waiting(Query(history: history))
        let own = waiting.filter { taken.contains($0.item) }
        var left = waiting.filter { !taken.contains($0.item) }
        guard !own.isEmpty, !left.isEmpty else { return WaitingChoice.Occasion(taken: [], left: []) }
        if left.count > Self.alternatives {
            var random = RandomSource(seed, UInt64(own[0].item), UInt64(left.count), 0x1EF7)
            left = Array(left.shuffled(using: &random).prefix(Self.alternatives))
        }
        return WaitingChoice.Occasion(taken: features(of: own, after: history), left: features(of: left, after: history))
    }
}
