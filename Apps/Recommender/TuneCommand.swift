import ArgumentParser
import EventStore
import Foundation
import Interactions
import Recommendation
import Reporting
import Training

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Search for good settings of the models.",
        discussion: """
            One model after the other: trials draw their settings from ranges and learn from a share of the users, the best third \
            from three times as many, and so on, until one has learned from all (successive halving). What decides is what users \
            did last, which is kept back; with --preset, its validation part. No test is looked at. Where nothing is better than \
            the settings the search began with, they stay.

            The events are those of a store, or with --preset and --data a published division of a log. The transformer is \
            searched only where --members names it: it takes long.

            A range is written MODEL.SETTING=LOW...HIGH, with :log for even steps of factors, or MODEL.SETTING=VALUE,VALUE. A model \
            with a range of its own is searched in its ranges alone; others in:
            \(Self.usualRanges)

            Every result is in trials.jsonl in the --output folder before the next trial begins. A search that was cut off, even \
            by kill -9, goes on with the same options and --resume, and ends with the same settings: configuration.json, which \
            train takes. report.html shows what mattered.

            EXAMPLES
              recommender tune --store shop.db
              recommender tune --store shop.db --members als,neighbors --range als.penalty=0.01...10:log --trials 27
              recommender tune --preset beauty --data logs/beauty --output tuning-beauty --resume
              recommender train --configuration tuning/configuration.json

            EXIT CODES
              0  done
              1  the data or the folder cannot be used
              64 the command was not understood
            """)

    /// Searched unless told otherwise.
    private static let usualMembers = ["neighbors", "als", "sessions", "content"]

    private static var usualRanges: String {
        (usualMembers + ["sequence"]).map { "  " + SettingRange<MemberSetting>.usual(for: $0).map(\.description).joined(separator: " ") }
            .joined(separator: "\n")
    }

    @Option(help: ArgumentHelp("The store of events.", valueName: "file"), completion: .file())
    var store = "shop.db"

    @Option(help: ArgumentHelp("A published division of a log instead of a store.", valueName: "name"))
    var preset: PublishedSplit.Preset?

    @Option(help: ArgumentHelp("The folder of the preset's files.", valueName: "folder"), completion: .directory)
    var data: String?

    @OptionGroup var training: TrainingOptions

    @Option(name: .customLong("range"), help: ArgumentHelp("A setting and its values; may be repeated.", valueName: "setting=values"))
    var ranges: [String] = []

    @Option(help: "Trials of the first round, for each model.")
    var trials = 9

    @Option(help: "One trial of so many goes on to the next round.")
    var factor = 3

    @Option(help: ArgumentHelp("Questions that each trial is asked.", valueName: "count"))
    var cases = 2_000

    @Option(help: ArgumentHelp("Folder for everything the search writes.", valueName: "folder"), completion: .directory)
    var output = "tuning"

    @Flag(help: "Continue the search in the --output folder.")
    var resume = false

    @Flag(help: "Print what was found as JSON on standard output.")
    var json = false

    func validate() throws {
        guard trials >= 1, trials <= 10_000, factor >= 2, cases >= 1 else {
            throw ValidationError("--trials must be from 1 to 10000, --factor at least 2 and --cases at least 1")
        }
        if (preset == nil) != (data == nil) { throw ValidationError("--preset and --data go together") }
        _ = try members()
    }

    /// The models that are searched, and where.
    private func members() throws -> [MemberTuning.Plan.Member] {
        let parsed: [SettingRange<MemberSetting>]
        do { parsed = try ranges.map { try SettingRange<MemberSetting>(parsing: $0) } } catch { throw ValidationError("\(error)") }
        if let twice = Dictionary(grouping: parsed, by: \.setting).first(where: { $0.value.count > 1 })?.key {
            throw ValidationError("--range \(twice.rawValue) is given twice")
        }
        let configured = try training.memberConfigurations()
        let chosen = training.members != nil || training.configuration != nil
            ? configured
            : configured.filter { member in
                Self.usualMembers.contains(member.name) || parsed.contains { $0.setting.member == member.name }
            }
        if let stray = parsed.first(where: { range in !chosen.contains { $0.name == range.setting.member } }) {
            throw ValidationError("--range \(stray.setting.rawValue): \(stray.setting.member) is not among the models that are searched")
        }
        let members = chosen.compactMap { member -> MemberTuning.Plan.Member? in
            let own = parsed.filter { $0.setting.member == member.name }
            let used = own.isEmpty ? SettingRange<MemberSetting>.usual(for: member.name) : own
            return used.isEmpty ? nil : .init(base: member, ranges: used)
        }
        if members.isEmpty { throw ValidationError("none of the models has a setting to search") }
        return members
    }

    func run() throws {
        do {
            let (data, validation, source, k) = try questions()
            let plan = MemberTuning.Plan(
                members: try members(), trials: trials, factor: factor, cases: cases, k: k, seed: training.seed,
                data: "\(source): \(HumanReadable.count(data.log.eventCount, "event")), \(HumanReadable.count(data.log.userCount, "user"))")
            var tuning = try MemberTuning(plan, folder: output, resuming: resume)
            if resume { StandardErrorOutput().write("\(HumanReadable.count(tuning.results.count, "result")) so far\n") }
            let found = try tuning.perform(data, validation: validation) { event in
                switch event {
                case .trial(let member, let round, let rounds, let trial, let share, let values):
                    StandardErrorOutput().write(
                        "\(member), round \(round) of \(rounds), \(HumanReadable.percentage(share, places: 0)) of the users, "
                            + (trial == 0 ? "settings as they were\n" : "trial \(trial): \(MemberTuningReport.words(values))\n"))
                case .result(let result):
                    StandardErrorOutput().write(
                        result.failure.map { "  failed: \($0)\n" }
                            ?? "  NDCG@\(k) \(HumanReadable.decimal(result.ndcg, places: 4)) after \(HumanReadable.decimal(result.seconds, places: 1)) s\n")
                case .note(let text): StandardErrorOutput().write("  \(text)\n")
                }
            }
            try show(found, k)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw fail("tune", error)
        }
    }

    /// What is learned from, and what decides.
    private func questions() throws -> (TrainingData, [EvaluationCase], source: String, k: Int) {
        let options = try training.options()
        if let preset, let data {
            let split = try PublishedSplit(preset, folder: data, seed: options.seed, threads: options.threads)
            return (split.training, split.validation, preset.rawValue, split.k)
        }
        let store = try SQLiteEventStore(path: store, access: .readOnly)
        let log = try store.interactionLog()
        let everything = TrainingData(
            log: log, weights: options.weights, catalog: log.items.numbered(try store.items()), seed: options.seed, threads: options.threads)
        let (training, validation) = RecommenderTraining.keepingBack(everything, users: options.validationUsers)
        return (training, validation, self.store, 10)
    }

    private func show(_ found: [MemberTuning.Found], _ k: Int) throws {
        if json {
            struct Answer: Encodable {
                struct Member: Encodable {
                    var name: String
                    var ndcg: Double
                    var usual: Double
                    var settings: [String: TuningValue]
                    var isBetter: Bool
                }
                var members: [Member]
                var configuration: String
            }
            return try printJSON(
                Answer(
                    members: found.map { .init(name: $0.member, ndcg: $0.ndcg, usual: $0.usual, settings: $0.values, isBetter: $0.isBetter) },
                    configuration: output + "/configuration.json"))
        }
        print(TextTable.text(
            header: ["model", "NDCG@\(k) before", "found", "settings"],
            rows: found.map {
                [
                    $0.member, HumanReadable.decimal($0.usual, places: 4), HumanReadable.decimal($0.ndcg, places: 4),
                    $0.isBetter ? MemberTuningReport.words($0.values) : "as they were: nothing was better",
                ]
            }))
        print("\nThe pictures: \(output)/report.html")
        print("To train with what was found:\n  recommender train --configuration \(output)/configuration.json")
    }
}
