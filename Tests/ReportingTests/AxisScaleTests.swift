import Reporting
import TestSupport
import Testing

@Suite struct AxisScaleTests {
    @Test func ticksCoverAnyRange() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3_000 {
            let magnitude = Double.random(in: -30...30, using: &generator)
            let size = Double.random(in: 0.1...1, using: &generator) * exp10(magnitude)
            let center = Double.random(in: -3...3, using: &generator) * size
            let values = (0..<5).map { _ in center + Double.random(in: -1...1, using: &generator) * size }
            let scale = AxisScale(covering: values)
            let slack = (scale.upper - scale.lower) * 1e-6
            #expect(scale.ticks.count >= 2 && scale.ticks.count <= 13, "\(values)")
            #expect(scale.ticks.first! <= values.min()! + slack, "\(values) \(scale.ticks)")
            #expect(scale.ticks.last! >= values.max()! - slack, "\(values) \(scale.ticks)")
            #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func logarithmicTicksCoverAnyRange() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<1_000 {
            let low = exp10(Double.random(in: -40...20, using: &generator))
            let high = low * exp10(Double.random(in: 0.01...40, using: &generator))
            let scale = AxisScale(covering: [low, high, -1, 0], kind: .logarithmic)
            #expect(scale.ticks.count >= 2 && scale.ticks.count <= 12, "\(low) \(high) \(scale.ticks)")
            #expect(scale.ticks.first! <= low * 1.000_01, "\(low) \(high) \(scale.ticks)")
            #expect(scale.ticks.last! >= high * 0.999_99, "\(low) \(high) \(scale.ticks)")
        }
    }

    @Test func tightScalesEndAtTheData() {
        let scale = AxisScale(covering: [1, 42], extends: false, about: 7)
        #expect(scale.lower == 1 && scale.upper == 42)
        #expect(scale.ticks == [5, 10, 15, 20, 25, 30, 35, 40])
    }

    @Test func ticksAreRoundAndLabelsHaveTheDecimalsOfTheStep() {
        let scale = AxisScale(covering: [0.9612, 0.9788])
        #expect(scale.ticks.map { scale.label(of: $0, format: .percentage) } == ["96.0 %", "96.5 %", "97.0 %", "97.5 %", "98.0 %"])
        let whole = AxisScale(covering: [0, 18_000])
        #expect(whole.ticks.map { whole.label(of: $0) } == ["0", "5,000", "10,000", "15,000", "20,000"])
    }

    @Test func limitsAreNotLeft() {
        let scale = AxisScale(covering: [0.93, 1], limits: 0...1)
        #expect(scale.upper == 1 && scale.ticks.last == 1)
    }

    @Test(arguments: [[], [.nan], [3, 3, 3], [0], [-.infinity], [1e99, -1e99], [1e15, 1e15 + 0.1]] as [[Double]])
    func oddDataStillGivesAnAxis(_ values: [Double]) {
        for kind in [AxisScale.Kind.linear, .logarithmic] {
            for extends in [true, false] {
                let scale = AxisScale(covering: values, kind: kind, extends: extends)
                #expect(scale.lower < scale.upper && scale.lower.isFinite && scale.upper.isFinite)
                for value in values {
                    #expect((0...1).contains(scale.position(of: value)))
                }
            }
        }
    }

    @Test func positionsFollowTheKind() {
        let linear = AxisScale(covering: [0, 10])
        #expect(linear.position(of: 0) == 0 && linear.position(of: 5) == 0.5 && linear.position(of: 10) == 1)
        let logarithmic = AxisScale(covering: [0.01, 100], kind: .logarithmic)
        #expect(abs(logarithmic.position(of: 1) - 0.5) < 1e-12)
    }
}

private func exp10(_ exponent: Double) -> Double {
    var result = 1.0
    for _ in 0..<Int(exponent.magnitude) { result *= 10 }
    // The fraction of the exponent is not needed to spread magnitudes.
    return exponent < 0 ? 1 / result : result
}
