import Foundation
import Interactions
import Recommendation
import TestSupport
import Testing

@Suite struct BlendFittingTests {
    private static let items = 30

    /// Cases whose target is a function of the last item, and rows of scores by the last item that know the target so well.
    private static func cases(_ count: Int = 200, items: Int = items) -> [EvaluationCase] {
        (0..<count).map { user in
            EvaluationCase(user: user, query: Query(items: [user % items]), targets: [(user % items * 7 + 3) % items], excluded: [])
        }
    }

    private static func model(signal: Float, noise: Float, seed: UInt64, items: Int = items) -> FixedModel {
        var random = SeededGenerator(seed: seed)
        return FixedModel(.logits, rows: (0..<items).map { last in
            (0..<items).map { ($0 == (last * 7 + 3) % items ? signal : 0) + noise * Float.random(in: -1...1, using: &random) }
        })
    }

    private static func blend(_ models: FixedModel...) -> Blend {
        Blend(models.map { Blend.Member($0, weight: 1) }, popularity: [Float](repeating: 1, count: items))
    }

    /// The mean discounted gain of the targets among all items.
    private static func gain(_ model: any RankingModel, _ cases: [EvaluationCase]) throws -> Double {
        let ranks = try RankingEvaluation(model, cases: cases, threads: 1).ranks
        return ranks.reduce(0) { $0 + 1 / log2(Double($1[0] + 2)) } / Double(ranks.count)
    }

    @Test func aUselessMemberGetsNoWeightAndAPerfectOneLeads() throws {
        var blend = Self.blend(
            Self.model(signal: 0, noise: 1, seed: 1), Self.model(signal: 5, noise: 0.1, seed: 2), Self.model(signal: 0, noise: 0, seed: 3))
        let gain = try blend.fitWeights(on: Self.cases(), threads: 2)
        #expect(gain == 1)
        #expect(blend.members[0].weight == 0 && blend.members[2].weight == 0)
        #expect(blend.members[1].weight > 0)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func isNeverWorseThanItsBestMember(seed: UInt64) throws {
        let models = (0..<4).map { Self.model(signal: Float($0) * 0.3, noise: 1, seed: seed * 10 + UInt64($0)) }
        var blend = Blend(models.map { Blend.Member($0, weight: 1) }, popularity: [Float](repeating: 1, count: Self.items))
        let cases = Self.cases()
        let fitted = try blend.fitWeights(on: cases, threads: 2)
        let gain = try Self.gain(blend, cases)
        #expect(abs(gain - fitted) < 1e-9)
        for model in models { #expect(try Self.gain(model, cases) <= gain + 1e-9) }
        #expect(blend.members.allSatisfy { $0.weight >= 0 && $0.weight.isFinite })
    }

    @Test func twoThatKnowHalfAreBetterTogether() throws {
        let (first, second) = (Self.model(signal: 0.8, noise: 1, seed: 31), Self.model(signal: 0.8, noise: 1, seed: 32))
        var blend = Self.blend(first, second)
        let gain = try blend.fitWeights(on: Self.cases(), threads: 1)
        #expect(gain > max(try Self.gain(first, Self.cases()), try Self.gain(second, Self.cases())))
    }

    /// Members that know nothing all help a little by chance on the cases at hand; what stays of them is what helps most.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func whatHelpsNoMoreThanChanceIsLeftOut(seed: UInt64) throws {
        let good = Self.model(signal: 1, noise: 1, seed: seed, items: 400), cases = Self.cases(400, items: 400)
        let others = (1...3).map { Self.model(signal: 0, noise: 1, seed: seed * 100 + $0, items: 400) }
        var blend = Blend(([good] + others).map { Blend.Member($0, weight: 1) }, popularity: [Float](repeating: 1, count: 400))
        let gain = try blend.fitWeights(on: cases, threads: 2)
        #expect(blend.members[0].weight > 0 && blend.members.count { $0.weight > 0 } <= 3)
        #expect(gain >= (try Self.gain(good, cases)) - 1e-9)
    }

    /// Half of the targets are the last item again, which one member knows and spoils for the other half, which the other knows.
    @Test func itemsOfTheHistoryAreWeighedApartWhereThatHelps() throws {
        let again = FixedModel(.logits, rows: (0..<Self.items).map { last in (0..<Self.items).map { $0 == last ? 1 : -Float(($0 * 7 + last) % 5) } })
        let fresh = FixedModel(.logits, rows: (0..<Self.items).map { last in (0..<Self.items).map { $0 == (last * 7 + 3) % Self.items ? 1 : $0 == last ? -9 : 0 } })
        let cases = Self.cases().map { question -> EvaluationCase in
            var question = question
            if question.user / Self.items % 2 == 0 { question.targets = [question.user % Self.items] }
            return question
        }
        var blend = Self.blend(again, fresh)
        let gain = try blend.fitWeights(on: cases, threads: 2)
        #expect(blend.returningOffset != nil)
        #expect(abs(gain - (try Self.gain(blend, cases))) < 1e-9)
        // The two stand at the first two places, whichever it is.
        #expect(gain > 0.8)
        for leader in [Float(0.1), 1, 10] {
            let together = Blend([.init(again, weight: leader), .init(fresh, weight: 1)], popularity: [Float](repeating: 1, count: Self.items))
            #expect(gain > (try Self.gain(together, cases)) + 0.02)
        }
    }

    @Test func whereNothingOfTheHistoryMayBeAnsweredNothingIsWeighedApart() throws {
        var blend = Self.blend(Self.model(signal: 1, noise: 1, seed: 5), Self.model(signal: 1, noise: 1, seed: 6))
        let cases = Self.cases().map { EvaluationCase(user: $0.user, query: $0.query, targets: $0.targets, excluded: $0.query.history.map(\.item)) }
        try blend.fitWeights(on: cases, threads: 2)
        #expect(blend.returningOffset == nil && blend.members.allSatisfy { $0.returning == 0 })
    }

    @Test func whatIsNotANumberIsNotFollowed() throws {
        let broken = FixedModel(.logits, rows: [[Float](repeating: .nan, count: Self.items)])
        let good = Self.model(signal: 1, noise: 1, seed: 4)
        var blend = Self.blend(broken, good)
        try blend.fitWeights(on: Self.cases(), threads: 1)
        #expect(blend.members[0].weight == 0 && blend.members[1].weight > 0)
    }

    @Test func theSameOnAnyThreads() throws {
        var (one, many) = (Self.blend(Self.model(signal: 1, noise: 1, seed: 5), Self.model(signal: 1, noise: 1, seed: 6)), Self.blend(Self.model(signal: 1, noise: 1, seed: 5), Self.model(signal: 1, noise: 1, seed: 6)))
        #expect(try one.fitWeights(on: Self.cases(), threads: 1) == many.fitWeights(on: Self.cases(), threads: 3))
        #expect(one.members.map(\.weight) == many.members.map(\.weight))
    }

    @Test func withoutCasesNothingChanges() throws {
        var blend = Self.blend(Self.model(signal: 1, noise: 1, seed: 5), Self.model(signal: 1, noise: 1, seed: 6))
        try blend.fitWeights(on: [], threads: 2)
        #expect(blend.members.map(\.weight) == [1, 1])
    }
}
