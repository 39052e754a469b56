import Foundation
import Interactions
import Recommendation
import TestSupport
import Testing

@Suite struct RankingMetricsTests {
    @Test func valuesByHand() {
        let metrics = RankingMetrics(ranks: [12, 3, 0], k: 10)
        #expect(metrics.hitRate == 1)
        #expect(abs(metrics.recall - 2.0 / 3) < 1e-12)
        #expect(abs(metrics.ndcg - (1 + 1 / log2(5)) / (1 + 1 / log2(3) + 0.5)) < 1e-12)
        #expect(metrics.reciprocalRank == 1)
        #expect(abs(metrics.averagePrecision - (1 + 2.0 / 4) / 3) < 1e-12)

        let one = RankingMetrics(ranks: [2], k: 5)
        #expect(one.hitRate == 1 && one.recall == 1 && one.ndcg == 0.5)
        #expect(abs(one.reciprocalRank - 1.0 / 3) < 1e-12 && abs(one.averagePrecision - 1.0 / 3) < 1e-12)

        // More targets than places: a list full of them is perfect, and holds a part of them.
        let full = RankingMetrics(ranks: Array(0..<20), k: 5)
        #expect(full.ndcg == 1 && full.averagePrecision == 1 && full.recall == 0.25)
    }

    @Test func theEndOfTheListIsExact() {
        #expect(RankingMetrics(ranks: [9], k: 10).hitRate == 1)
        #expect(RankingMetrics(ranks: [10], k: 10) == RankingMetrics(k: 10))
        #expect(RankingMetrics(ranks: [], k: 10) == RankingMetrics(k: 10))
    }

    @Test func theMeanIsOverUsers() {
        let mean = RankingMetrics.mean([RankingMetrics(ranks: [0], k: 3), RankingMetrics(ranks: [8], k: 3), RankingMetrics(ranks: [2, 9], k: 3)], k: 3)
        #expect(abs(mean.hitRate - 2.0 / 3) < 1e-12)
        #expect(abs(mean.recall - 0.5) < 1e-12)
        #expect(abs(mean.reciprocalRank - (1 + 1.0 / 3) / 3) < 1e-12)
        #expect(RankingMetrics.mean([], k: 3) == RankingMetrics(k: 3))
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func longerListsAreNeverWorseAndEverythingIsAShare(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let ranks = Array((0..<40).shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random)))
            var before = RankingMetrics(k: 0)
            for k in 1...40 {
                let metrics = RankingMetrics(ranks: ranks, k: k)
                for value in [metrics.hitRate, metrics.recall, metrics.ndcg, metrics.reciprocalRank, metrics.averagePrecision] {
                    #expect((0...1 + 1e-12).contains(value))
                }
                #expect(metrics.recall >= before.recall && metrics.hitRate >= before.hitRate)
                before = metrics
            }
            #expect(before.recall == 1 && before.hitRate == 1)
        }
    }
}

@Suite struct EvaluationCaseTests {
    /// However many targets are tied with however many others, no two share a place, all places are among the tied ones, and
    /// together they stand where a random order would have them.
    @Test func tiedTargetsStandEvenlyAmongTheirEquals() {
        for equals in 1...12 {
            for targets in 1...equals {
                // One above and one below the tie.
                let places = ranks([9] + [Float](repeating: 5, count: equals) + [1], targets: Array(1...targets))
                #expect(Set(places).count == targets && places.allSatisfy { (1...equals).contains($0) })
                let mean = Double(places.reduce(0, +)) / Double(targets)
                #expect(abs(mean - (Double(equals - 1) / 2 + 1)) <= 1)
            }
        }
        #expect(RankingMetrics(ranks: ranks([1, 1, 1, 1], targets: [0, 1, 2, 3]), k: 10).ndcg == 1)
    }

    private func ranks(_ scores: [Float], targets: [Int], excluded: [Int] = []) -> [Int] {
        var scores = scores
        let question = EvaluationCase(user: 0, query: Query(items: []), targets: targets, excluded: excluded)
        return scores.withUnsafeMutableBufferPointer { question.ranks(in: $0) }
    }

    @Test func placesAreCountedFromTheBest() {
        #expect(ranks([0.1, 0.9, 0.5, -2], targets: [0, 1, 2, 3]) == [2, 0, 1, 3])
    }

    @Test func excludedItemsTakeNoPlace() {
        #expect(ranks([9, 8, 7, 6], targets: [3, 1], excluded: [0, 2, 77]) == [1, 0])
        // A target that may not be answered is not found.
        #expect(ranks([9, 8, 7, 6], targets: [0], excluded: [0]) == [4])
    }

    @Test func halfOfTheEqualsStandBefore() {
        #expect(ranks([1, 1, 1, 1, 1], targets: [0, 4]) == [1, 3])
        #expect(ranks([5, 1, 1, 1, 0], targets: [1, 2, 4]) == [1, 2, 4])
        // A model that scores everything the same is worth what chance is worth.
        let count = 100
        let mean = (0..<count).map { ranks([Float](repeating: 0, count: count), targets: [$0])[0] }.reduce(0, +) / count
        #expect(abs(mean - (count - 1) / 2) <= 1)
    }

    @Test func whatIsNotANumberIsLast() {
        #expect(ranks([.nan, 1, 2], targets: [0]) == [3])
        #expect(ranks([.nan, 1, .nan], targets: [1]) == [0])
        #expect(ranks([-.infinity, 1, 2], targets: [0]) == [3])
        #expect(ranks([0, 1, 2], targets: [3, 1]) == [3, 1])
    }

    @Test func anEvaluationAsksEveryCaseOnAnyThreads() throws {
        var random = SeededGenerator(seed: 3)
        let model = FixedModel(.logits, rows: (0..<20).map { _ in (0..<20).map { _ in Float.random(in: 0...1, using: &random) } })
        let cases = (0..<97).map { EvaluationCase(user: $0, query: Query(items: [$0 % 20]), targets: [($0 * 3) % 20], excluded: [($0 * 3 + 1) % 20]) }
        let expected = cases.map { question -> [Int] in
            let row = model.rows[question.query.history[0].item], target = question.targets[0]
            return [row.indices.count { !question.excluded.contains($0) && row[$0] > row[target] }]
        }
        for threads in [1, 2, 5] {
            let evaluation = try RankingEvaluation(model, cases: cases, threads: threads)
            #expect(evaluation.ranks == expected)
            let even = evaluation.metrics(at: 5) { $0 % 2 == 0 }
            #expect(even == RankingMetrics.mean(stride(from: 0, to: 97, by: 2).map { RankingMetrics(ranks: expected[$0], k: 5) }, k: 5))
        }
    }
}
