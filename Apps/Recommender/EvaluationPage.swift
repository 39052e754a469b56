import Foundation
import Recommendation
import Reporting

/// The page of `evaluate`: who is best, whether that is more than chance, for whom, and what people would see.
struct EvaluationPage {
    var outcome: EvaluationOutcome
    /// What was typed, without the program's name.
    var command: String

    private var comparison: ModelComparison { outcome.comparison }
    private var k: Int { comparison.k }

    private static func decimal(_ value: Double) -> String { HumanReadable.decimal(value, places: 4) }

    private static func range(_ interval: ConfidenceInterval) -> String { "\(decimal(interval.lower)) to \(decimal(interval.upper))" }

    var page: ReportPage {
        var sections = [winners, lengths]
        if !comparison.tests.isEmpty || !comparison.pairs.isEmpty { sections.append(tests) }
        if !comparison.groups.isEmpty { sections.append(groups) }
        sections.append(lists)
        if !outcome.examples.isEmpty { sections.append(examples) }
        sections.append(cost)
        sections.append(provenance)
        return ReportPage(
            title: "What the models are worth on \(outcome.log)", subtitle: "\(outcome.division.prefix(1).uppercased() + outcome.division.dropFirst()).",
            footer: "recommender \(command)", sections: sections)
    }

    // MARK: Who is best

    private var blend: ModelComparison.Row? { comparison.rows.first { $0.role == .blend } }

    private var best: ModelComparison.Row? {
        comparison.rows.filter { $0.role == .member || $0.role == .trivial }.max { gain($0) < gain($1) }
    }

    private func gain(_ row: ModelComparison.Row) -> Double { row.metrics(at: k)?.ndcg.estimate ?? 0 }

    private var verdict: String {
        guard let blend, let best, gain(blend) > 0 else { return "No model found anything of what the users wanted next." }
        let chance = comparison.rows.last.flatMap { $0.metrics(at: k)?.ndcg.estimate } ?? 0
        let times = chance > 0 ? ", \(HumanReadable.significant(gain(blend) / chance, digits: 2)) times what chance reaches" : ""
        let isProven = comparison.tests.first { $0.second == best.model }.map { $0.pValue < 0.05 } ?? false
        let against = gain(blend) > gain(best)
            ? "The best single model, \(best.model), has \(Self.decimal(gain(best)))\(isProven ? "" : ", which may be as good")."
            : "A single model, \(best.model), has \(Self.decimal(gain(best))): \(isProven ? "better than the blend" : "the difference may be chance")."
        return "The blend has an NDCG@\(k) of \(Self.decimal(gain(blend)))\(times). \(against)"
    }

    private var winners: ReportSection {
        ReportSection(
            "Who is best?",
            lead: "\(HumanReadable.count(comparison.cases, "question")) of \(HumanReadable.count(comparison.users, "user")): all "
                + "\(HumanReadable.count(outcome.items)) items are ranked for each, never a sample, and the places of what the user wanted next are looked at."
        ) {
            FigureCards(cards)
            Callout(verdict)
            table
            "NDCG counts a wanted item the more the nearer it stands to the top; HR says whether any is among the first \(k); Recall how many of them; "
                + "MRR is one divided by the place of the first; MAP asks for all of them near the top. Weights of the blend were chosen on validation."
        }
    }

    private var cards: [Figure] {
        guard let metrics = blend?.metrics(at: k) else { return [] }
        var cards = [
            Figure(
                HumanReadable.decimal(100 * metrics.hitRate.estimate, places: 1), unit: "%", label: "found among \(k) (blend)",
                explanation: "of the questions; 95 %: \(HumanReadable.decimal(100 * metrics.hitRate.lower, places: 1)) to \(HumanReadable.decimal(100 * metrics.hitRate.upper, places: 1))",
                tone: .good),
            Figure(Self.decimal(metrics.ndcg.estimate), label: "NDCG@\(k) (blend)", explanation: "95 %: \(Self.range(metrics.ndcg))"),
        ]
        if let lists = blend?.lists {
            cards.append(Figure(
                HumanReadable.decimal(100 * lists.coverage, places: 1), unit: "%", label: "of the catalogue is shown",
                explanation: "to somebody, among \(k)"))
        }
        return cards
    }

    private var table: DataTable {
        let columns = EvaluationOutcome.columns(k: k)
        let greatest = max(
            comparison.rows.map(gain).max() ?? 0, outcome.published.compactMap { $0.values["NDCG@\(k)"] }.max() ?? 0, 1e-9)
        var rows = comparison.rows.map { row -> (gain: Double, isBlend: Bool, cells: [DataTable.Cell]) in
            let metrics = row.metrics(at: k)
            let cells: [DataTable.Cell] = [.init(row.model), .bar(gain(row) / greatest, label: Self.decimal(gain(row)))]
                + [.init(metrics.map { row.role == .chance ? "" : Self.range($0.ndcg) } ?? "")]
                + columns.dropFirst().map { column in .init(metrics.map { Self.decimal(column.value($0).estimate) } ?? "") }
                + [.init(outcome.weight(of: row))]
            return (gain(row), row.role == .blend, cells)
        }
        rows += outcome.published.map { other in
            let ndcg = other.values[columns[0].name]
            let cells: [DataTable.Cell] = [
                .init("published: \(other.system)"), ndcg.map { .bar($0 / greatest, label: Self.decimal($0)) } ?? "", "",
            ] + columns.dropFirst().map { .init(other.values[$0.name].map(Self.decimal) ?? "") } + [""]
            return (ndcg ?? -1, false, cells)
        }
        rows.sort { $0.gain > $1.gain }
        return DataTable(
            columns: [.init("Model"), .init(columns[0].name), .init("95 %")]
                + columns.dropFirst().map { .init($0.name, alignment: .right) } + [.init("Weight", alignment: .right)],
            rows: rows.map(\.cells), highlightedRows: Set(rows.indices.filter { rows[$0].isBlend }))
    }

    // MARK: Lengths

    /// As many models as colors can tell apart, the best first.
    private var drawn: [ModelComparison.Row] {
        let others = comparison.rows.filter { $0.role != .blend && $0.role != .chance }.sorted { gain($0) > gain($1) }
        return Array((comparison.rows.filter { $0.role == .blend }.prefix(1) + others).prefix(6))
    }

    private var lengths: ReportSection {
        func chart(_ title: String, _ value: @escaping (MetricEstimates) -> ConfidenceInterval) -> LineChart {
            LineChart(
                title: title, xLabel: "length of the list", yLabel: title,
                series: drawn.map { row in
                    LineChart.Series(row.model, points: row.metrics.map { ChartPoint(Double($0.k), value($0).estimate) })
                }, yFormat: .percentage)
        }
        return ReportSection("Longer lists", lead: "What a longer list finds, and how well it is ordered. The best models; the table above has all.") {
            Columns {
                chart("Questions with a wanted item in the list", \.hitRate)
                chart("NDCG", \.ndcg)
            }
            Details("All numbers") {
                DataTable(
                    columns: [.init("Model")] + comparison.lengths.flatMap {
                        [.init("HR@\($0)", alignment: .right), .init("Recall@\($0)", alignment: .right), .init("NDCG@\($0)", alignment: .right)]
                    },
                    rows: comparison.rows.map { row in
                        [.init(row.model)] + row.metrics.flatMap { metrics in
                            [metrics.hitRate, metrics.recall, metrics.ndcg].map { .init(Self.decimal($0.estimate)) }
                        }
                    })
            }
        }
    }

    // MARK: Tests

    private var tests: ReportSection {
        ReportSection(
            "Is the difference real?",
            lead: "If two models were equally good, chance would decide for each user which is ahead. How often would chance alone make such a difference?"
        ) {
            DataTable(
                columns: [
                    .init("Model"), .init("Against"), .init("Difference in NDCG@\(k)", alignment: .right), .init("95 %", alignment: .right),
                    .init("p", alignment: .right), .init(""),
                ],
                rows: (comparison.tests + comparison.pairs).map { test in
                    let isProven = test.pValue < 0.05
                    return [
                        .init(test.first), .init(test.second), .init(Self.decimal(test.difference.estimate)), .init(Self.range(test.difference)),
                        .init(HumanReadable.decimal(test.pValue, places: 4)),
                        .init(
                            isProven ? test.difference.estimate > 0 ? "better" : "worse" : "not proven",
                            tone: isProven ? test.difference.estimate > 0 ? .good : .problem : .caution),
                    ]
                })
            for test in comparison.tests.prefix(3) + comparison.pairs { Paragraph(test.sentence) }
        }
    }

    // MARK: Groups

    private var groups: ReportSection {
        ReportSection("For whom?", lead: "An average hides who is served well. NDCG@\(k) of some questions apart, with their numbers of wanted items.") {
            DataTable(
                columns: [.init("Model")] + comparison.groups.map { .init("\($0.name) (\(HumanReadable.count($0.targets)))") },
                rows: comparison.rows.filter { !$0.groups.isEmpty }.map { row in
                    [.init(row.model)] + comparison.groups.map { group in
                        let all = comparison.rows.compactMap { estimate($0, group) }
                        guard let own = estimate(row, group) else { return "" }
                        return .bar(own / max(all.max() ?? 0, 1e-9), label: Self.decimal(own))
                    }
                }, highlightedRows: Set(comparison.rows.indices.filter { comparison.rows[$0].role == .blend }))
            DefinitionList(comparison.groups.map { ($0.name, $0.explanation) })
        }
    }

    private func estimate(_ row: ModelComparison.Row, _ group: ModelComparison.Group) -> Double? {
        row.groups.first { $0.group == group.name }?.metrics.ndcg.estimate
    }

    // MARK: Lists

    private var likeness: String {
        switch comparison.likeness {
        case .categories: "their categories"
        case .descriptions: "the words that describe them"
        case .users: "the users who met both"
        }
    }

    private var lists: ReportSection {
        ReportSection("What the lists are like", lead: "Right or wrong, a list may be dull: the same popular items for everybody.") {
            DataTable(
                columns: [
                    .init("Model"), .init("Coverage"), .init("Popularity share"), .init("Diversity"), .init("Novelty, bits", alignment: .right),
                ],
                rows: comparison.rows.compactMap { row in
                    row.lists.map { lists in
                        [
                            .init(row.model), .bar(lists.coverage, label: HumanReadable.percentage(lists.coverage, places: 1)),
                            .bar(lists.popularityShare, label: HumanReadable.percentage(lists.popularityShare, places: 1)),
                            lists.diversity.map { .bar($0, label: HumanReadable.decimal($0, places: 3)) } ?? "",
                            .init(HumanReadable.decimal(lists.novelty, places: 2)),
                        ]
                    }
                }, highlightedRows: Set(comparison.rows.indices.filter { comparison.rows[$0].role == .blend }))
            DefinitionList([
                ("Coverage", "The share of all items that somebody is shown, among the first \(k)."),
                ("Popularity share", "The share of what is shown that is among the most popular tenth of the items; chance has 10 %."),
                ("Diversity", "How unlike the items of one list are, compared by \(likeness): 1 is nothing in common."),
                ("Novelty", "How surprising what is shown is: one bit more means half as popular."),
            ])
        }
    }

    // MARK: Examples and provenance

    private var examples: ReportSection {
        ReportSection(
            "What people would see",
            lead: "Some users of the test, evenly taken and not chosen: what they had done, what the blend suggested, and what they then wanted.",
            blocks: outcome.examples.flatMap(\.blocks))
    }

    private var cost: ReportSection {
        ReportSection("What it cost", lead: "Training and measuring together, on \(outcome.cost.machine).") {
            FigureCards(outcome.cost.figures)
            MemberBlocks(outcome.members).blocks
        }
    }

    private var provenance: ReportSection {
        ReportSection("How it was measured") {
            DefinitionList([
                ("Division", outcome.division), ("Asked for", outcome.wanted?.joined(separator: ", ") ?? "as the protocol says"),
                ("Learned from", "\(HumanReadable.count(outcome.events, "event")) of \(HumanReadable.count(outcome.users, "user")) on \(HumanReadable.count(outcome.items, "item"))"),
                ("Validation", HumanReadable.count(outcome.validationQuestions, "question")),
                ("Weights of events", outcome.weights.sorted { $0.key < $1.key }.map { "\($0.key) \(HumanReadable.significant($0.value))" }.joined(separator: ", ")),
                ("Intervals", "bootstrap over users, 1,000 draws; tests by 2,000 sign flips"), ("Seed", "\(outcome.seed)"),
            ])
            CodeBlock("recommender \(command)")
        }
    }
}
