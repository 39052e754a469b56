import Foundation
import Recommendation
import TestSupport
import Testing

@Suite struct ConditionalLogitTests {
    /// One of two things is taken three times of four; the difference of their numbers is one.
    @Test func oneWeightIsTheLogarithmOfTheOdds() {
        var occasions = ConditionalLogit.Occasions(size: 1)
        for index in 0..<400 { occasions.add(taken: [[index % 4 == 0 ? 0 : 1]], left: [[index % 4 == 0 ? 1 : 0]]) }
        let logit = ConditionalLogit(occasions, expected: [0], strength: 1e-9)
        #expect(abs(logit.weights[0] - log(3)) < 1e-5)
        #expect(abs(occasions.loss(logit.weights) + 300 * log(0.75) + 100 * log(0.25)) < 1e-6)
        // So strong an expectation is not moved.
        #expect(abs(ConditionalLogit(occasions, expected: [-2], strength: 1e9).weights[0] + 2) < 1e-3)
    }

    /// Things drawn by known weights: the weights are found again, and no weights nearby make the choices likelier.
    @Test func findsTheWeightsThatWereChosenBy() {
        var random = SeededGenerator(seed: 2), occasions = ConditionalLogit.Occasions(size: 3)
        let truth = [1.5, -0.7, 0.0]
        for _ in 0..<8_000 {
            var things = (0..<5).map { _ in (0..<3).map { _ in Double.random(in: -1...1, using: &random) } }
            let chances = things.map { exp(zip(truth, $0).reduce(0) { $0 + $1.0 * $1.1 }) }
            var draw = Double.random(in: 0..<chances.reduce(0, +), using: &random), taken = 0
            while taken < 4, draw >= chances[taken] { (draw, taken) = (draw - chances[taken], taken + 1) }
            occasions.add(taken: [things.remove(at: taken)], left: things)
        }
        let found = ConditionalLogit(occasions, expected: [0, 0, 0], strength: 1e-6).weights
        for (weight, real) in zip(found, truth) { #expect(abs(weight - real) < 0.1) }
        for index in 0..<3 {
            for change in [-0.01, 0.01] {
                var other = found
                other[index] += change
                #expect(occasions.loss(other) > occasions.loss(found))
            }
        }
    }

    /// Where one number always decides there is no largest weight: the expectation bounds it.
    @Test func whatAlwaysDecidesStaysFinite() {
        var occasions = ConditionalLogit.Occasions(size: 2)
        for _ in 0..<50 { occasions.add(taken: [[1_000, 3]], left: [[0, 3], [-1_000, 3]]) }
        let weights = ConditionalLogit(occasions, expected: [0, 7], strength: 1).weights
        #expect(weights[0] > 0 && weights[0].isFinite && abs(weights[1] - 7) < 1e-9)
    }

    @Test func occasionsWithoutAChoiceArePassedOver() {
        var occasions = ConditionalLogit.Occasions(size: 1)
        occasions.add(taken: [], left: [[1], [2]])
        occasions.add(taken: [[1]], left: [])
        #expect(occasions.count == 0 && occasions.loss([4]) == 0)
        #expect(ConditionalLogit(occasions, expected: [4], strength: 1).weights == [4])
    }

    /// Several taken on one occasion count each.
    @Test func severalMayBeTakenAtOnce() {
        var together = ConditionalLogit.Occasions(size: 1), apart = together
        let things: [[Double]] = [[1], [0.5], [0], [-2]]
        together.add(taken: Array(things[..<2]), left: Array(things[2...]))
        for taken in 0..<2 { apart.add(taken: [things[taken]], left: things.indices.filter { $0 != taken }.map { things[$0] }) }
        #expect(abs(together.loss([0.7]) - apart.loss([0.7])) < 1e-12)
        let weights = ConditionalLogit(together, expected: [0], strength: 0.1).weights
        #expect(abs(weights[0] - ConditionalLogit(apart, expected: [0], strength: 0.1).weights[0]) < 1e-9)
    }
}
