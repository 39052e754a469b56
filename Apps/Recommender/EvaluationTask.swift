import ArgumentParser
import EventStore
import Foundation
import Interactions
import LogImport
import Recommendation
import Reporting

/// What `evaluate` measures: a log with its division, whoever made it.
struct EvaluationTask {
    /// Of the log.
    var name: String
    /// How it was divided, in one sentence.
    var division: String
    var training: TrainingData
    var everything: TrainingData
    var validation: [EvaluationCase]
    var test: [EvaluationCase]
    /// The length of list that figures are given for.
    var k: Int
    /// Kinds of events that are to be foreseen; nil where the division has its own protocol.
    var wanted: [EventKind]?
    var publishedMetrics: [String] = []
    var published: [PublishedSplit.Published] = []

    /// A published division of a log.
    init(_ preset: PublishedSplit.Preset, folder: String, options: RecommenderOptions, hasOwnWeights: Bool, attributes: Bool) throws {
        let split = try PublishedSplit(preset, folder: folder, seed: options.seed, threads: options.threads, attributes: attributes)
        (name, division) = (preset.rawValue, preset.description)
        (validation, test, k) = (split.validation, split.test, split.k)
        (publishedMetrics, published) = (split.metrics, split.published)
        (training, everything) = (split.training, split.everything)
        if hasOwnWeights { (training.weights, everything.weights) = (options.weights, options.weights) }
    }

    /// A shop's own store.
    init(store path: String, rule: any EvaluationSplitRule, asking: QuestionOptions, options: RecommenderOptions, attributes: Bool) throws {
        let store = try SQLiteEventStore(path: path, access: .readOnly)
        let log = try store.interactionLog()
        let questions = asking.questions(about: log)
        self.init(
            name: URL(fileURLWithPath: path).lastPathComponent, split: try rule.split(log, asking: questions),
            items: attributes ? try store.items() : [], questions: questions, options)
    }

    /// Files that somebody divided already.
    init(
        train: String, validation: String?, test: String, order: LineOrder?, asking: QuestionOptions, options: RecommenderOptions, attributes: Bool
    ) throws {
        var items: [Item] = []
        func append(_ path: String, to builder: inout InteractionLogBuilder) throws {
            let reader = try LogReader(path: path, options: LogOptions(isOrdered: order.map { $0 == .ordered }, now: now()))
            builder.isInOrder = builder.isInOrder || reader.isOrdered
            while let batch = try reader.next(maximumEvents: 100_000) {
                for event in batch.events { try builder.append(event) }
                items += batch.items.map(\.item)
                if let bad = batch.rejects.first { throw BadLine(path: path, line: bad.line, reason: bad.reason) }
            }
        }
        var first = InteractionLogBuilder()
        try append(train, to: &first)
        var both = first
        let training = first.build()
        var weighing: InteractionLog?
        if let validation {
            var second = InteractionLogBuilder(users: training.users, items: training.items)
            try append(validation, to: &second)
            weighing = second.build()
            try append(validation, to: &both)
        }
        let everything = both.build()
        var third = InteractionLogBuilder(users: everything.users, items: everything.items)
        try append(test, to: &third)
        let questions = asking.questions(about: training)
        let split = try GivenSplit.split(
            training: training, validation: weighing, test: third.build(), everything: everything, asking: questions)
        self.init(
            name: URL(fileURLWithPath: test).lastPathComponent, split: split, items: attributes ? items : [], questions: questions, options)
    }

    private init(name: String, split: EvaluationSplit, items: [Item], questions: Questions, _ options: RecommenderOptions) {
        func data(_ log: InteractionLog) -> TrainingData {
            TrainingData(
                log: log, weights: options.weights, catalog: log.items.numbered(items), seed: options.seed, threads: options.threads)
        }
        (self.name, division, k) = (name, split.description, 10)
        (training, everything) = (data(split.training), data(split.everything))
        (validation, test) = (split.validation, split.test)
        wanted = questions.wanted.sorted { $0.rawValue < $1.rawValue }
    }

    /// A file of a division has to be right to the last line, or figures would be of something else.
    struct BadLine: Error, CustomStringConvertible {
        var path: String
        var line: Int
        var reason: String
        var description: String { "\(path):\(line): \(reason); correct the line, or import the file into a store and split that" }
    }
}

/// What `evaluate` asks about.
struct QuestionOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Kinds of events to foresee, separated by commas; unless given, the most valued kind that many users have.", valueName: "kinds"))
    var wanted: String?

    @Flag(name: .customLong("with-repeats"), help: "Ask also for what a user had before, and allow it as an answer.")
    var allowsRepeats = false

    @Flag(name: .customLong("with-newcomers"), help: "Ask also about users who had done nothing before the question.")
    var asksNewcomers = false

    func questions(about log: InteractionLog) -> Questions {
        guard let wanted else { return Questions(about: log, allowsRepeats: allowsRepeats, asksNewcomers: asksNewcomers) }
        let kinds = wanted.split(separator: ",").map { EventKind(rawValue: String($0)) }
        return Questions(wanted: Set(kinds), allowsRepeats: allowsRepeats, asksNewcomers: asksNewcomers)
    }
}
