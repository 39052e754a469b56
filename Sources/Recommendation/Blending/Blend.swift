#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions

/// Several models as one: the weighted sum of the logarithms of their distributions (a product of experts; Hinton, 2002).
///
/// Scores that are counts become shares of their sum, with some popularity mixed in, so that an item a model has not met is
/// unlikely rather than impossible. Scores that are logarithms enter as they are.
///
/// Who comes back to an item and who looks for another one do not choose alike (Ren et al., "RepeatNet: a repeat aware neural
/// recommendation machine for session-based recommendation", 2019): items of the history may be weighed apart.
public struct Blend: RankingModel {
    public static let name = "blend"

    public struct Member: Sendable {
        public var model: any RankingModel
        public var weight: Float
        /// For items of the history, where they are weighed apart.
        public var returning: Float

        public init(_ model: any RankingModel, weight: Float, returning: Float = 0) {
            self.model = model
            self.weight = weight
            self.returning = returning
        }
    }

    public var members: [Member]
    /// What items of the history have before any member speaks, where they are weighed apart; nil: they are weighed as all are.
    public var returningOffset: Float?
    /// What tells which events make an item one of the history: those that speak for it.
    private let weights: EventWeights
    /// The share of popularity in each distribution of counts.
    public static let smoothing: Float = 0.02
    /// Shares of each item in all events.
    public private(set) var popularity: [Float]

    /// The share of steps in the log that repeat the item of the one before. The last item of a history is as like itself as
    /// can be, which says nothing about whether it comes again at once.
    public var repetition: Float

    public var itemCount: Int { popularity.count }
    public var scale: ScoreScale { .logits }

    /// - Parameters:
    ///   - popularity: counts by item, not negative.
    public init(
        _ members: [Member], popularity: [Float], repetition: Float = 1, returningOffset: Float? = nil, weights: EventWeights = EventWeights()
    ) {
        self.members = members
        self.returningOffset = returningOffset
        self.weights = weights
        self.repetition = repetition
        // One event more for every item, so that none is impossible.
        let total = popularity.reduce(0, +) + Float(popularity.count)
        self.popularity = popularity.map { ($0 + 1) / max(total, 1) }
    }

    /// - Parameter shares: of each item in all events, as `popularity` tells them.
    init(_ members: [Member], shares: [Float], repetition: Float, returningOffset: Float?, weights: EventWeights) {
        self.members = members
        self.returningOffset = returningOffset
        self.weights = weights
        self.repetition = repetition
        popularity = shares
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: itemCount) { own in
            score(query, into: scores) { _, member, add in
                logarithms(of: member.model, query, into: own)
                add(UnsafeBufferPointer(own))
            }
        }
    }

    /// - Parameter hearing: asked once for each member that has a weight, to `add` what it says.
    func score(
        _ query: Query, into scores: UnsafeMutableBufferPointer<Float>,
        hearing: (_ place: Int, Member, _ add: (UnsafeBufferPointer<Float>) -> Void) -> Void
    ) {
        scores.update(repeating: 0)
        let returning = returningOffset == nil ? [] : met(in: query).filter { $0 < itemCount }
        var apart = [Float](repeating: returningOffset ?? 0, count: returning.count)
        for (place, member) in members.enumerated() where member.weight != 0 || (!returning.isEmpty && member.returning != 0) {
            hearing(place, member) { own in
                if member.weight != 0 { cr_add_scaled(scores.baseAddress!, own.baseAddress!, member.weight, itemCount) }
                guard member.returning != 0 else { return }
                for (index, item) in returning.enumerated() { apart[index] += member.returning * own[item] }
            }
        }
        // Where nobody speaks, what many want is better than nothing.
        if !members.contains(where: { $0.weight != 0 }) {
            for item in popularity.indices { scores[item] = log(popularity[item]) }
        }
        for (index, item) in returning.enumerated() { scores[item] = apart[index] }
    }

    /// Items that an event of the history speaks for.
    func met(in query: Query) -> Set<Int> { Set(query.history.lazy.filter { weights.weight(of: $0) > 0 }.map(\.item)) }

    /// What a member weighs for an item that the history has or has not.
    func weight(of member: Member, isReturning: Bool) -> Float {
        isReturning && returningOffset != nil ? member.returning : member.weight
    }

    /// What a member brings into the sum before its weight: the logarithm of each item's share, up to a constant.
    func logarithms(of model: any RankingModel, _ query: Query, into own: UnsafeMutableBufferPointer<Float>) {
        own.update(repeating: 0)
        model.score(query, into: UnsafeMutableBufferPointer(rebasing: own[0..<model.itemCount]))
        guard model.scale == .counts else {
            // Of items newer than the model it says nothing, for or against: those who know them decide.
            if model.itemCount < itemCount, model.itemCount > 0 {
                let mean = own[0..<model.itemCount].reduce(0, +) / Float(model.itemCount)
                for item in model.itemCount..<itemCount { own[item] = mean }
            }
            return
        }
        if !model.foreseesRepetition, let last = query.history.last?.item, last < itemCount { own[last] *= repetition }
        let sum = cr_sum(own.baseAddress!, own.count)
        popularity.withUnsafeBufferPointer {
            cr_log_shares(own.baseAddress!, $0.baseAddress!, sum > 0 ? (1 - Self.smoothing) / sum : 0, Self.smoothing, itemCount)
        }
    }

    /// The similarity of items is that of the members' answers, the best of each counting by its place.
    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        var sums: [Int: Float] = [:]
        for member in members where member.weight > 0 {
            for (place, other) in member.model.similar(to: item, count: 2 * count).enumerated() {
                sums[other.item, default: 0] += member.weight / Float(place + 1)
            }
        }
        return sums.map { ScoredItem(item: $0.key, score: $0.value) }.sorted { ($0.score, $1.item) > ($1.score, $0.item) }.prefix(count).map { $0 }
    }

    /// The share of each event in what the members say, each member counting by its weight.
    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        var sums = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        let met = met(in: query), isReturning = items.map(met.contains)
        for member in members {
            let weights = isReturning.map { weight(of: member, isReturning: $0) }
            guard weights.contains(where: { $0 > 0 }) else { continue }
            for (place, own) in member.model.contributions(to: items, of: query).enumerated() {
                let total = own.reduce(0) { $0 + max($1, 0) }
                guard total > 0 else { continue }
                for index in own.indices { sums[place][index] += weights[place] * max(own[index], 0) / total }
            }
        }
        return sums
    }

    /// How alike two items are, 0 to 1: the cosine of what the first model that has factors or descriptions makes of them.
    func similarity(_ left: Int, _ right: Int) -> Float {
        for member in members {
            if let similarity = member.model.similarity(left, right) { return max(similarity, 0) }
        }
        return 0
    }

    /// Takes the rule of showing again what waits out. Where it had a say, items of the history are weighed as all others from then
    /// on: little else tells apart what somebody comes back to.
    public mutating func leaveOutResurfacing() {
        if members.contains(where: { $0.model is Resurfacing && ($0.weight > 0 || $0.returning > 0) }) { returningOffset = nil }
        members.removeAll { $0.model is Resurfacing }
    }

    /// Makes room for items that nobody has met.
    mutating func addItems(upTo count: Int) {
        guard count > popularity.count else { return }
        popularity += [Float](repeating: popularity.min() ?? 1, count: count - popularity.count)
    }

    public mutating func absorb(_ event: HistoryEvent, after history: [HistoryEvent]) {
        addItems(upTo: event.item + 1)
        for index in members.indices { members[index].model.absorb(event, after: history) }
    }
}
