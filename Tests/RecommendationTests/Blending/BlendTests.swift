import Foundation
import Interactions
import Recommendation
import Testing

/// A model that says the same whatever it is asked, or what depends on the user's last item.
struct FixedModel: RankingModel {
    static let name = "fixed"
    var scale: ScoreScale
    var rows: [[Float]]
    var contribution: Float = 0

    init(_ scale: ScoreScale, _ rows: [Float]...) { (self.scale, self.rows) = (scale, rows) }
    init(_ scale: ScoreScale, rows: [[Float]]) { (self.scale, self.rows) = (scale, rows) }

    var itemCount: Int { rows[0].count }

    func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        let row = rows[rows.count == 1 ? 0 : query.history.last!.item]
        for item in row.indices { scores[item] = row[item] }
    }

    func similar(to item: Int, count: Int) -> [ScoredItem] {
        rows[0].enumerated().filter { $0.offset != item }.sorted { $0.element > $1.element }.prefix(count)
            .map { ScoredItem(item: $0.offset, score: $0.element) }
    }

    func contributions(to items: [Int], of query: Query) -> [[Float]] {
        items.map { _ in query.history.indices.map { Float($0) * contribution } }
    }
}

/// A model that must not be asked.
private struct Forbidden: RankingModel {
    static let name = "forbidden"
    let itemCount = 4
    let scale = ScoreScale.counts
    func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) { Issue.record("a member without weight was asked") }
    func similar(to item: Int, count: Int) -> [ScoredItem] {
        Issue.record("a member without weight was asked")
        return []
    }
}

@Suite struct BlendTests {
    private let counts: [Float] = [4, 0, 1, 5], logits: [Float] = [-1, 2, 0.5, 0], popularity: [Float] = [10, 0, 3, 7]

    private func shares(_ counts: [Float]) -> [Double] {
        let sum = counts.reduce(0, +), all = Float(20 + 4)
        return zip(counts, popularity).map { log(Double(0.98 * $0 / sum + 0.02 * ($1 + 1) / all)) }
    }

    @Test func isTheWeightedSumOfLogShares() throws {
        let blend = Blend([.init(FixedModel(.counts, counts), weight: 0.7), .init(FixedModel(.logits, logits), weight: 0.2)], popularity: popularity)
        #expect(abs(blend.popularity.reduce(0, +) - 1) < 1e-6)
        #expect(areClose(blend.scores(Query(items: [])), zip(shares(counts), logits).map { 0.7 * $0 + 0.2 * Double($1) }))
    }

    @Test func aMemberWithNothingToSayCountsAsPopularity() throws {
        let blend = Blend([.init(FixedModel(.counts, [0, 0, 0, 0]), weight: 1)], popularity: popularity)
        #expect(areClose(blend.scores(Query(items: [])), popularity.map { log(0.02 * Double($0 + 1) / 24) }))
    }

    @Test func theLastItemComesAgainAsOftenAsInTheLog() throws {
        let blend = Blend([.init(FixedModel(.counts, counts), weight: 1)], popularity: popularity, repetition: 0.1)
        #expect(areClose(blend.scores(Query(items: [3])), shares([4, 0, 1, 0.5])))
        #expect(areClose(blend.scores(Query(items: [3, 0])), shares([0.4, 0, 1, 5])))
    }

    @Test func itemsOfTheHistoryMayBeWeighedApart() throws {
        let members = [Blend.Member(FixedModel(.counts, counts), weight: 0.7, returning: 0.1), .init(FixedModel(.logits, logits), weight: 0, returning: 2)]
        var blend = Blend(members, popularity: popularity, returningOffset: -1.5)
        let own = shares(counts)
        let expected = [0, 1, 2, 3].map { item -> Double in
            let apart = 0.1 * own[item] + 2 * Double(logits[item]) - 1.5
            return item == 1 || item == 3 ? apart : 0.7 * own[item]
        }
        #expect(areClose(blend.scores(Query(items: [1, 3, 1, 7])), expected))
        #expect(areClose(blend.scores(Query(items: [])), own.map { 0.7 * $0 }))
        // What speaks against an item does not make it one that somebody comes back to.
        #expect(areClose(blend.scores(Query(history: [HistoryEvent(item: 1, kind: .hide)])), own.map { 0.7 * $0 }))
        blend.returningOffset = nil
        #expect(areClose(blend.scores(Query(items: [1, 3, 1, 7])), own.map { 0.7 * $0 }))
    }

    @Test func withoutTheRuleOfShowingAgainThereIsStillAnAnswer() throws {
        let events = try Histories.log([[HistoryEvent(item: 0, kind: .cart), HistoryEvent(item: 1, kind: .purchase)]], items: 4)
        var blend = Blend(
            [.init(Resurfacing(TrainingData(log: events)), weight: 0, returning: 2)], popularity: popularity, returningOffset: 5)
        let popular = popularity.map { Foundation.log((Double($0) + 1) / 24) }
        #expect(areClose(blend.scores(Query(items: [])), popular))
        blend.leaveOutResurfacing()
        #expect(blend.members.isEmpty && areClose(blend.scores(Query(items: [0])), popular))
    }

    @Test func contributionsToItemsOfTheHistoryAreWeighedApart() throws {
        var first = FixedModel(.counts, counts), second = FixedModel(.logits, logits)
        (first.contribution, second.contribution) = (5, 3)
        let blend = Blend(
            [.init(first, weight: 2, returning: 0), .init(second, weight: 0, returning: 4)], popularity: popularity, returningOffset: 1)
        let query = Query(items: [0, 1, 2])
        #expect(areClose(blend.contributions(to: 1, of: query), [0, 4.0 / 3, 8.0 / 3]))
        #expect(areClose(blend.contributions(to: 3, of: query), [0, 2.0 / 3, 4.0 / 3]))
    }

    @Test func membersWithoutWeightAreNotAsked() throws {
        let blend = Blend([.init(Forbidden(), weight: 0), .init(FixedModel(.counts, counts), weight: 1)], popularity: popularity)
        #expect(areClose(blend.scores(Query(items: [])), shares(counts)))
        #expect(blend.similar(to: 0, count: 2).map(\.item) == [3, 2])
    }

    @Test func contributionsAreSharesOfEachMember() throws {
        var first = FixedModel(.counts, counts), second = FixedModel(.logits, logits)
        (first.contribution, second.contribution) = (5, 0)
        let blend = Blend([.init(first, weight: 2), .init(second, weight: 1)], popularity: popularity)
        #expect(areClose(blend.contributions(to: 1, of: Query(items: [0, 1, 2])), [0, 2.0 / 3, 4.0 / 3]))
    }

    @Test func newItemsHaveRoomAndAreNotImpossible() throws {
        var blend = Blend([.init(FixedModel(.counts, counts), weight: 1), .init(FixedModel(.logits, logits), weight: 1)], popularity: popularity)
        blend.absorb(HistoryEvent(item: 6), after: [])
        #expect(blend.itemCount == 7)
        let scores = blend.scores(Query(items: [6]))
        #expect(scores.allSatisfy { $0.isFinite })
        // A model of logarithms that does not know it says neither yes nor no.
        let expected = log(0.02 * Double(1) / 24) + Double(logits.reduce(0, +)) / Double(logits.count)
        #expect(abs(Double(scores[5]) - expected) < 1e-4 && scores[5] == scores[6])
    }
}
