import EventStore
import Foundation
import Reporting

/// The statistics of a store as text and as a page.
struct StoreReport {
    var statistics: StoreStatistics
    var store: String

    // MARK: Words

    private var span: String {
        guard let first = statistics.firstTime, let last = statistics.lastTime else { return "no times" }
        return "\(Self.date(first)) to \(Self.date(last))"
    }

    private static func date(_ milliseconds: Int64) -> String { day(Int(milliseconds / 86_400_000)) }

    private static func day(_ day: Int) -> String {
        Date(timeIntervalSince1970: Double(day) * 86_400).formatted(.iso8601.year().month().day())
    }

    private var perUser: String { HumanReadable.decimal(statistics.historyLengths?.mean ?? 0, places: 1) }
    private var sparsity: String { HumanReadable.percentage(1 - statistics.density, places: statistics.density < 0.01 ? 3 : 1) }

    /// Events of the tenth of items that has most.
    private var headShare: Double { statistics.popularityCurve.last { $0.share <= 0.1 + 1e-9 }?.events ?? 0 }

    private func label(_ bin: StoreStatistics.Bin, isDuration: Bool) -> String {
        if isDuration {
            return bin.to > 3e8 ? "over \(Self.span(bin.from))" : "\(Self.span(bin.from)) to \(Self.span(bin.to))"
        }
        let last = Int(min(bin.to - 1, 1e9))
        if bin.to > 1e9 { return "\(HumanReadable.count(Int(bin.from))) or more" }
        return last == Int(bin.from) ? "\(last)" : "\(HumanReadable.count(Int(bin.from))) to \(HumanReadable.count(last))"
    }

    /// Seconds in their greatest unit, without the next.
    private static func span(_ seconds: Double) -> String {
        switch seconds {
        case ..<60: "\(Int(seconds)) s"
        case ..<3_600: "\(Int(seconds / 60)) min"
        case ..<86_400: "\(Int(seconds / 3_600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }

    private var simultaneous: String {
        statistics.simultaneous < 0.001
            ? ""
            : "\(HumanReadable.percentage(statistics.simultaneous, places: 1)) of the events fall in the same second as another of the "
                + "user, and are left out here."
    }

    private var sampleNote: String {
        statistics.sampledUsers > 0.999 ? "" : " Measured on \(HumanReadable.percentage(statistics.sampledUsers, places: 0)) of the users."
    }

    // MARK: Text

    func text(style: TerminalStyle) -> String {
        var text = "\(store): \(HumanReadable.count(statistics.counts.events, "event")), "
            + "\(HumanReadable.count(statistics.usersWithEvents, "user")), "
            + "\(HumanReadable.count(statistics.itemsWithEvents, "item")) with events, \(span)\n"
        guard statistics.counts.events > 0 else { return text + "There are no events yet.\n" }
        if statistics.counts.items > statistics.itemsWithEvents {
            text += "\(HumanReadable.count(statistics.counts.items - statistics.itemsWithEvents, "item")) have no events.\n"
        }
        if statistics.eventsWithoutTime > 0 {
            text += "\(HumanReadable.count(statistics.eventsWithoutTime, "event")) have no time; their order is that of the log.\n"
        }
        let total = Double(statistics.counts.events)
        var kinds = TextTable(columns: [
            .init("kind"), .init("events", alignment: .right), .init("users", alignment: .right), .init(""), .init("by day"),
        ])
        for (index, kind) in statistics.kinds.enumerated() {
            kinds.append([
                .init(kind.kind.rawValue), .init(HumanReadable.count(kind.events)), .init(HumanReadable.count(kind.users)),
                .bar(Double(kind.events) / total), .sparkline(dailyCounts(of: index)),
            ])
        }
        text += "\n" + kinds.render(style: style)
        text += "\nA user has \(perUser) events on average, \(number(statistics.historyLengths?.median)) at the median, "
            + "\(number(statistics.historyLengths?.p90)) at the 90th percentile, \(number(statistics.historyLengths?.greatest)) at most.\n\n"
        text += table("events of a user", "users", statistics.historyLengthBins, isDuration: false, style)
        text += "\nThe most popular tenth of the items has \(HumanReadable.percentage(headShare, places: 1)) of the events; "
            + "\(HumanReadable.count(statistics.itemsWithOneEvent, "item")) have one event only.\n\n"
        var popular = TextTable(columns: [.init("popular item"), .init("events", alignment: .right), .init("")])
        for item in statistics.popularItems.prefix(8) {
            popular.append([
                .init(item.name.map { "\($0) (\(item.id))" } ?? item.id), .init(HumanReadable.count(item.events)),
                .bar(Double(item.events) / Double(max(statistics.popularItems[0].events, 1))),
            ])
        }
        text += popular.render(fitting: 100, style: style)
        text += "\nSparsity \(sparsity); \(HumanReadable.percentage(statistics.repeats, places: 1)) of the events repeat an item of the "
            + "same user.\(sampleNote)\n"
        if let gaps = statistics.gaps {
            text += "Between two events of a user lie \(HumanReadable.duration(seconds: gaps.median)) at the median. \(simultaneous)\n\n"
            text += table("gap", "times", statistics.gapBins, isDuration: true, style)
        }
        return text
    }

    private func number(_ value: Double?) -> String { value.map { HumanReadable.count(Int($0)) } ?? HumanReadable.unknown }

    private func events(_ value: Double) -> String { HumanReadable.count(Int(value), "event") }

    private func table(
        _ title: String, _ counted: String, _ bins: [StoreStatistics.Bin], isDuration: Bool, _ style: TerminalStyle
    ) -> String {
        var table = TextTable(columns: [.init(title), .init(counted, alignment: .right), .init("")])
        let greatest = Double(bins.map(\.count).max() ?? 1)
        for bin in bins where bin.count > 0 {
            table.append([
                .init(label(bin, isDuration: isDuration)), .init(HumanReadable.count(bin.count)), .bar(Double(bin.count) / max(greatest, 1)),
            ])
        }
        return table.render(style: style)
    }

    /// Every day between the first and the last, also those without events.
    private func dailyCounts(of kind: Int) -> [Double] {
        guard let first = statistics.days.first?.day, let last = statistics.days.last?.day, last - first < 100_000 else { return [] }
        var counts = [Double](repeating: 0, count: last - first + 1)
        for day in statistics.days { counts[day.day - first] = Double(day.events[kind]) }
        return counts
    }

    // MARK: Page

    var page: ReportPage {
        ReportPage(
            title: "What is in \(URL(fileURLWithPath: store).lastPathComponent)", subtitle: span,
            footer: "recommender stats --store \(store)"
        ) {
            ReportSection("At a glance") {
                FigureCards([
                    Figure(HumanReadable.count(statistics.counts.events), label: "Events"),
                    Figure(
                        HumanReadable.count(statistics.usersWithEvents), label: "Users with events",
                        explanation: "\(perUser) events each on average"),
                    Figure(
                        HumanReadable.count(statistics.itemsWithEvents), label: "Items with events",
                        explanation: "of \(HumanReadable.count(statistics.counts.items)) known"),
                    Figure(
                        String(sparsity.dropLast(2)), unit: "%", label: "Sparsity",
                        explanation: "of all pairs of user and item have no event"),
                ])
            }
            if statistics.counts.events > 0 {
                kindsSection
                usersSection
                itemsSection
            }
        }
    }

    private var kindsSection: ReportSection {
        ReportSection("Events by kind and day", lead: "What users do, and when.") {
            DataTable(
                columns: [.init("Kind"), .init("Events", alignment: .right), .init("Users", alignment: .right), .init("Share of events")],
                rows: statistics.kinds.map { kind in
                    let share = Double(kind.events) / Double(statistics.counts.events)
                    return [
                        .init(kind.kind.rawValue), .init(HumanReadable.count(kind.events)), .init(HumanReadable.count(kind.users)),
                        .bar(share, label: HumanReadable.percentage(share, places: 1)),
                    ]
                })
            if statistics.eventsWithoutTime > 0 {
                Callout("\(HumanReadable.count(statistics.eventsWithoutTime, "event")) have no time; their order is that of the log.")
            }
            if statistics.days.count > 1, let first = statistics.days.first?.day {
                // Over more than half a year, weekdays would only blur the curve.
                let step = (statistics.days.last?.day ?? first) - first > 180 ? 7 : 1
                LineChart(
                    title: step == 7 ? "Events per week" : "Events per day",
                    caption: "Day 0 is \(Self.day(first)). Days without events count as 0.", xLabel: "day", yLabel: "events",
                    // Not more than colors can tell apart; the table has them all.
                    series: statistics.kinds.prefix(5).enumerated().map { index, kind in
                        LineChart.Series(kind.kind.rawValue, points: points(of: index, step: step))
                    })
            }
        }
    }

    /// Sums of whole steps; the last days that fill none are left out.
    private func points(of kind: Int, step: Int) -> [ChartPoint] {
        let counts = dailyCounts(of: kind)
        return stride(from: 0, through: counts.count - step, by: step).map { start in
            ChartPoint(Double(start), counts[start..<(start + step)].reduce(0, +))
        }
    }

    private var usersSection: ReportSection {
        ReportSection("Histories", lead: "Short histories leave little to learn from; models for them count rather than compute.") {
            BarChart(
                title: "How many events users have", bars: bars(statistics.historyLengthBins, isDuration: false))
            if let lengths = statistics.historyLengths {
                DefinitionList([
                    ("10 % of users have at most", events(lengths.p10)), ("Half of users have at most", events(lengths.median)),
                    ("90 % have at most", events(lengths.p90)), ("99 % have at most", events(lengths.p99)),
                    ("The longest history has", events(lengths.greatest)),
                    ("Events that repeat an item", HumanReadable.percentage(statistics.repeats, places: 1) + sampleNote),
                ])
            }
            if let gaps = statistics.gaps {
                BarChart(
                    title: "Time between two events of a user",
                    caption: "Half of the gaps last at most \(HumanReadable.duration(seconds: gaps.median)). \(simultaneous)\(sampleNote)",
                    bars: bars(statistics.gapBins, isDuration: true))
            }
        }
    }

    private var itemsSection: ReportSection {
        ReportSection("Popularity", lead: "How much of the trade a few items have.") {
            LineChart(
                title: "Share of events by share of items",
                caption: "The most popular items first. A straight line would mean that all are equally popular.",
                xLabel: "share of items, most popular first", yLabel: "share of events",
                series: [LineChart.Series("events", points: statistics.popularityCurve.map { ChartPoint($0.share, $0.events) })],
                marker: LineChart.Marker(
                    ChartPoint(0.1, headShare), label: "a tenth of the items: \(HumanReadable.percentage(headShare, places: 0))"),
                yFormat: .percentage)
            DataTable(
                columns: [.init("Most popular"), .init("Id"), .init("Events", alignment: .right), .init("")],
                rows: statistics.popularItems.map { item in
                    [
                        .init(item.name ?? item.id), .init(item.id), .init(HumanReadable.count(item.events)),
                        .bar(
                            Double(item.events) / Double(max(statistics.popularItems.first?.events ?? 1, 1)),
                            label: HumanReadable.percentage(Double(item.events) / Double(statistics.counts.events), places: 2)),
                    ]
                })
            "\(HumanReadable.count(statistics.itemsWithOneEvent, "item")) have one event only."
        }
    }

    private func bars(_ bins: [StoreStatistics.Bin], isDuration: Bool) -> [BarChart.Bar] {
        let total = Double(bins.map(\.count).reduce(0, +))
        return bins.drop { $0.count == 0 }.map { bin in
            BarChart.Bar(
                label(bin, isDuration: isDuration), value: Double(bin.count),
                text: "\(HumanReadable.count(bin.count)) (\(HumanReadable.percentage(Double(bin.count) / max(total, 1), places: 1)))")
        }
    }
}
