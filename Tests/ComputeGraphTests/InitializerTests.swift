import ComputeGraph
import Testing

@Suite struct InitializerTests {
    static func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
        return (mean, variance.squareRoot())
    }

    @Test(arguments: [
        (Initializer.zeros, 0.0, 0.0), (.ones, 1, 0), (.normal(deviation: 0.02), 0, 0.02), (.heNormal(fanIn: 288), 0, (2.0 / 288).squareRoot()),
        (.uniform(fanIn: 64), 0, 1 / 8 / 3.0.squareRoot()),
    ])
    func valuesHaveTheirMeanAndDeviation(_ initializer: Initializer, _ mean: Double, _ deviation: Double) {
        var source = RandomSource(seed: 3)
        let values = initializer.values(count: 100_001, using: &source)
        #expect(values.count == 100_001)
        let found = Self.moments(values)
        // Five standard errors of each.
        #expect(abs(found.mean - mean) <= 5 * deviation / 316)
        #expect(abs(found.deviation - deviation) <= 5 * deviation / 447)
        if case .uniform = initializer { #expect(values.allSatisfy { abs($0) <= 1.0 / 8 }) }
    }

    @Test func valuesFollowFromSeedAndName() throws {
        let graph = try GraphTests.everything()
        let first = graph.initialParameters(seed: 5)
        #expect(first == graph.initialParameters(seed: 5))
        #expect(first != graph.initialParameters(seed: 6))
        #expect(zip(first, graph.parameters).allSatisfy { $0.count == $1.shape.elementCount })

        // A layer more leaves the others as they were.
        var longer = graph
        _ = try longer.dense(longer.output, units: 3, named: "more")
        #expect(Array(longer.initialParameters(seed: 5).prefix(first.count)) == first)
    }

    @Test func residualBlocksBeginAsTheIdentity() throws {
        let graph = try GraphTests.everything()
        let values = graph.initialParameters(seed: 1)
        let position = try #require(graph.parameters.firstIndex { $0.name == "block.2.norm.scale" })
        #expect(values[position].allSatisfy { $0 == 0 })
    }

    @Test func uniformNumbersFillTheirRange() {
        var source = RandomSource(1, 2, 3)
        let values = (0..<10_000).map { _ in source.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(Self.moments(values).mean - 0.5) < 0.015)
        var (one, other) = (RandomSource(1, 2), RandomSource(2, 1))
        #expect(one.next() != other.next())
    }
}
