import Recommendation
import Reporting

/// What each model of a blend was worth on validation, what it weighs, and how those that learn in epochs went on.
struct MemberBlocks {
    var members: [RecommenderTraining.MemberResult]

    init(_ members: [RecommenderTraining.MemberResult]) { self.members = members }

    var blocks: [any ReportBlock] {
        let greatest = max(members.map(\.validation.ndcg).max() ?? 0, 1e-9), heaviest = max(members.map(\.weight).max() ?? 0, 1e-9)
        let again = members.compactMap(\.returning).max().map { max($0, 1e-9) }
        func bar(_ weight: Float, of heaviest: Float) -> DataTable.Cell {
            .bar(Double(weight / heaviest), label: weight > 0 ? HumanReadable.decimal(Double(weight), places: 2) : "not used")
        }
        var blocks: [any ReportBlock] = [
            DataTable(
                columns: [
                    .init("Model"), .init("NDCG@10 on validation"), .init("HR@10", alignment: .right), .init("Weight"),
                ] + (again == nil ? [] : [.init("For items met before")]) + [.init("Time", alignment: .right)],
                rows: members.map { member in
                    [
                        .init(member.name),
                        .bar(member.validation.ndcg / greatest, label: HumanReadable.decimal(member.validation.ndcg, places: 4)),
                        .init(HumanReadable.decimal(member.validation.hitRate, places: 4)),
                        bar(member.weight, of: heaviest),
                    ] + (again.map { [bar(member.returning ?? 0, of: $0)] } ?? []) + [.init(HumanReadable.duration(seconds: member.seconds))]
                })
        ]
        for member in members {
            guard let epochs = member.epochs, epochs.contains(where: { $0.count > 1 }) else { continue }
            blocks.append(curves(of: member.name, epochs))
        }
        return blocks
    }

    /// - Parameter networks: the curve of each.
    private func curves(of name: String, _ networks: [[SequenceTraining.Epoch]]) -> Columns {
        func series(_ name: String, _ value: (SequenceTraining.Epoch) -> Double?) -> [LineChart.Series] {
            networks.enumerated().map { number, epochs in
                .init(
                    networks.count > 1 ? "\(name), network \(number + 1)" : name,
                    points: epochs.compactMap { epoch in value(epoch).map { ChartPoint(Double(epoch.epoch + 1), $0) } })
            }.filter { !$0.points.isEmpty }
        }
        let measured = series("validation", \.validation)
        let best = measured.flatMap(\.points).max { $0.y < $1.y }
        return Columns {
            LineChart(
                title: "How \(name) learned: loss", caption: "Lower is better; with dropout, so an answer is better than its loss.", xLabel: "epoch",
                yLabel: "loss", series: series("training", \.loss))
            if !measured.isEmpty {
                LineChart(
                    title: "What \(name) was worth after each epoch", caption: "NDCG@10 on validation; the best epoch is kept.", xLabel: "epoch",
                    yLabel: "NDCG@10", series: measured,
                    marker: best.map { .init($0, label: "best: \(HumanReadable.decimal($0.y, places: 4))") })
            }
        }
    }
}
