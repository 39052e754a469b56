import Reporting
import Training

/// What a search for settings found, as a page.
public struct MemberTuningReport: Sendable {
    private let plan: MemberTuning.Plan
    private let results: [MemberTuning.Result]
    private let found: [MemberTuning.Found]

    public init(_ plan: MemberTuning.Plan, results: [MemberTuning.Result], found: [MemberTuning.Found]) {
        self.plan = plan
        self.results = results
        self.found = found
    }

    /// How much each setting of a model matters, by the first round, in which all trials had the same.
    public func importance(of member: String) -> [SettingImportance<MemberSetting>] {
        guard let ranges = plan.members.first(where: { $0.base.name == member })?.ranges else { return [] }
        let trials = results.filter { $0.member == member && $0.round == 1 && $0.trial > 0 }.compactMap { result in
            let values = ranges.compactMap { result.values[$0.setting.rawValue] }
            return values.count == ranges.count ? (values: values, score: result.ndcg) : nil
        }
        return SettingImportance.measure(ranges, trials: trials).sorted { $0.share > $1.share }
    }

    public var page: ReportPage {
        ReportPage(title: "Tuning", subtitle: "\(plan.halving.trials) trials for each model, successive halving by \(plan.halving.factor)") {
            ReportSection("What was found", lead: "Chosen by NDCG@\(plan.k) on validation; the test was not looked at.") {
                DataTable(
                    columns: [.init("Model"), .init("Usual", alignment: .right), .init("Found", alignment: .right), .init("Settings")],
                    rows: found.map { own in
                        [
                            .init(own.member), .init(HumanReadable.decimal(own.usual, places: 4)), .init(HumanReadable.decimal(own.ndcg, places: 4)),
                            .init(own.isBetter ? Self.words(own.values) : "as usual: nothing was better"),
                        ]
                    })
            }
            for own in found {
                ReportSection(
                    own.member, lead: "How much of the differences between the trials each setting explains, all with the same small share of the users."
                ) {
                    BarChart(
                        title: "Importance",
                        bars: importance(of: own.member).map { item in
                            let sign = item.correlation.map { $0 > 0.3 ? ", higher is better" : $0 < -0.3 ? ", lower is better" : "" } ?? ""
                            return .init(item.setting.field, value: item.share, text: HumanReadable.percentage(item.share, places: 0) + sign)
                        }, fullLength: 1)
                    table(of: own.member)
                }
            }
        }
    }

    private func table(of member: String) -> DataTable {
        let own = results.filter { $0.member == member }.sorted { ($0.round, $0.ndcg, $1.trial) > ($1.round, $1.ndcg, $0.trial) }
        return DataTable(
            columns: [
                .init("Trial"), .init("Users", alignment: .right), .init("NDCG@\(plan.k)", alignment: .right), .init("Seconds", alignment: .right),
                .init("Settings"),
            ],
            rows: own.map { result in
                [
                    .init(result.trial == 0 ? "usual" : "\(result.trial)"), .init(HumanReadable.percentage(result.share, places: 0)),
                    .init(result.failure == nil ? HumanReadable.decimal(result.ndcg, places: 4) : "failed"),
                    .init(HumanReadable.decimal(result.seconds, places: 1)), .init(result.failure ?? Self.words(result.values)),
                ]
            })
    }

    /// `als.factors 64, als.penalty 0.1`
    public static func words(_ values: [String: TuningValue]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
