import Recommendation
import Testing

@Suite struct WeightingTests {
    private static func blend() throws -> Blend {
        let popularity = Popularity(try PrefixSamplesTests.data([[0, 1, 2, 3]]))
        return Blend((0..<3).map { _ in Blend.Member(popularity, weight: 1) }, popularity: popularity.counts)
    }

    @Test func aBlendKeepsWhatItIsGiven() throws {
        var blend = try Self.blend()
        #expect(blend.weighting == Weighting(weights: [1, 1, 1]))
        let apart = Weighting(weights: [0.5, 0, 0.25], returning: [0, 2, 0], offset: -1.5)
        blend.weighting = apart
        #expect(blend.weighting == apart && blend.returningOffset == -1.5 && blend.members.map(\.returning) == [0, 2, 0])
        blend.weighting = Weighting(weights: [3, 2, 1])
        #expect(blend.returningOffset == nil && blend.members.map(\.returning) == [0, 0, 0] && blend.members.map(\.weight) == [3, 2, 1])
    }

    @Test func membersAreHeardForEitherWeight() {
        let apart = Weighting(weights: [0.5, 0, 0], returning: [0, 2, 0], offset: 0)
        #expect((0..<3).filter(apart.hears) == [0, 1])
        #expect(apart.of([0, 1]) == Weighting(weights: [0.5, 0], returning: [0, 2], offset: 0))
        #expect(apart.without(1) == Weighting(weights: [0.5, 0, 0], returning: [0, 0, 0], offset: 0))
        let together = Weighting(weights: [0.5, 0, 1])
        #expect((0..<3).filter(together.hears) == [0, 2] && together.of([2]) == Weighting(weights: [1]))
    }
}
