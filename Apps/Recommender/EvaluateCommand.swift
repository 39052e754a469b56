import ArgumentParser
import Foundation
import Interactions
import Recommendation
import Reporting

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure what the models are worth: on a shop's own log, or against figures that others published.",
        discussion: """
            The training part of a division teaches the models, its validation part weighs them, and its test part is ranked \
            once, all items against all. Every model stands beside the blend, popularity and chance, with 95 % intervals over \
            users and a paired test of the blend against each; --compare tests two others.

            --store divides a shop's own events: by time (as a shop lives), by user (people the models never met), or by \
            leaving out each user's last wanted event. --preset names a division on which figures were published. --train and \
            --test name files that are divided already, of any format that `import` reads.

            PRESETS
            \(PublishedSplit.Preset.allCases.map { "  \($0.rawValue): \($0.description)" }.joined(separator: "\n"))
              \(EvaluateRatingsCommand.Preset.movielens100k.rawValue): ratings, which are not ranked: `recommender evaluate-ratings` measures them

            EXAMPLES
              recommender evaluate --store shop.db --split time --report evaluation.html
              recommender evaluate --store shop.db --split user --share 0.2 --equal-weights
              recommender evaluate --store shop.db --against-weight cancellation=0
              recommender evaluate --store shop.db --compare neighbors,sequence
              recommender evaluate --preset beauty --data logs/beauty
              recommender evaluate --preset gowalla --data logs/gowalla --members neighbors,als --json
              recommender evaluate --train train.csv --validation valid.csv --test test.csv --wanted purchase

            EXIT CODES
              0  measured
              1  the files or the store cannot be used, or the division leaves nothing to measure
              64 the command was not understood
            """)

    enum SplitName: String, CaseIterable, ExpressibleByArgument {
        case time, user
        case leaveOneOut = "leave-one-out"
    }

    @Option(
        help: ArgumentHelp("A published division: \(PublishedSplit.Preset.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"),
        transform: Self.preset)
    var preset: PublishedSplit.Preset?

    @Option(help: ArgumentHelp("The folder that holds the preset's files.", valueName: "folder"), completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("A store of events to divide. (default: shop.db, where neither a preset nor logs are given)", valueName: "file"), completion: .file())
    var store: String?

    @Option(help: ArgumentHelp("How to divide the store: \(SplitName.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "way"))
    var split = SplitName.time

    @Option(help: ArgumentHelp("Of the events, or users, for the test; as many weigh the models.", valueName: "share"))
    var share = 0.1

    @Option(help: ArgumentHelp("A log to learn from.", valueName: "file"), completion: .file())
    var train: String?

    @Option(help: ArgumentHelp("A log that weighs the models.", valueName: "file"), completion: .file())
    var validation: String?

    @Option(help: ArgumentHelp("A log to foresee.", valueName: "file"), completion: .file())
    var test: String?

    @Flag(help: "Whether the events of such logs without times come in the order of time, as in `import`.")
    var order: LineOrder?

    @OptionGroup var asking: QuestionOptions
    @OptionGroup var training: TrainingOptions

    @Flag(help: "Let every event of every kind count 1.")
    var equalWeights = false

    @Flag(help: "Also train a blend for which every event counts 1, and test against it.")
    var againstEqualWeights = false

    @Option(name: .customLong("against-weight"), help: ArgumentHelp(
        "Also train a blend for which a kind of event counts this, and test against it; may be repeated.", valueName: "kind=number"))
    var againstWeights: [String] = []

    @Option(name: .customLong("compare"), help: ArgumentHelp(
        "Also test two models against each other, such as neighbors,sequence; may be repeated.", valueName: "model,model"))
    var comparisons: [String] = []

    @Flag(help: "Leave out what is known of the items besides the events.")
    var withoutAttributes = false

    @Flag(help: "Also tell what learning from validation too adds.")
    var refit = false

    @Option(name: .customLong("k"), help: ArgumentHelp("Lengths of the lists to look at, separated by commas.", valueName: "counts"))
    var lengths = "5,10,20,50"

    @Option(help: ArgumentHelp("Write a web page with charts and examples.", valueName: "file"), completion: .file())
    var report: String?

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    /// The store to divide; nil where something else is.
    private var dividedStore: String? { store ?? (preset == nil && train == nil ? "shop.db" : nil) }

    func validate() throws {
        for input in [dividedStore, train, test, validation].compactMap({ $0 }) { try checkOutput(report, "--report", isNot: input) }
        switch (preset, store, train, test) {
        case (_?, nil, nil, nil):
            if data == nil { throw ValidationError("--preset needs --data, the folder with its files") }
        case (nil, _, nil, nil), (nil, nil, _?, _?): break
        default: throw ValidationError("give one of --store, --preset with --data, or --train with --test")
        }
        if order != nil, train == nil { throw ValidationError("--ordered and --unordered go with --train and --test") }
        if !(share > 0 && share < 0.5) { throw ValidationError("--share must be more than 0 and less than 0.5") }
        if equalWeights, !training.weights.isEmpty { throw ValidationError("give --weight or --equal-weights, not both") }
        if againstEqualWeights, !againstWeights.isEmpty { throw ValidationError("give --against-weight or --against-equal-weights, not both") }
        _ = try (options(), counts(), rival(), pairs())
    }

    private func counts() throws -> [Int] {
        let counts = lengths.split(separator: ",").map { Int($0) }
        guard !counts.isEmpty, counts.allSatisfy({ $0.map { (1...1_000).contains($0) } ?? false }) else {
            throw ValidationError("--k \(lengths) is not a list of numbers from 1 to 1000, such as 5,10,20")
        }
        return Set(counts.compactMap { $0 }).sorted()
    }

    private static func preset(_ name: String) throws -> PublishedSplit.Preset {
        if let preset = PublishedSplit.Preset(rawValue: name) { return preset }
        if EvaluateRatingsCommand.Preset(rawValue: name) != nil {
            throw ValidationError("\(name) has ratings, which are not ranked: recommender evaluate-ratings --preset \(name) --data FOLDER")
        }
        throw ValidationError("there is no preset \(name); there are \(PublishedSplit.Preset.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// Pairs of models to test against each other.
    private func pairs() throws -> [(first: String, second: String)] {
        let known = try training.memberConfigurations().map(\.name)
            + [Blend.name, Popularity.name, Resurfacing.name] + (asking.allowsRepeats ? [EvaluationOutcome.ownItems] : [])
        return try comparisons.map { text in
            let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard names.count == 2, names[0] != names[1] else {
                throw ValidationError("--compare \(text) does not name two models, such as neighbors,sequence")
            }
            if let stray = names.first(where: { !known.contains($0) }) {
                var seen: Set<String> = []
                let measured = known.filter { seen.insert($0).inserted }.joined(separator: ", ")
                throw ValidationError("--compare \(text): \(stray) is not measured; these are: \(measured)")
            }
            return (names[0], names[1])
        }
    }

    private func options() throws -> RecommenderOptions {
        var options = try training.options()
        if equalWeights { options.weights = EventWeights([:], other: 1, halfLifeDays: training.halfLife) }
        return options
    }

    /// Other weights to train a second blend with.
    private func rival() throws -> EvaluationOutcome.Rival? {
        if againstEqualWeights {
            return .init(name: "blend, every event counting 1", weights: EventWeights([:], other: 1, halfLifeDays: training.halfLife))
        }
        guard !againstWeights.isEmpty else { return nil }
        var other = training
        other.weights += againstWeights
        return .init(name: "blend with \(againstWeights.joined(separator: ", "))", weights: try other.options().weights)
    }

    private func task(_ options: RecommenderOptions) throws -> EvaluationTask {
        if let preset {
            let hasOwnWeights = equalWeights || !training.weights.isEmpty || training.halfLife != nil
            return try EvaluationTask(
                preset, folder: data ?? ".", options: options, hasOwnWeights: hasOwnWeights, attributes: !withoutAttributes)
        }
        if let store = dividedStore {
            let rule: any EvaluationSplitRule = switch split {
            case .time: TimeSplit(share: share)
            case .user: UserSplit(share: share, seed: options.seed)
            case .leaveOneOut: LastWantedSplit()
            }
            return try EvaluationTask(store: store, rule: rule, asking: asking, options: options, attributes: !withoutAttributes)
        }
        return try EvaluationTask(
            train: train ?? "", validation: validation, test: test ?? "", order: order, asking: asking, options: options, attributes: !withoutAttributes)
    }

    func run() throws {
        do {
            let options = try options()
            let outcome = try EvaluationOutcome(
                try task(options), options: options, lengths: try counts(), refit: refit, rival: try rival(), pairs: try pairs(),
                allowsRepeats: asking.allowsRepeats
            ) { if !json { StandardErrorOutput().write($0 + "\n") } }
            if let report {
                try EvaluationPage(outcome: outcome, command: CommandLine.arguments.dropFirst().joined(separator: " ")).page
                    .write(to: URL(fileURLWithPath: report))
            }
            for pair in try pairs() where !outcome.comparison.pairs.contains(where: { $0.first == pair.first && $0.second == pair.second }) {
                StandardErrorOutput().write("--compare \(pair.first),\(pair.second): the log gives one of the two nothing to learn from\n")
            }
            if json { return try printJSON(outcome) }
            print(outcome.text)
            if let report { print("\nThe page with charts and examples is in \(report).") }
        } catch let error as ValidationError {
            throw error
        } catch {
            throw fail("evaluate", error)
        }
    }
}

extension PublishedSplit.Preset: ExpressibleByArgument {}
