import Testing
import Training

private enum Setting: String, TunableSetting {
    case rate, smoothing, decay

    var isWhole: Bool { false }
    var names: [String] { [] }
    var limits: ClosedRange<Double> { 0...1 }
    static var examples: String { "rate=0...1" }
}

@Suite struct SuccessiveHalvingTests {
    @Test func roundsThinOutTrialsAndRaiseTheBudget() {
        #expect(SuccessiveHalving(trials: 9, budget: 9).rungs == [.init(trials: 9, budget: 1), .init(trials: 3, budget: 3), .init(trials: 1, budget: 9)])
        #expect(SuccessiveHalving(trials: 1, budget: 5).rungs == [.init(trials: 1, budget: 5)])
        for trials in 1...40 {
            let rungs = SuccessiveHalving(trials: trials, budget: 20, factor: 3).rungs
            #expect(rungs.first?.trials == trials && rungs.last?.trials == 1 && rungs.last?.budget == 20)
            #expect(zip(rungs, rungs.dropFirst()).allSatisfy { $0.trials > $1.trials && $0.budget <= $1.budget })
        }
        #expect(SuccessiveHalving.survivors([(1, 0.5), (2, 0.7), (3, 0.7)], count: 2) == [2, 3])
    }

    @Test func everyPartOfARangeIsDrawn() {
        let places = SuccessiveHalving.places(count: 10, dimensions: 3, seed: 4)
        for dimension in 0..<3 {
            #expect(Set(places.map { Int($0[dimension] * 10) }) == Set(0..<10))
        }
        #expect(places == SuccessiveHalving.places(count: 10, dimensions: 3, seed: 4))
        #expect(places != SuccessiveHalving.places(count: 10, dimensions: 3, seed: 5))
    }

    @Test func whatMattersIsFound() {
        let ranges = [Setting.rate, .smoothing, .decay].map { SettingRange(setting: $0, values: .between(0, 1, logarithmic: false)) }
        let places = SuccessiveHalving.places(count: 27, dimensions: 3, seed: 1)
        let values = places.map { $0.map { TuningValue.number($0) } }
        // The first setting decides all.
        let falling = SettingImportance.measure(ranges, trials: zip(values, places).map { (values: $0, score: 1 - $1[0]) })
        #expect(falling[0].share > 0.99 && falling[0].correlation! < -0.99)
        #expect(falling[1].share < 0.5 && falling[2].share < 0.5)
        // The second has its best in the middle, which no rank correlation shows.
        let middle = SettingImportance.measure(ranges, trials: zip(values, places).map { (values: $0, score: -abs($1[1] - 0.5)) })
        #expect(middle[1].share > middle[0].share && middle[1].share > 0.4)
        #expect(SettingImportance<Setting>.ranks([3, 1, 3, 2]) == [2.5, 0, 2.5, 1])
    }
}
