import Foundation
import Imaging
import FileStorage
import Reporting
import Training

/// A search for good settings on validation photos alone: held-out photos are set aside by the same seed as in training,
/// and never looked at.
///
/// Every trial of every round is a run folder, `trials/007/epochs-3`. A round trains anew with its own number of epochs
/// rather than going on from the round before, because the schedule of the learning rate spans the whole run. The state
/// is in `tuning.json`, written after each trial; a trial that was cut off, even by `kill -9`, goes on from its checkpoint,
/// and the search ends with the same winner.
public struct Tuning: Sendable {
    /// What is searched, and how.
    public struct Plan: Codable, Sendable, Hashable {
        /// Settings of all trials, except those that are searched.
        public var base: PhotoTrainingOptions
        public var ranges: [TuningRange]
        public var halving: SuccessiveHalving
        public var seed: UInt64

        public init(base: PhotoTrainingOptions, ranges: [TuningRange], halving: SuccessiveHalving, seed: UInt64 = 1) {
            self.base = base
            self.ranges = ranges
            self.halving = halving
            self.seed = seed
        }
    }

    /// Settings to try, and what came of them.
    public struct Trial: Codable, Sendable, Hashable {
        /// From 1.
        public var number: Int
        /// In the order of the plan's ranges.
        public var values: [TuningValue]
        /// One for each round the trial took part in.
        public var results: [Result] = []
    }

    public struct Result: Codable, Sendable, Hashable {
        public var epochs: Int
        /// Best validation accuracy of the run; 0 when it failed.
        public var accuracy: Double
        public var loss: Double?
        public var seconds: Double
        /// Folder of the run.
        public var run: String
        /// Why there is no accuracy, for example because training diverged.
        public var failure: String?
    }

    /// The search so far; `tuning.json`.
    public struct State: Codable, Sendable, Hashable {
        public var version = 1
        public var plan: Plan
        public var trials: [Trial]
        /// Number of the best trial, when the search is at its end.
        public var winner: Int?
    }

    public enum Event: Sendable {
        case trial(number: Int, rung: Int, rungs: Int, values: String, epochs: Int)
        case result(Trial, Result)
        case training(PhotoTraining.Event)
    }

    public let folder: String
    public let plan: Plan
    private let resuming: Bool
    private static let stateName = "tuning.json"

    /// - Parameter resuming: goes on with the plan in the folder.
    /// - Throws: `TrainingError` when the folder holds a search already, or none to resume.
    public init(_ plan: Plan, folder: String, resuming: Bool) throws {
        self.folder = folder
        self.resuming = resuming
        let path = folder + "/" + Self.stateName
        let exists = FileManager.default.fileExists(atPath: path)
        guard exists == resuming else { throw resuming ? TrainingError.noRun(path: folder) : .runExists(path: folder) }
        self.plan = resuming ? try Self.read(path).plan : plan
    }

    /// The state in a folder.
    public static func state(in folder: String) throws -> State { try read(folder + "/" + stateName) }

    private static func read(_ path: String) throws -> State {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError(.read, path: path) }
        do { return try JSONDecoder().decode(State.self, from: data) } catch {
            throw TrainingError.checkpointMismatch(path: path, problem: "is damaged or of another version (\(error))")
        }
    }

    /// Runs the search to its end. Blocks; call it from a thread of its own.
    ///
    /// - Throws: `TrainingError.interrupted` when cancelled, errors of the photos and the folder. A trial that diverges is
    ///   no error: it scores 0.
    public func perform(
        cacheFolder: String = PhotoCache.defaultFolder, isCancelled: () -> Bool = { false },
        report: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws -> State {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
        }
        var state = try resuming ? Self.read(folder + "/" + Self.stateName) : State(plan: plan, trials: drawTrials())
        try write(state)
        let rungs = plan.halving.rungs
        var candidates = state.trials.map(\.number)
        for (index, rung) in rungs.enumerated() {
            candidates = Array(candidates.prefix(rung.trials))
            for number in candidates where state.trials[number - 1].results.count <= index {
                let trial = state.trials[number - 1]
                report(.trial(
                    number: number, rung: index + 1, rungs: rungs.count, values: Self.words(trial, plan.ranges), epochs: rung.budget))
                let result = try run(trial, epochs: rung.budget, round: index + 1, cacheFolder: cacheFolder, isCancelled: isCancelled) {
                    report(.training($0))
                }
                state.trials[number - 1].results.append(result)
                try write(state)
                report(.result(state.trials[number - 1], result))
            }
            let scores = candidates.map { (trial: $0, score: state.trials[$0 - 1].results[index].accuracy) }
            candidates = SuccessiveHalving.survivors(scores, count: scores.count)
        }
        state.winner = candidates.first
        try write(state)
        try TuningReport(state).page.write(to: URL(fileURLWithPath: folder + "/report.html"))
        return state
    }

    private func drawTrials() -> [Trial] {
        SuccessiveHalving.places(count: plan.halving.trials, dimensions: plan.ranges.count, seed: plan.seed).enumerated().map {
            number, places in
            Trial(number: number + 1, values: zip(plan.ranges, places).map { $0.value(at: $1) })
        }
    }

    private func run(
        _ trial: Trial, epochs: Int, round: Int, cacheFolder: String, isCancelled: () -> Bool,
        report: @escaping @Sendable (PhotoTraining.Event) -> Void
    ) throws -> Result {
        let digits = String(trial.number)
        let path = folder + "/trials/" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "/round-\(round)"
        var options = plan.base
        options.epochs = epochs
        options.seconds = nil
        for (range, value) in zip(plan.ranges, trial.values) { options.set(range.setting, to: value) }
        let started = FileManager.default.fileExists(atPath: path + "/" + RunFolder.File.configuration.rawValue)
        var result = Result(epochs: epochs, accuracy: 0, loss: nil, seconds: 0, run: path)
        do {
            let outcome = try PhotoTraining(options, runFolder: path, resuming: started)
                .perform(cacheFolder: cacheFolder, isCancelled: isCancelled, report: report)
            result.accuracy = outcome.metrics.best?.validationAccuracy ?? 0
            result.loss = outcome.metrics.best?.validationLoss
            result.seconds = outcome.metrics.epochs.last?.seconds ?? 0
        } catch let error as TrainingError {
            guard case .diverged = error else { throw error }
            result.failure = "\(error)"
        }
        return result
    }

    private func write(_ state: State) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(state), to: folder + "/" + Self.stateName)
    }

    static func words(_ trial: Trial, _ ranges: [TuningRange]) -> String {
        zip(ranges, trial.values).map { "\($0.setting.rawValue) \($1)" }.joined(separator: ", ")
    }
}
