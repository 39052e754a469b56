import Classification
import Foundation
import TestSupport
import Testing
import Training

@Suite(.serialized) struct TuningTests {
    private func plan(_ photos: String) throws -> Tuning.Plan {
        var base = DrawnPets.options(photos, epochs: 1)
        base.augmentation = .none
        return Tuning.Plan(
            base: base, ranges: [try TuningRange(parsing: "rate=0.0001...0.2:log"), try TuningRange(parsing: "smoothing=0,0.1")],
            halving: SuccessiveHalving(trials: 4, budget: 4, factor: 2), seed: 3)
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
}
