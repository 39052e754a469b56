import Foundation
import Interactions
import Recommendation
import Reporting
import TestSupport
import Testing

@Suite struct RandomRankingTests {
    /// Every order of a few items, averaged.
    private static func enumerated(targets: Int, candidates: Int, k: Int) -> RankingMetrics {
        var all: [RankingMetrics] = []
        func choose(_ from: Int, _ chosen: [Int]) {
            guard chosen.count < targets else { return all.append(RankingMetrics(ranks: chosen, k: k)) }
            guard from < candidates else { return }
            choose(from + 1, chosen + [from])
            choose(from + 1, chosen)
        }
        choose(0, [])
        return RankingMetrics.mean(all, k: k)
    }

    @Test(arguments: [(1, 5, 2), (2, 6, 3), (3, 7, 2), (3, 7, 7), (4, 4, 2), (1, 1, 3)])
    func isTheMeanOverAllRankings(targets: Int, candidates: Int, k: Int) {
        let expected = Self.enumerated(targets: targets, candidates: candidates, k: k)
        let computed = RandomRanking.expected(targets: targets, candidates: candidates, k: k)
        #expect(abs(computed.hitRate - expected.hitRate) < 1e-12)
        #expect(abs(computed.recall - expected.recall) < 1e-12)
        #expect(abs(computed.ndcg - expected.ndcg) < 1e-12)
        #expect(abs(computed.reciprocalRank - expected.reciprocalRank) < 1e-12)
        #expect(abs(computed.averagePrecision - expected.averagePrecision) < 1e-12)
    }

    @Test func valuesByHand() {
        let metrics = RandomRanking.expected(targets: 1, candidates: 4, k: 2)
        #expect(metrics.hitRate == 0.5 && metrics.recall == 0.5)
        #expect(abs(metrics.reciprocalRank - (1 + 0.5) / 4) < 1e-12)
        #expect(abs(metrics.ndcg - (1 + 1 / log2(3)) / 4) < 1e-12)
        #expect(RandomRanking.expected(targets: 0, candidates: 4, k: 2) == RankingMetrics(k: 2))
    }
}

@Suite struct UserBootstrapTests {
    @Test func intervalsHoldTheMeanAndNarrowWithMoreUsers() throws {
        var random = SeededGenerator(seed: 4), widths: [Double] = []
        for count in [50, 800] {
            let rows = (0..<count).map { _ in [Double.random(in: 0...1, using: &random), Bool.random(using: &random) ? 1.0 : 0] }
            let intervals = try UserBootstrap(users: Array(0..<count), seed: 2).intervals(of: rows)
            #expect(intervals.count == 2)
            for (column, interval) in intervals.enumerated() {
                #expect(abs(interval.estimate - rows.reduce(0) { $0 + $1[column] } / Double(count)) < 1e-12)
                #expect(interval.lower < interval.estimate && interval.estimate < interval.upper)
            }
            // The standard error of a uniform number is 0.2887 / sqrt(n), and 95 % are 3.92 of them.
            let width = intervals[0].upper - intervals[0].lower
            #expect(abs(width / (3.92 * 0.2887 / Double(count).squareRoot()) - 1) < 0.25)
            widths.append(width)
        }
        #expect(widths[1] < widths[0] / 3)
    }

    @Test func threadsChangeNothingAndConstantsHaveNoWidth() throws {
        let rows = (0..<40).map { [Double($0 % 7), 3.0] }, users = (0..<40).map { $0 / 3 }
        let one = try UserBootstrap(users: users, seed: 9, threads: 1).intervals(of: rows)
        #expect(try UserBootstrap(users: users, seed: 9, threads: 3).intervals(of: rows) == one)
        #expect(one[1].lower == 3 && one[1].upper == 3)
        #expect(try UserBootstrap(users: [], seed: 1).intervals(of: []).isEmpty)
    }

    @Test func casesOfOneUserAreDrawnTogether() throws {
        // Ten users with ten equal cases each know no more than ten users with one.
        let values = (0..<10).map { Double($0) }
        let single = try UserBootstrap(users: Array(0..<10), seed: 5).intervals(of: values.map { [$0] })
        let repeated = try UserBootstrap(users: (0..<100).map { $0 / 10 }, seed: 5).intervals(of: (0..<100).map { [values[$0 / 10]] })
        #expect(abs(single[0].lower - repeated[0].lower) < 1e-9 && abs(single[0].upper - repeated[0].upper) < 1e-9)
    }
}

@Suite struct PairedTestTests {
    private func test(_ first: [Double], _ second: [Double], users: [Int]? = nil) throws -> PairedTest {
        try PairedTest(("a", first), ("b", second), metric: "NDCG@10", users: users ?? Array(first.indices), seed: 6)
    }

    @Test func aModelAgainstItselfProvesNothing() throws {
        var random = SeededGenerator(seed: 1)
        let values = (0..<200).map { _ in Double.random(in: 0...1, using: &random) }
        let test = try test(values, values)
        #expect(test.pValue == 1)
        #expect(test.difference.estimate == 0 && test.difference.lower == 0 && test.difference.upper == 0)
        #expect(test.sentence.contains("no difference"))
    }

    @Test func whatIsAlwaysAheadIsProven() throws {
        var random = SeededGenerator(seed: 2)
        let worse = (0..<300).map { _ in Double.random(in: 0...0.5, using: &random) }
        let ahead = try test(worse.map { $0 + 0.1 }, worse)
        #expect(ahead.pValue < 0.001 && ahead.difference.lower > 0)
        #expect(ahead.sentence.contains("a is better than b by 0.1000"))
        let behind = try test(worse, worse.map { $0 + 0.1 })
        #expect(behind.pValue == ahead.pValue && abs(behind.difference.estimate + ahead.difference.estimate) < 1e-12)
        #expect(behind.sentence.contains("worse"))
    }

    @Test func pValuesAreThoseOfAllFlips() throws {
        // Of the 16 signs of 1, 2, 3 and 4, two make a sum of at least 10 either way; four a sum of at least 8.
        let all = try test([1, 2, 3, 4], [0, 0, 0, 0])
        #expect(abs(all.pValue - 2.0 / 16) < 0.03)
        let most = try test([0, 2, 3, 4], [1, 0, 0, 0])
        #expect(abs(most.pValue - 4.0 / 16) < 0.03)
        // Four cases of one user are one sign: as good as a coin.
        #expect(try test([1, 2, 3, 4], [0, 0, 0, 0], users: [7, 7, 7, 7]).pValue == 1)
    }

    @Test func chanceIsFoundAsRarelyAsItShould() throws {
        var random = SeededGenerator(seed: 11), found = 0
        for round in 0..<100 {
            let first = (0..<30).map { _ in Double.random(in: 0...1, using: &random) }
            let second = (0..<30).map { _ in Double.random(in: 0...1, using: &random) }
            let test = try PairedTest(("a", first), ("b", second), metric: "m", users: Array(0..<30), flips: 200, seed: UInt64(round))
            if test.pValue < 0.05 { found += 1 }
        }
        #expect(found <= 12)
    }
}

@Suite struct ListQualitiesTests {
    private func data(categories: [[String]]? = nil) throws -> TrainingData {
        let log = try Histories.log([Histories.views([0, 0, 0, 1]), Histories.views([0, 1]), Histories.views([2])], items: 4)
        var catalog: [Int: Item] = [:]
        for (item, own) in (categories ?? []).enumerated() { catalog[item] = Item(id: "\(item)", categories: own) }
        return TrainingData(log: log, catalog: catalog)
    }

    @Test func valuesByHand() throws {
        let likeness = ItemLikeness(try data(categories: [["a"], ["a"], ["b"], ["a", "b"]]))
        #expect(likeness.basis == .categories)
        #expect(likeness.similarity(0, 1) == 1 && likeness.similarity(0, 2) == 0)
        #expect(abs(likeness.similarity(0, 3) - 1 / 2.0.squareRoot()) < 1e-12)
        // Four, two, one and no events: with one more each, shares of 5, 3, 2 and 1 in 11.
        let lists = ListQualities([[0, 1, 3], [0, 2, 1]], k: 2, eventCounts: [4, 2, 1, 0], likeness: likeness)
        #expect(lists.coverage == 0.75)
        #expect(abs(lists.novelty - -(2 * log2(5.0 / 11) + log2(3.0 / 11) + log2(2.0 / 11)) / 4) < 1e-12)
        // The most popular tenth of four items is one of them.
        #expect(lists.popularityShare == 0.5)
        #expect(lists.diversity == 0.5)
    }

    @Test func withoutDescriptionsItemsAreAlikeByTheirUsers() throws {
        let likeness = ItemLikeness(try data())
        #expect(likeness.basis == .users)
        #expect(likeness.similarity(0, 1) == 1 && likeness.similarity(0, 2) == 0 && likeness.similarity(3, 0) == 0)
        #expect(likeness.diversity(of: [0]) == nil)
        #expect(try #require(likeness.diversity(of: [0, 1, 2])) == 1 - 1.0 / 3)
        let named = TrainingData(log: try data().log, catalog: [0: Item(id: "0", name: "red lamp"), 1: Item(id: "1", name: "green lamp")])
        #expect(ItemLikeness(named).basis == .descriptions)
        #expect(abs(ItemLikeness(named).similarity(0, 1) - 0.5) < 1e-12)
    }

    @Test func nothingIsWorthNothing() throws {
        let empty = ListQualities([[], []], k: 5, eventCounts: [1, 1], likeness: ItemLikeness(try data()))
        #expect(empty.coverage == 0 && empty.novelty == 0 && empty.popularityShare == 0 && empty.diversity == nil)
    }
}

@Suite struct ModelComparisonTests {
    private static let log = try! Histories.log(Histories.random(users: 60, items: 20, lengths: 3...12, seed: 31), items: 20)

    private func comparison(threads: Int = 2) throws -> ModelComparison {
        let split = LeaveOneOut(Self.log, excludesHistory: false)
        let data = TrainingData(log: split.training)
        return try ModelComparison(
            [
                .init("neighbors", .member, ItemNeighbors(data), weight: 1),
                .init("blend", .blend, Blend([.init(ItemNeighbors(data), weight: 1)], popularity: Popularity(data).counts)),
                .init("popularity", .trivial, Popularity(data)),
            ], on: split.test, data: data, lengths: [5, 10], k: 5,
            pairs: [("popularity", "neighbors"), ("popularity", "oracle")], resamples: 200, threads: threads)
    }

    @Test func agreesWithTheMetricsAndSumsUp() throws {
        let comparison = try comparison()
        let split = LeaveOneOut(Self.log, excludesHistory: false)
        let popularity = try RankingEvaluation(Popularity(TrainingData(log: split.training)), cases: split.test, lengths: [5], threads: 1).metrics(at: 5)
        let row = try #require(comparison.rows.first { $0.model == "popularity" })
        #expect(abs(try #require(row.metrics(at: 5)).ndcg.estimate - popularity.ndcg) < 1e-12)
        #expect(comparison.rows.map(\.model) == ["neighbors", "blend", "popularity", "chance"])
        #expect(comparison.lengths == [5, 10] && comparison.cases == split.test.count)
        #expect(comparison.tests.map(\.second) == ["neighbors", "popularity"])
        // What was asked for and took part.
        let pair = try #require(comparison.pairs.first), neighbors = try #require(comparison.rows[0].metrics(at: 5))
        #expect(comparison.pairs.count == 1 && pair.first == "popularity" && pair.second == "neighbors")
        #expect(abs(pair.difference.estimate - (popularity.ndcg - neighbors.ndcg.estimate)) < 1e-12)
        #expect(comparison.answers.count == split.test.count && comparison.answers.allSatisfy { $0.top.count == 10 })
        // Every target was touched before or not.
        let touched = comparison.groups.filter { $0.name.contains("touched") }
        #expect(touched.map(\.targets).reduce(0, +) == comparison.targets)
        // An answer stands where its rank says.
        for (question, answer) in zip(split.test, comparison.answers) {
            for (target, rank) in zip(question.targets, answer.ranks) where rank < 10 && answer.top.contains(target) {
                #expect(abs((answer.top.firstIndex(of: target) ?? -9) - rank) <= 1)
            }
        }
        for row in comparison.rows {
            for metrics in row.metrics { #expect(metrics.ndcg.lower <= metrics.ndcg.estimate && metrics.ndcg.estimate <= metrics.ndcg.upper) }
        }
    }

    @Test func threadsChangeNothingAndJSONKeepsIt() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let one = try encoder.encode(comparison(threads: 1))
        #expect(try encoder.encode(comparison(threads: 3)) == one)
        #expect(try JSONDecoder().decode(ModelComparison.self, from: one).rows.count == 4)
    }
}
