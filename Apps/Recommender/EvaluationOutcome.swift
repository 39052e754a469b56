import Foundation
import Interactions
import Recommendation
import Reporting

/// What `evaluate` found out: everything its text, its page and its JSON tell.
struct EvaluationOutcome: Encodable {
    /// A figure of others, by the name of the metric.
    struct Published: Encodable {
        var system: String
        var values: [String: Double]
    }

    /// A second blend, which learns with other weights of events.
    struct Rival {
        var name: String
        var weights: EventWeights
    }

    var log: String
    var division: String
    var wanted: [String]?
    var events: Int
    var users: Int
    var items: Int
    var validationQuestions: Int
    var seed: UInt64
    var weights: [String: Double]
    var comparison: ModelComparison
    var members: [RecommenderTraining.MemberResult]
    var published: [Published]
    var examples: [UserExample]
    var cost: TrainingCost

    /// Trains on the task's training part and measures on its test part.
    init(
        _ task: EvaluationTask, options: RecommenderOptions, lengths: [Int], refit: Bool, rival: Rival? = nil,
        pairs: [(first: String, second: String)] = [], allowsRepeats: Bool, progress: @escaping @Sendable (String) -> Void
    ) throws {
        let start = ContinuousClock.now
        let data = task.training, trainer = RecommenderTraining(options, report: progress)
        let result = try trainer.fit(data, validation: task.validation)
        members = result.members
        var contestants = zip(result.blend.members, result.members).map { member, own in
            ModelComparison.Contestant(
                own.name, Self.trivial.contains(own.name) ? .trivial : .member, member.model, weight: own.weight, seconds: own.seconds,
                validation: own.validation)
        }
        contestants.append(.init(Blend.name, .blend, result.blend, validation: result.validation))
        if refit {
            contestants.append(.init("blend that learned from validation too", .blend, try trainer.refit(result, on: task.everything)))
        }
        if let rival {
            progress("training the \(rival.name)")
            var other = data
            other.weights = rival.weights
            let result = try trainer.fit(other, validation: task.validation)
            contestants.append(.init(rival.name, .blend, result.blend, validation: result.validation))
        }
        if !contestants.contains(where: { $0.name == Popularity.name }) {
            contestants.append(.init(Popularity.name, .trivial, Popularity(data)))
        }
        if allowsRepeats {
            var again = Resurfacing.Configuration()
            again.final = [.hide]
            contestants.append(.init(Self.ownItems, .trivial, Resurfacing(data, configuration: again)))
        } else if data.log.kinds.count > 1, !contestants.contains(where: { $0.name == Resurfacing.name }) {
            contestants.append(.init(Resurfacing.name, .trivial, Resurfacing(data)))
        }
        comparison = try ModelComparison(
            contestants, on: task.test, data: data, lengths: lengths, k: lengths.contains(task.k) ? task.k : lengths[0], pairs: pairs,
            seed: options.seed, threads: options.threads, progress: progress)
        (log, division, wanted) = (task.name, task.division, task.wanted?.map(\.rawValue))
        (events, users, items) = (data.log.eventCount, data.log.userCount, data.log.itemCount)
        (validationQuestions, seed) = (task.validation.count, options.seed)
        weights = Dictionary(uniqueKeysWithValues: data.log.kinds.map { ($0.rawValue, data.weights[$0]) })
        published = task.published.map { other in
            Published(
                system: other.system,
                values: Dictionary(uniqueKeysWithValues: zip(task.publishedMetrics, other.values).compactMap { name, value in value.map { (name, $0) } }))
        }
        examples = UserExample.answered(task.test, comparison.answers, task.training, count: 8)
        cost = TrainingCost(seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// What answers by what a user had before.
    static let ownItems = "own items again"

    /// Models that any other has to beat, also where they are in the blend.
    private static let trivial: Set<String> = [Popularity.name, Resurfacing.name]

    /// Names of the columns of metrics, with what each shows.
    static func columns(k: Int) -> [(name: String, value: (MetricEstimates) -> ConfidenceInterval)] {
        [
            ("NDCG@\(k)", \.ndcg), ("HR@\(k)", \.hitRate), ("Recall@\(k)", \.recall), ("MRR@\(k)", \.reciprocalRank),
            ("MAP@\(k)", \.averagePrecision),
        ]
    }

    // MARK: Text

    var text: String {
        let about = wanted.map { " about \($0.joined(separator: ", "))" } ?? ""
        let size = "\(HumanReadable.count(events, "event")) of \(HumanReadable.count(users, "user")) on \(HumanReadable.count(items, "item"))"
        let weighing = HumanReadable.count(validationQuestions, "question")
        let asked = "\(HumanReadable.count(comparison.cases, "question")) of \(HumanReadable.count(comparison.users, "user"))\(about)"
        let columns = Self.columns(k: comparison.k).map(\.name)
        let rows = comparison.rows.map(cells) + published.map { cells(of: $0, columns) }
        var text = "\(log), \(division).\n\(size) to learn from; \(weighing) to weigh the models; \(asked); seed \(seed)\n\n"
        text += TextTable.text(header: ["model"] + columns + ["95 % of \(columns[0])", "coverage", "weight", "seconds"], rows: rows)
        for test in comparison.tests + comparison.pairs { text += "\n" + test.sentence }
        return comparison.groups.isEmpty ? text : text + "\n\n" + groupTable
    }

    private static func decimal(_ value: Double) -> String { HumanReadable.decimal(value, places: 4) }

    /// What a model weighs in the blend; after a stroke for items of the history, where they are weighed apart.
    func weight(of row: ModelComparison.Row) -> String {
        let again = row.role == .blend ? nil : members.first { $0.name == row.model }?.returning
        return [row.weight, again].compactMap { $0.map { HumanReadable.decimal(Double($0), places: 2) } }.joined(separator: " / ")
    }

    private func cells(of row: ModelComparison.Row) -> [String] {
        guard let metrics = row.metrics(at: comparison.k) else { return [row.model] }
        var cells = [row.model]
        for column in Self.columns(k: comparison.k) { cells.append(Self.decimal(column.value(metrics).estimate)) }
        cells.append(row.role == .chance ? "" : "\(Self.decimal(metrics.ndcg.lower)) to \(Self.decimal(metrics.ndcg.upper))")
        cells.append(row.lists.map { HumanReadable.percentage($0.coverage, places: 1) } ?? "")
        cells.append(weight(of: row))
        cells.append(row.seconds.map { HumanReadable.decimal($0, places: 1) } ?? "")
        return cells
    }

    private func cells(of other: Published, _ columns: [String]) -> [String] {
        ["published: \(other.system)"] + columns.map { other.values[$0].map(Self.decimal) ?? "" } + ["", "", "", ""]
    }

    private var groupTable: String {
        let rows = comparison.rows.filter { !$0.groups.isEmpty }.map { row -> [String] in
            [row.model] + comparison.groups.map { group in
                row.groups.first { $0.group == group.name }.map { Self.decimal($0.metrics.ndcg.estimate) } ?? ""
            }
        }
        let header = ["NDCG@\(comparison.k)"] + comparison.groups.map { "\($0.name) (\($0.targets))" }
        return TextTable.text(header: header, rows: rows)
    }
}
