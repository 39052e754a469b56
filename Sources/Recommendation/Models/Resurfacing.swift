#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import ComputeGraph
import Interactions

/// Shows again what was carted, favored or looked at and not bought: an explicit rule, which can be switched off. Which of what
/// waits comes first is learned from what of it was bought before.
public struct Resurfacing: RankingModel {
    public static let name = "resurfacing"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Kinds that end it: what was bought or hidden is not shown again.
        public var final: Set<EventKind> = [.purchase, .hide]
        /// Users for whom an item waited before its own share of good ends says as much as that of all items.
        public var prior: Float = 5
        /// Purchases of what waited that are learned from, at most.
        public var purchases = 20_000

        public init() {}
    }

    public let configuration: Configuration
    public let itemCount: Int
    /// Whether it counts how long something waits.
    let isOrdered: Bool
    let conversions: Conversions
    let choice: WaitingChoice
    private let rates: [Double]
    private let weights: EventWeights

    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) {
        let conversions = Conversions(data, final: configuration.final)
        self.init(
            configuration: configuration, weights: data.weights, isOrdered: data.log.isOrdered, conversions: conversions,
            choice: conversions.usualRate == nil ? WaitingChoice() : WaitingChoice(Self.occasions(data, configuration)))
    }

    init(configuration: Configuration, weights: EventWeights, isOrdered: Bool, conversions: Conversions, choice: WaitingChoice) {
        self.configuration = configuration
        self.weights = weights
        self.isOrdered = isOrdered
        self.conversions = conversions
        self.choice = choice
        itemCount = conversions.waited.count
        rates = conversions.rates(prior: Double(configuration.prior))
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        let waiting = waiting(query)
        let logarithms = features(of: waiting, after: query.history).map(choice.score)
        let most = logarithms.max() ?? 0
        for (item, logarithm) in zip(waiting, logarithms) { scores[item.item] = Float(exp(logarithm - most)) }
    }

    private func waiting(_ query: Query) -> [WaitingItem] {
        query.history.waiting(until: configuration.final, weights, items: itemCount)
    }

    /// What is known of each item that waits.
    private func features(of waiting: [WaitingItem], after history: [HistoryEvent]) -> [WaitingChoice.Features] {
        let items = waiting.map(\.item)
        let ends = Query(items: history.filter { Conversions.isGoodEnd($0.kind, configuration.final, weights) }.map(\.item))
        let met = Query(items: history.filter { !configuration.final.contains($0.kind) && weights.weight(of: $0) > 0 }.map(\.item))
        func nearness(_ model: ItemNeighbors, _ query: Query) -> [Double] {
            model.contributions(to: items, of: query).map { Double($0.reduce(0, +)) }
        }
        let together = nearness(conversions.together, ends), besideEnds = nearness(conversions.beside, ends), beside = nearness(conversions.beside, met)
        let heard = Double(max(1, min(met.history.count, conversions.beside.configuration.steps)))
        return waiting.indices.map { place in
            let item = items[place]
            let (waited, ended, both) = (Double(conversions.waited[item]), Double(conversions.ended[item]), Double(conversions.both[item]))
            return WaitingChoice.Features(
                shares: [
                    log(rates[item]), log((both + 1) / (ended + 5)), log(Double(conversions.ratesBeside[item])), log1p(10 * beside[place] / heard),
                ],
                amounts: [
                    log(Double(waiting[place].weight)), isOrdered ? log1p(Double(waiting[place].since)) : 0, log1p(ended), log1p(waited),
                    log1p(both), log(together[place] + 0.02), log1p(10 * besideEnds[place]),
                ])
        }
    }

    public func similar(to item: Int, count: Int) -> [ScoredItem] { [] }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        let waiting = Set(waiting(query).map(\.item))
        return items.map { item in
            query.history.map { waiting.contains(item) && $0.item == item ? max(Float(weights.weight(of: $0)), 0) : 0 }
        }
    }
}

extension Resurfacing {
    /// A fifth of what is learned from is hidden at once, so that what is counted is known as it will be: without the answer.
    private static let parts = 5
    /// Things that were left, of each occasion; more say little, and a sample of them does not mislead (McFadden, 1978).
    private static let alternatives = 100

    /// A purchase of something that waited.
    private struct Purchase {
        var item: Int
        /// Its place in the log.
        var event: Int
        /// 0 to 1, drawn by user and item.
        var chance: Float
    }

    /// Purchases of what waited, and what was left waiting.
    private static func occasions(_ data: TrainingData, _ configuration: Configuration) -> [(taken: [WaitingChoice.Features], left: [WaitingChoice.Features])] {
        let log = data.log, isGood = log.kinds.map { Conversions.isGoodEnd($0, configuration.final, data.weights) }
        let purchases = (0..<log.userCount).map { Self.purchases(of: $0, data, configuration, isGood) }
        let count = purchases.reduce(0) { $0 + $1.count }
        guard count > 0, configuration.purchases > 0 else { return [] }
        let share = min(1 / Float(parts), Float(configuration.purchases) / Float(count))
        let runs = min(parts, max(1, Int((Float(configuration.purchases) / (share * Float(count))).rounded())))
        var occasions: [(taken: [WaitingChoice.Features], left: [WaitingChoice.Features])] = []
        for run in 0..<runs {
            let hidden = purchases.map { $0.filter { Int($0.chance / share) == run } }
            let items = hidden.map { Set($0.map { UInt32($0.item) }) }
            var counted = data
            counted.log = log.filtered { user, event in !isGood[Int(log.eventKinds[event])] || !items[user].contains(log.eventItems[event]) }
            let model = Resurfacing(
                configuration: configuration, weights: data.weights, isOrdered: log.isOrdered,
                conversions: Conversions(counted, final: configuration.final), choice: WaitingChoice())
            for user in hidden.indices where !hidden[user].isEmpty {
                if log.isOrdered {
                    for purchase in hidden[user] {
                        let history = (log.events(of: user).lowerBound..<purchase.event).map { log[$0] }
                        occasions.append(model.occasion(history, taken: [purchase.item], data.seed))
                    }
                } else {
                    occasions.append(model.occasion(counted.log.history(of: user), taken: Set(hidden[user].map(\.item)), data.seed))
                }
            }
        }
        return occasions
    }

    /// The first good end of each item that waited.
    private static func purchases(of user: Int, _ data: TrainingData, _ configuration: Configuration, _ isGood: [Bool]) -> [Purchase] {
        let log = data.log, range = log.events(of: user)
        var waiting: Set<UInt32> = [], found: Set<UInt32> = []
        func waits(_ event: Int) -> Bool {
            let kind = log.kinds[Int(log.eventKinds[event])]
            return !configuration.final.contains(kind) && data.weights[kind] > 0
        }
        if !log.isOrdered { waiting = Set(range.filter(waits).map { log.eventItems[$0] }) }
        return range.compactMap { event in
            let item = log.eventItems[event]
            guard isGood[Int(log.eventKinds[event])] else {
                if waits(event) { waiting.insert(item) }
                return nil
            }
            guard waiting.contains(item), found.insert(item).inserted else { return nil }
            var random = RandomSource(data.seed, UInt64(user), UInt64(item), 0xB0A5)
            return Purchase(item: Int(item), event: event, chance: random.uniform())
        }
    }

    private func occasion(_ history: [HistoryEvent], taken: Set<Int>, _ seed: UInt64) -> (taken: [WaitingChoice.Features], left: [WaitingChoice.Features]) {
        let waiting = waiting(Query(history: history))
        let own = waiting.filter { taken.contains($0.item) }
        var left = waiting.filter { !taken.contains($0.item) }
        if left.count > Self.alternatives {
            var random = RandomSource(seed, UInt64(own.first?.item ?? 0), UInt64(left.count), 0x1EF7)
            left = Array(left.shuffled(using: &random).prefix(Self.alternatives))
        }
        return (features(of: own, after: history), features(of: left, after: history))
    }
}
