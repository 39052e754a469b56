import ComputeGraph
import FileStorage
import Foundation
import Interactions
import Training

/// A search for good settings of the models of a blend, one model after the other, on validation cases alone.
///
/// Trials of a model are drawn from ranges and thinned out by successive halving: all learn from a share of the users, the
/// best of them from more, and the last from all. The usual settings learn from all too, and stay where nothing found is
/// better. The plan is in `tuning.json`; every result is a line of `trials.jsonl`, on the disk before the next trial
/// begins, so that a search that was cut off goes on where it was and ends with the same settings.
public struct MemberTuning: Sendable {
    /// What is searched, and how.
    public struct Plan: Codable, Sendable, Hashable {
        public struct Member: Codable, Sendable, Hashable {
            /// What the search begins with; settings that are not searched stay.
            public var base: MemberConfiguration
            public var ranges: [SettingRange<MemberSetting>]

            public init(base: MemberConfiguration, ranges: [SettingRange<MemberSetting>]) {
                self.base = base
                self.ranges = ranges
            }
        }

        public var members: [Member]
        /// The budget of a round over that of the last is the share of the users that its trials learn from.
        public var halving: SuccessiveHalving
        /// Validation cases that are asked, evenly taken.
        public var cases: Int
        /// Length of the lists whose gain decides.
        public var k: Int
        public var seed: UInt64
        /// What is learned from, in words: a search goes on only with the same.
        public var data: String

        /// - Parameters:
        ///   - trials: for each model. - factor: one trial of so many goes on.
        public init(members: [Member], trials: Int, factor: Int = 3, cases: Int = 2_000, k: Int = 10, seed: UInt64 = 1, data: String) {
            self.members = members
            // The first round has one unit, and each further one `factor` times as much.
            var budget = 1, count = trials
            while count > 1 { (budget, count) = (budget * factor, max(count / factor, 1)) }
            halving = SuccessiveHalving(trials: trials, budget: budget, factor: factor)
            self.cases = cases
            self.k = k
            self.seed = seed
            self.data = data
        }
    }

    /// What came of a trial in one round.
    public struct Result: Codable, Sendable, Hashable {
        public var member: String
        /// From 1; 0 are the settings that the search began with.
        public var trial: Int
        /// From 1.
        public var round: Int
        /// Of the users.
        public var share: Double
        /// By setting.
        public var values: [String: TuningValue]
        /// Normalized discounted cumulative gain on validation; 0 when it failed.
        public var ndcg: Double
        public var hitRate: Double
        public var seconds: Double
        public var failure: String?
    }

    /// What was found for one model.
    public struct Found: Codable, Sendable {
        public var member: String
        public var values: [String: TuningValue]
        public var ndcg: Double
        /// Of what the search began with, on the same.
        public var usual: Double
        /// Whether what was found is better, and is used.
        public var isBetter: Bool
        public var configuration: MemberConfiguration
    }

    public enum Event: Sendable {
        case trial(member: String, round: Int, rounds: Int, trial: Int, share: Double, values: [String: TuningValue])
        case result(Result)
        case note(String)
    }

    /// A folder that cannot be used for a search.
    public struct Refused: Error, CustomStringConvertible {
        public var description: String
    }

    public let folder: String
    public let plan: Plan
    /// In the order in which they came.
    public private(set) var results: [Result]

    private var planPath: String { folder + "/tuning.json" }
    private var linesPath: String { folder + "/trials.jsonl" }
    public var configurationPath: String { folder + "/configuration.json" }

    /// - Parameter resuming: goes on with the search in the folder, which must be of the same plan.
    /// - Throws: `Refused` and `FileError`.
    public init(_ plan: Plan, folder: String, resuming: Bool) throws {
        self.folder = folder
        self.plan = plan
        results = []
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let exists = FileManager.default.fileExists(atPath: planPath)
        if exists, !resuming { throw Refused(description: "\(folder) holds a search already; --resume continues it, or choose another folder") }
        if resuming {
            guard exists else { throw Refused(description: "\(folder) holds no search to resume; begin one without --resume") }
            guard let data = FileManager.default.contents(atPath: planPath), let old = try? JSONDecoder().decode(Plan.self, from: data) else {
                throw Refused(description: "\(planPath) is damaged or of another version; begin anew in another folder")
            }
            guard old == plan else {
                throw Refused(description: "the search in \(folder) is another one: \(Self.difference(old, plan)). Give the options and the data that it began with")
            }
            results = try JSONLines.read(Result.self, from: URL(fileURLWithPath: linesPath)).records
        } else {
            do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
                throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
            }
            try AtomicFile.write("", to: linesPath)
            try AtomicFile.write(try encoder.encode(plan), to: planPath)
        }
    }

    private static func difference(_ old: Plan, _ new: Plan) -> String {
        if old.data != new.data { return "it learns from \(old.data), not from \(new.data)" }
        if old.members.map(\.base.name) != new.members.map(\.base.name) { return "its models are \(old.members.map(\.base.name).joined(separator: ", "))" }
        if old.members != new.members { return "its ranges are others" }
        return old.seed != new.seed ? "its seed is \(old.seed)" : "it has other trials, cases or rounds"
    }

    /// Runs the search to its end. Blocks; call it from a thread of its own.
    ///
    /// - Parameters:
    ///   - validation: what decides; never of a test.
    /// - Throws: `FileError` when a result cannot be kept. A trial that fails is no error: it scores 0.
    public mutating func perform(
        _ data: TrainingData, validation: [EvaluationCase], report: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws -> [Found] {
        let stride = max(1, validation.count / max(plan.cases, 1))
        let cases = Swift.stride(from: 0, to: validation.count, by: stride).map { validation[$0] }
        guard !cases.isEmpty else { throw Refused(description: "there is nothing to choose by: no user has three events") }
        var found: [Found] = []
        for (index, member) in plan.members.enumerated() {
            let base = member.base.resolved(for: data)
            guard base.isUseful(for: data) else {
                report(.note("\(base.name) finds nothing in this log to learn from and is left as it is"))
                continue
            }
            found.append(try search(base, member.ranges, seed: plan.seed &+ UInt64(index), data, cases, report))
        }
        try MemberFile(members: configuration(found)).write(to: configurationPath)
        try MemberTuningReport(plan, results: results, found: found).page.write(to: URL(fileURLWithPath: folder + "/report.html"))
        return found
    }

    /// All models of the plan, with what was found for them.
    private func configuration(_ found: [Found]) -> [MemberConfiguration] {
        plan.members.map { member in found.first { $0.member == member.base.name }?.configuration ?? member.base }
    }

    private mutating func search(
        _ base: MemberConfiguration, _ ranges: [SettingRange<MemberSetting>], seed: UInt64, _ data: TrainingData, _ cases: [EvaluationCase],
        _ report: @escaping @Sendable (Event) -> Void
    ) throws -> Found {
        let places = SuccessiveHalving.places(count: plan.halving.trials, dimensions: ranges.count, seed: seed)
        let trials = places.map { place in Dictionary(uniqueKeysWithValues: zip(ranges, place).map { ($0.setting.rawValue, $0.value(at: $1)) }) }
        let rungs = plan.halving.rungs, whole = rungs[rungs.count - 1].budget
        func result(_ trial: Int, round: Int, budget: Int, _ values: [String: TuningValue]) throws -> Result {
            if let known = results.first(where: { $0.member == base.name && $0.trial == trial && $0.round == round }) { return known }
            let share = Double(budget) / Double(whole)
            report(.trial(member: base.name, round: round, rounds: rungs.count, trial: trial, share: share, values: values))
            let new = run(base, trial: trial, round: round, share: share, values, data, cases, report)
            results.append(new)
            try keep()
            report(.result(new))
            return new
        }
        var candidates = Array(1...trials.count)
        var last: Result?
        for (index, rung) in rungs.enumerated() {
            let scores = try candidates.prefix(rung.trials).map { trial in
                let own = try result(trial, round: index + 1, budget: rung.budget, trials[trial - 1])
                return (trial: trial, score: own.ndcg)
            }
            candidates = SuccessiveHalving.survivors(scores, count: scores.count)
            if index == rungs.count - 1 { last = try result(candidates[0], round: index + 1, budget: rung.budget, trials[candidates[0] - 1]) }
        }
        let usual = try result(0, round: rungs.count, budget: whole, [:])
        let isBetter = last.map { $0.failure == nil && $0.ndcg > usual.ndcg } ?? false
        let chosen = isBetter ? last! : usual
        return Found(
            member: base.name, values: chosen.values, ndcg: chosen.ndcg, usual: usual.ndcg, isBetter: isBetter,
            configuration: isBetter ? try Self.configuration(base, chosen.values) : base)
    }

    private static func configuration(_ base: MemberConfiguration, _ values: [String: TuningValue]) throws -> MemberConfiguration {
        try base.setting(
            Dictionary(
                uniqueKeysWithValues: values.map { name, value in
                    let number: PropertyValue = switch value {
                    case .number(let number): .number(number)
                    case .name(let name): .text(name)
                    }
                    return (String(name.drop { $0 != "." }.dropFirst()), number)
                }))
    }

    private func run(
        _ base: MemberConfiguration, trial: Int, round: Int, share: Double, _ values: [String: TuningValue], _ data: TrainingData,
        _ cases: [EvaluationCase], _ report: @escaping @Sendable (Event) -> Void
    ) -> Result {
        let start = ContinuousClock.now
        var result = Result(
            member: base.name, trial: trial, round: round, share: share, values: values, ndcg: 0, hitRate: 0, seconds: 0, failure: nil)
        do {
            var part = data
            let seed = plan.seed
            if share < 1 {
                // The same users in all trials of a round, and those of a round before among them.
                part.log = data.log.filtered { user, _ in
                    var random = RandomSource(seed, UInt64(user), 0x7E57)
                    return Double(random.uniform()) < share
                }
            }
            let configuration = try Self.configuration(base, values).scaled(to: share)
            let (model, _) = try configuration.fit(part, validation: cases, initial: nil) { report(.note($0)) }
            let metrics = try RankingEvaluation(model, cases: cases, lengths: [plan.k], threads: data.threads).metrics(at: plan.k)
            (result.ndcg, result.hitRate) = (metrics.ndcg, metrics.hitRate)
        } catch {
            result.failure = "\(error)"
        }
        result.seconds = (ContinuousClock.now - start) / .seconds(1)
        return result
    }

    /// Few and short lines: the whole file in one rename leaves no half line behind.
    private func keep() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try results.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        try AtomicFile.write(lines.joined(), to: linesPath)
    }
}
