#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions

/// What became of items that waited: counts of users, and what was brought to a good end together.
struct Conversions: Sendable {
    /// By item, users who did something with it that does not end it.
    let waited: [Float]
    /// Users who brought it to a good end.
    let ended: [Float]
    /// Users who did both, where an order is known in this one.
    let both: [Float]
    /// How often items were brought to a good end by the same user.
    let together: ItemNeighbors
    /// How often items waited for the same user.
    let beside: ItemNeighbors
    /// Of the waits of what stands beside each item, the share that ended well.
    let ratesBeside: [Float]

    /// A kind of event that is a good end: it ends what waits, and its weight is above zero.
    static func isGoodEnd(_ kind: EventKind, _ final: Set<EventKind>, _ weights: EventWeights) -> Bool { final.contains(kind) && weights[kind] > 0 }

    /// An event after which its item waits: one that speaks for it and does not end it.
    static func isWait(_ event: HistoryEvent, _ final: Set<EventKind>, _ weights: EventWeights) -> Bool {
        !final.contains(event.kind) && weights.weight(of: event) > 0
    }

    /// - Parameter waits: the same with other ends, where what waited is counted already.
    init(_ data: TrainingData, final: Set<EventKind>, waits known: Conversions? = nil) {
        let log = data.log
        let isGood = log.kinds.map { Self.isGoodEnd($0, final, data.weights) }
        func waits(_ event: Int) -> Bool { Self.isWait(log[event], final, data.weights) }
        var waited = [Float](repeating: 0, count: log.itemCount), ended = waited, both = waited
        for user in 0..<log.userCount {
            let range = log.events(of: user)
            var waiting: Set<UInt32> = [], ends: Set<UInt32> = [], converted: Set<UInt32> = []
            if !log.isOrdered { waiting = Set(range.filter(waits).map { log.eventItems[$0] }) }
            for event in range {
                let item = log.eventItems[event]
                if isGood[Int(log.eventKinds[event])] {
                    ends.insert(item)
                    if waiting.contains(item) { converted.insert(item) }
                } else if waits(event) {
                    waiting.insert(item)
                }
            }
            for item in waiting { waited[Int(item)] += 1 }
            for item in ends { ended[Int(item)] += 1 }
            for item in converted { both[Int(item)] += 1 }
        }
        (self.waited, self.ended, self.both) = (waited, ended, both)
        func counted(_ isCounted: (Int) -> Bool, _ configuration: ItemNeighbors.Configuration) -> ItemNeighbors {
            var events = data
            events.log = log.filtered { isCounted($1) }
            events.weights = .equal
            return ItemNeighbors(events, configuration: configuration)
        }
        together = counted({ isGood[Int(log.eventKinds[$0])] }, Self.pairs(lengthPower: 0))
        beside = known?.beside ?? counted(waits, Self.pairs(lengthPower: 0.5))
        let usual = Self.usualRate(both, waited) ?? 1
        ratesBeside = (0..<log.itemCount).map { [beside] item in
            // A little of the usual share, for items that stand beside nothing.
            beside.similarities(of: item).reduce(into: (ends: 0.5 * Float(usual), waits: Float(0.5))) {
                $0.ends += $1.score * both[$1.item]
                $0.waits += $1.score * waited[$1.item]
            }
        }.map { $0.ends / $0.waits }
    }

    init(waited: [Float], ended: [Float], both: [Float], together: ItemNeighbors, beside: ItemNeighbors, ratesBeside: [Float]) {
        (self.waited, self.ended, self.both) = (waited, ended, both)
        (self.together, self.beside, self.ratesBeside) = (together, beside, ratesBeside)
    }

    /// The cosine of the users of two items, who count the less the more of them they have.
    private static func pairs(lengthPower: Float) -> ItemNeighbors.Configuration {
        var configuration = ItemNeighbors.Configuration.unordered
        configuration.window = 100
        configuration.balance = 0.5
        configuration.lengthPower = lengthPower
        configuration.shrinkage = 0.1
        configuration.steps = 50
        configuration.neighbors = 100
        return configuration
    }

    /// Of what waited, the share that ended well; nil where nothing did.
    var usualRate: Double? { Self.usualRate(both, waited) }

    private static func usualRate(_ both: [Float], _ waited: [Float]) -> Double? {
        let (ends, waits) = (both.reduce(0.0) { $0 + Double($1) }, waited.reduce(0.0) { $0 + Double($1) })
        return ends > 0 ? ends / waits : nil
    }

    /// The shares of each item's waits that ended well, mixed with that of all items; 1 where nothing ever ended.
    ///
    /// - Parameter prior: waits before an item's own share says as much as that of all items; a tenth at least.
    func rates(prior: Double) -> [Double] {
        guard let usualRate else { return [Double](repeating: 1, count: waited.count) }
        return zip(both, waited).map { (Double($0) + usualRate * max(prior, 0.1)) / (Double($1) + max(prior, 0.1)) }
    }
}
