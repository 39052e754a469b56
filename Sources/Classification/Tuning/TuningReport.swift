import Foundation
import Reporting
import Training

/// What a search found, as a table, a page and a command.
public struct TuningReport: Sendable {
    public let state: Tuning.State

    public init(_ state: Tuning.State) { self.state = state }

    /// Trials from best to worst: those that came further first, then by accuracy.
    public var ranking: [Tuning.Trial] {
        state.trials.sorted { a, b in
            let (first, second) = (a.results.last?.accuracy ?? -1, b.results.last?.accuracy ?? -1)
            return (a.results.count, first, -a.number) > (b.results.count, second, -b.number)
        }
    }

    public var best: Tuning.Trial? { state.winner.map { state.trials[$0 - 1] } ?? ranking.first { !$0.results.isEmpty } }

    /// How much each setting matters, by the first round, which all trials took part in with the same budget.
    public var importance: [SettingImportance<PhotoSetting>] {
        let trials = state.trials.compactMap { trial in trial.results.first.map { (values: trial.values, score: $0.accuracy) } }
        return SettingImportance.measure(state.plan.ranges, trials: trials)
    }

    /// The command that trains with the best settings.
    public var command: String? {
        guard let best else { return nil }
        let base = state.plan.base
        var options = base
        for (range, value) in zip(state.plan.ranges, best.values) { options.set(range.setting, to: value) }
        return TrainingCommandLine.text(options)
    }

    public func table(columns: Int? = nil, style: TerminalStyle = .plain) -> String {
        let rounds = state.plan.halving.rungs
        var table = TextTable(
            columns: [.init("trial", alignment: .right)] + state.plan.ranges.map { .init($0.setting.rawValue, alignment: .right) }
                + rounds.map { .init($0.budget == 1 ? "1 epoch" : "\($0.budget) epochs", alignment: .right) })
        for trial in ranking {
            let isBest = trial.number == best?.number
            table.append(
                [.init("\(trial.number)", isBest ? .strong : .plain)] + trial.values.map { .init($0.description) }
                    + trial.results.map { result in
                        .init(result.failure == nil ? HumanReadable.percentage(result.accuracy) : "diverged", isBest ? .strong : .plain)
                    })
        }
        return table.render(fitting: columns, style: style)
    }

    public var page: ReportPage {
        let importance = importance.sorted { $0.share > $1.share }
        return ReportPage(
            title: "Tuning", subtitle: "\(state.trials.count) trials, successive halving by \(state.plan.halving.factor)",
            footer: "Tandem \(Tandem.version)"
        ) {
            ReportSection("The best settings", lead: "Chosen by accuracy on validation photos; held-out photos were not looked at.") {
                if let best, let result = best.results.last {
                    FigureCards([
                        Figure(
                            HumanReadable.decimal(result.accuracy * 100, places: 2), unit: "%", label: "Validation accuracy",
                            explanation: "trial \(best.number) after \(HumanReadable.count(result.epochs, "epoch"))", tone: .good),
                        Figure("\(state.trials.count)", label: "Trials", explanation: "\(state.plan.halving.totalBudget) epochs in all"),
                    ])
                    "\(Tuning.words(best, state.plan.ranges))."
                }
                if let command { CodeBlock(command) }
            }
            ReportSection(
                "What mattered",
                lead: "How much of the differences between the trials each setting explains, all with the same small budget. "
                    + "With few trials this is a hint, not a law."
            ) {
                BarChart(
                    title: "Importance",
                    bars: importance.map { item in
                        let sign = item.correlation.map { $0 > 0.3 ? ", higher is better" : $0 < -0.3 ? ", lower is better" : "" } ?? ""
                        return .init(
                            item.setting.rawValue, value: item.share, text: HumanReadable.percentage(item.share, places: 0) + sign)
                    }, fullLength: 1)
                for item in importance { scatter(item.setting) }
            }
            ReportSection("All trials") { dataTable }
        }
    }

    private func scatter(_ setting: PhotoSetting) -> ScatterChart {
        let position = state.plan.ranges.firstIndex { $0.setting == setting }!
        let range = state.plan.ranges[position]
        var names: [String]?
        if case .names(let given) = range.values { names = given }
        var kind = AxisScale.Kind.linear
        if case .between(_, _, logarithmic: true) = range.values { kind = .logarithmic }
        let dots = state.trials.compactMap { trial -> ScatterChart.Dot? in
            guard let result = trial.results.first, result.failure == nil else { return nil }
            let x = switch trial.values[position] {
            case .number(let number): number
            case .name(let name): Double(names?.firstIndex(of: name) ?? 0)
            }
            return .init(
                ChartPoint(x, result.accuracy), label: "trial \(trial.number): \(Tuning.words(trial, state.plan.ranges))",
                isHighlighted: trial.number == best?.number)
        }
        return ScatterChart(
            title: "Accuracy by \(setting.rawValue)", caption: "After the first round. The best trial is set off.",
            xLabel: setting.rawValue, yLabel: "validation accuracy", dots: dots, xKind: kind, yFormat: .percentage, categories: names)
    }

    private var dataTable: DataTable {
        let rounds = state.plan.halving.rungs
        let ranking = ranking
        return DataTable(
            columns: [.init("Trial")] + state.plan.ranges.map { .init($0.setting.rawValue, alignment: .right) }
                + rounds.map { .init("\($0.budget) epochs", alignment: .right) },
            rows: ranking.map { trial in
                [.init("\(trial.number)")] + trial.values.map { .init($0.description) }
                    + trial.results.map { .init($0.failure == nil ? HumanReadable.percentage($0.accuracy) : "diverged") }
            },
            highlightedRows: Set(ranking.indices.filter { ranking[$0].number == best?.number }))
    }
}
