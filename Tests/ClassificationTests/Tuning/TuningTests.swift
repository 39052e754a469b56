import Classification
import Foundation
import Testing
import Training

@Suite(.serialized) struct TuningTests {
    private func plan(_ photos: String) throws -> Tuning.Plan {
        var base = DrawnPets.options(photos, epochs: 1)
        base.augmentation = .none
        return Tuning.Plan(
            base: base, ranges: [try TuningRange(parsing: "rate=0.0001...0.2:log"), try TuningRange(parsing: "smoothing=0,0.1")],
            halving: SuccessiveHalving(trials: 4, epochs: 4, factor: 2), seed: 3)
    }

    @Test func aCancelledSearchGoesOnToTheSameEnd() throws {
        let folder = try TemporaryFolder()
        try DrawnPets.draw(120, to: folder("photos"))
        let plan = try plan(folder("photos"))
        let whole = try Tuning(plan, folder: folder("whole"), resuming: false).perform(cacheFolder: folder("cache"))
        let winner = try #require(whole.winner)
        #expect(whole.trials.map(\.results.count).sorted() == [1, 1, 2, 3])
        #expect(whole.trials[winner - 1].results.count == 3)

        // Twice cut off, in the middle of a trial, before the third attempt gets through.
        for (attempt, limit) in [7, 25, Int.max].enumerated() {
            let tuning = try Tuning(plan, folder: folder("parts"), resuming: attempt > 0)
            var steps = 0
            let perform = {
                try tuning.perform(cacheFolder: folder("cache"), isCancelled: {
                    steps += 1
                    return steps > limit
                })
            }
            if attempt < 2 {
                #expect(throws: TrainingError.self) { try perform() }
            } else {
                let state = try perform()
                #expect(state.winner == whole.winner)
                #expect(state.trials.map { $0.results.map(\.accuracy) } == whole.trials.map { $0.results.map(\.accuracy) })
                #expect(state.trials.map { $0.results.map(\.loss) } == whole.trials.map { $0.results.map(\.loss) })
            }
        }
        #expect(throws: TrainingError.self) { try Tuning(plan, folder: folder("parts"), resuming: false) }
        #expect(throws: TrainingError.self) { try Tuning(plan, folder: folder("nothing"), resuming: true) }

        let report = TuningReport(whole)
        #expect(report.command?.contains("catsvsdogs train") == true)
        #expect(FileManager.default.fileExists(atPath: folder("whole/report.html")))
        #expect(report.table().split(separator: "\n").count == 6)
    }

    @Test func roundsThinOutTrialsAndRaiseTheBudget() {
        #expect(SuccessiveHalving(trials: 9, epochs: 9).rungs == [.init(trials: 9, epochs: 1), .init(trials: 3, epochs: 3), .init(trials: 1, epochs: 9)])
        #expect(SuccessiveHalving(trials: 1, epochs: 5).rungs == [.init(trials: 1, epochs: 5)])
        for trials in 1...40 {
            let rungs = SuccessiveHalving(trials: trials, epochs: 20, factor: 3).rungs
            #expect(rungs.first?.trials == trials && rungs.last?.trials == 1 && rungs.last?.epochs == 20)
            #expect(zip(rungs, rungs.dropFirst()).allSatisfy { $0.trials > $1.trials && $0.epochs <= $1.epochs })
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

    @Test(arguments: ["rate=0.02...0.3:log", "smoothing=0...0.2", "size=96,128", "network=small,standard", "batch=16...64", "optimizer=sgd,muon"])
    func rangesAreReadAndWritten(_ text: String) throws {
        let range = try TuningRange(parsing: text)
        #expect(try TuningRange(parsing: range.description) == range)
        var options = PhotoTrainingOptions(source: "", threads: 1)
        options.set(range.setting, to: range.value(at: 0))
        let first = options
        options.set(range.setting, to: range.value(at: 0.999_99))
        #expect(options != first)
    }

    @Test(arguments: ["speed=1...2", "rate=2...1", "rate=0...1:log", "size=96.5,128", "network=huge", "rate", "rate=", "smoothing=0...2", "rate=a...b"])
    func badRangesAreRefused(_ text: String) {
        #expect(throws: TuningRange.Problem.self) { try TuningRange(parsing: text) }
    }

    @Test func whatMattersIsFound() {
        let ranges = [TuningRange.Setting.rate, .smoothing, .decay].map { TuningRange(setting: $0, values: .between(0, 1, logarithmic: false)) }
        let places = SuccessiveHalving.places(count: 27, dimensions: 3, seed: 1)
        let values = places.map { $0.map { TuningValue.number($0) } }
        // The first setting decides all.
        let falling = SettingImportance.measure(ranges, trials: zip(values, places).map { (values: $0, score: 1 - $1[0]) })
        #expect(falling[0].share > 0.99 && falling[0].correlation! < -0.99)
        #expect(falling[1].share < 0.5 && falling[2].share < 0.5)
        // The second has its best in the middle, which no rank correlation shows.
        let middle = SettingImportance.measure(ranges, trials: zip(values, places).map { (values: $0, score: -abs($1[1] - 0.5)) })
        #expect(middle[1].share > middle[0].share && middle[1].share > 0.4)
        #expect(SettingImportance.ranks([3, 1, 3, 2]) == [2.5, 0, 2.5, 1])
    }
}
