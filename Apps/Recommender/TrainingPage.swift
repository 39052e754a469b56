import Foundation
import Interactions
import ModelStore
import Recommendation
import Reporting

/// The page of `train` and `retrain`: what was learned from, what came out, what it cost, and what people would see.
struct TrainingPage {
    /// The new model against the one in service.
    struct Gate {
        var previous: Int
        var cases: Int
        var old: RankingMetrics
        var new: RankingMetrics
        var reason: String
        var isPromoted: Bool
    }

    var store: String
    /// Nil where the new model was not kept.
    var version: Int?
    var log: InteractionLog
    var model: RecommenderModel
    var result: RecommenderTraining.Result
    var options: RecommenderOptions
    var gate: Gate?
    var cost: TrainingCost

    static let users = 10

    init(
        store: String, version: Int?, log: InteractionLog, model: RecommenderModel, result: RecommenderTraining.Result, options: RecommenderOptions,
        gate: Gate? = nil
    ) {
        (self.store, self.version, self.log, self.model) = (store, version, log, model)
        (self.result, self.options, self.gate) = (result, options, gate)
        cost = TrainingCost(seconds: model.provenance.seconds)
    }

    var page: ReportPage {
        let examples = UserExample.suggested(by: model, to: log, count: Self.users)
        var sections: [ReportSection] = []
        if let gate { sections.append(comparison(gate)) }
        sections += [learnedFrom, models, costs]
        if !examples.isEmpty {
            sections.append(ReportSection(
                Self.examplesTitle, lead: "Some users of the log, evenly taken and not chosen, with what they would be suggested now, and why.",
                blocks: examples.flatMap(\.blocks)))
        }
        sections.append(settings)
        return ReportPage(
            title: version.map { "Version \($0) of the recommender" } ?? "A model that was not put into service",
            subtitle: "Learned from \(URL(fileURLWithPath: store).lastPathComponent) on \(model.provenance.created.formatted(.iso8601))",
            footer: gate == nil ? "recommender train" : "recommender retrain", sections: sections)
    }

    /// Writes the page; a page that cannot be written is told of and changes nothing else.
    ///
    /// - Returns: the path, nil where the page was not written.
    func write(to path: String) -> String? {
        do {
            try page.write(to: URL(fileURLWithPath: path))
            return path
        } catch {
            StandardErrorOutput().write("the report is not written: \(error)\n")
            return nil
        }
    }

    private func comparison(_ gate: Gate) -> ReportSection {
        guard gate.cases > 0 else {
            return ReportSection("Old against new") { Callout(gate.reason, tone: gate.isPromoted ? .good : .caution) }
        }
        let greatest = max(gate.old.ndcg, gate.new.ndcg, 1e-9)
        return ReportSection("Old against new", lead: "Both were asked what the users did in the newest part of the log, before the new one learned from it.") {
            Callout(gate.reason, tone: gate.isPromoted ? .good : .caution)
            DataTable(
                columns: [.init("On \(HumanReadable.count(gate.cases, "question"))"), .init("NDCG@10"), .init("HR@10", alignment: .right)],
                rows: [("version \(gate.previous), in service until now", gate.old), ("new", gate.new)].map { name, metrics in
                    [
                        .init(name), .bar(metrics.ndcg / greatest, label: HumanReadable.decimal(metrics.ndcg, places: 4)),
                        .init(HumanReadable.decimal(metrics.hitRate, places: 4)),
                    ]
                }, highlightedRows: [1])
        }
    }

    private var learnedFrom: ReportSection {
        var counts = [Int](repeating: 0, count: log.kinds.count)
        for kind in log.eventKinds { counts[Int(kind)] += 1 }
        let all = Double(max(log.eventCount, 1))
        return ReportSection("What it learned from", lead: span) {
            FigureCards([
                Figure(HumanReadable.count(log.eventCount), label: "Events"), Figure(HumanReadable.count(log.userCount), label: "Users"),
                Figure(HumanReadable.count(log.itemCount), label: "Items"),
            ])
            DataTable(
                columns: [.init("Kind of event"), .init("Share"), .init("Events", alignment: .right), .init("Counts", alignment: .right)],
                rows: log.kinds.indices.sorted { counts[$0] > counts[$1] }.map { kind in
                    let share = Double(counts[kind]) / all
                    return [
                        .init(log.kinds[kind].rawValue), .bar(share, label: HumanReadable.percentage(share, places: 1)),
                        .init(HumanReadable.count(counts[kind])), .init(HumanReadable.significant(options.weights[log.kinds[kind]])),
                    ]
                })
        }
    }

    private var span: String {
        guard log.hasTimes, let first = log.eventTimes.min() else { return "The log tells no times." }
        func day(_ time: Int64) -> String {
            Date(timeIntervalSince1970: Double(time) / 1000).formatted(.iso8601.year().month().day())
        }
        return "Events from \(day(first)) to \(day(log.latest))."
    }

    private var models: ReportSection {
        ReportSection(
            "What came out",
            lead: "The last wanted event of some users was kept back: what each model was worth on it decides its weight in the blend."
        ) {
            FigureCards([
                Figure(
                    HumanReadable.decimal(100 * result.validation.hitRate, places: 1), unit: "%", label: "found among ten (blend)",
                    explanation: "of the questions in validation", tone: .good),
                Figure(HumanReadable.decimal(result.validation.ndcg, places: 4), label: "NDCG@10 (blend)", explanation: "in validation, which chose the weights: `evaluate` measures without this flattery"),
            ])
            MemberBlocks(result.members).blocks
        }
    }

    private var costs: ReportSection {
        ReportSection("What it cost", lead: "On \(cost.machine).") { FigureCards(cost.figures) }
    }

    private var settings: ReportSection {
        ReportSection("How it was made") {
            DefinitionList([
                ("Store", store), ("Seed", "\(options.seed)"), ("Threads", "\(options.threads)"),
                ("Half-life of events", options.weights.halfLifeDays.map { "\(HumanReadable.significant($0)) days" } ?? "none"),
                ("Learned again from everything", options.refits ? "yes, once the weights were known" : "no"),
                ("Latest event", log.hasTimes ? Date(timeIntervalSince1970: Double(log.latest) / 1000).formatted(.iso8601) : "unknown"),
            ])
        }
    }
}

extension TrainingPage {
    private static let examplesTitle = "What people would see"

    /// A written page without its examples, where one of them names a user; nil where none does.
    static func withoutExamples(_ page: String, naming user: String) -> String? {
        guard page.contains("<strong>\(HTML(text: UserExample.title(of: user)).markup)</strong>") else { return nil }
        let heading = "<h2>\(examplesTitle)</h2>\n"
        guard let start = page.range(of: heading), let end = page.range(of: "</section>", range: start.upperBound..<page.endIndex) else {
            return nil
        }
        return page.replacingCharacters(
            in: start.upperBound..<end.lowerBound,
            with: "<p class=\"lead\">The examples are gone: somebody whom they named has been forgotten.</p>\n")
    }
}
