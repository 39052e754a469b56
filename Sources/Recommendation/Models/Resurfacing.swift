#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
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
            choice: WaitingChoice(Self.occasions(data, configuration, conversions)))
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
        let logarithms = features(of: waiting, after: query.history).map { choice.score($0) }
        let most = logarithms.max() ?? 0
        for (item, logarithm) in zip(waiting, logarithms) { scores[item.item] = Float(exp(logarithm - most)) }
    }

    func waiting(_ query: Query) -> [WaitingItem] {
        query.history.waiting(until: configuration.final, weights, items: itemCount)
    }

    /// What is known of each item that waits.
    func features(of waiting: [WaitingItem], after history: [HistoryEvent]) -> [WaitingChoice.Features] {
        let items = waiting.map(\.item)
        let ends = Query(items: history.filter { Conversions.isGoodEnd($0.kind, configuration.final, weights) }.map(\.item))
        let met = Query(items: history.filter { Conversions.isWait($0, configuration.final, weights) }.map(\.item))
        let together = conversions.together.nearness(of: items, to: ends)
        let besideEnds = conversions.beside.nearness(of: items, to: ends), beside = conversions.beside.nearness(of: items, to: met)
        let heard = Double(max(1, min(met.history.count, conversions.beside.configuration.steps)))
        return waiting.indices.map { place in
            let item = items[place]
            let (waited, ended, both) = (Double(conversions.waited[item]), Double(conversions.ended[item]), Double(conversions.both[item]))
            return WaitingChoice.Features(
                shares: [
                    log(rates[item]), log((both + 1) / (ended + 5)), log(Double(conversions.ratesBeside[item])), log1p(10 * max(beside[place], 0) / heard),
                ],
                amounts: [
                    log(Double(waiting[place].weight)), isOrdered ? log1p(Double(waiting[place].since)) : 0, log1p(ended), log1p(waited),
                    log1p(both), log(max(together[place], 0) + 0.02), log1p(10 * max(besideEnds[place], 0)),
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
