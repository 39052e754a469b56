import Foundation
import Reporting

extension BenchmarkReport {
    private var frameworks: [String] {
        Set(rows.flatMap(\.peers.keys).map { String($0.prefix { $0 != " " }) }).sorted()
    }

    /// Cells of one group's table: header and rows.
    private func cells(_ group: Row.Group) -> (header: [String], rows: [[String]]) {
        let rows = rows.filter { $0.group == group }
        let frameworks = frameworks.filter { name in rows.contains { $0.fastestPeer(name) != nil } }
        let hasRates = group == .training || group == .inference
        var header = group == .training || group == .inference
            ? ["size", "batch", "precision", "median", "range", "runs"] : ["what", "median", "range", "runs"]
        if hasRates { header.append("photos/s") }
        for name in frameworks { header += ["\(name) (fastest way)", "ratio"] }
        let body = rows.map { row in
            let range = "\(time(row.time.lowest)) to \(time(row.time.highest))"
            var line = hasRates
                ? [row.size.map { "\($0) px" } ?? "", row.batch.map(String.init) ?? "", row.precision ?? ""]
                : [[row.name, row.size.map { "\($0) px" }, row.precision].compactMap { $0 }.joined(separator: ", ")]
            line += [time(row.time.median), range, "\(row.time.runs)"]
            if hasRates { line.append(row.rate.map { HumanReadable.decimal($0, places: 0) } ?? "") }
            for name in frameworks {
                guard let peer = row.fastestPeer(name) else {
                    line += ["", ""]
                    continue
                }
                line += ["\(time(peer.time.median)) (\(peer.name.dropFirst(name.count + 1)))", HumanReadable.decimal(peer.time.median / row.time.median) + "x"]
            }
            return line
        }
        return (header, body)
    }

    private func title(_ group: Row.Group) -> String {
        switch group {
        case .training: "Training: forward, backward and update"
        case .inference: "Inference: from prepared photos to logits"
        case .stages: "Stages of one photo's answer, in a running process"
        case .process: "Processes"
        case .operations: "Operations beside the roofline"
        }
    }

    private var groups: [Row.Group] { Row.Group.allCases.filter { group in rows.contains { $0.group == group } } }

    private func shareLines(_ group: Row.Group) -> [String] {
        rows.filter { $0.group == group && !$0.shares.isEmpty }.map { row in
            let shares = row.shares.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { "\($0.key) \(HumanReadable.percentage($0.value, places: 1))" }
            let what = [row.size.map { "\($0) px" }, row.batch.map { "batch \($0)" }, row.precision].compactMap { $0 }.joined(separator: ", ")
            return "\(what): \(shares.joined(separator: ", "))"
        }
    }

    private func noteLines(_ group: Row.Group) -> [String] {
        rows.filter { $0.group == group && !$0.notes.isEmpty }.map { row in
            let what = [row.name, row.size.map { "\($0) px" }, row.batch.map { "batch \($0)" }, row.precision].compactMap { $0 }.joined(separator: ", ")
            return "\(what): \(row.notes.joined(separator: "; "))"
        }
    }

    private func otherWays(_ group: Row.Group) -> [String] {
        rows.filter { $0.group == group && $0.peers.count > 1 }.map { row in
            let ways = row.peers.sorted { $0.key < $1.key }.map { "\($0.key) \(time($0.value.median))" }
            return "\(row.size ?? 0) px, batch \(row.batch ?? 0), \(row.precision ?? ""): " + ways.joined(separator: ", ")
        }
    }

    /// For a terminal.
    public func text(columns: Int? = nil, style: TerminalStyle = .plain) -> String {
        var text = "\(machine.summary)\n\(instructionSet), \(threads) threads; "
            + versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + "\n"
        for warning in warnings { text += "Warning: \(warning).\n" }
        for group in groups {
            let (header, body) = cells(group)
            var table = TextTable(columns: header.enumerated().map { .init($1, alignment: $0 == 0 ? .left : .right) })
            for row in body { table.append(row.map { .init($0) }) }
            text += "\n\(style.apply(.strong, to: title(group)))\n" + table.render(style: style)
            let shares = shareLines(group)
            if !shares.isEmpty { text += "Where the time goes:\n" + shares.map { "  \($0)\n" }.joined() }
            text += noteLines(group).map { "  \($0)\n" }.joined()
            let ways = otherWays(group)
            if !ways.isEmpty { text += "All ways of the others:\n" + ways.map { "  \($0)\n" }.joined() }
        }
        if !failures.isEmpty { text += "\nNo figures from:\n" + failures.map { "  \($0)\n" }.joined() }
        return text + "\nMeasured in \(HumanReadable.duration(seconds: seconds)).\n"
    }

    /// A section for a document of results.
    ///
    /// - Parameter command: what was run, to be run again.
    public func markdown(command: String) -> String {
        var text = "## Benchmark, \(date)\n\n    \(command)\n\n\(machine.summary); \(instructionSet); \(threads) threads; load average "
            + "\(HumanReadable.decimal(loadBefore)) before and \(HumanReadable.decimal(loadAfter)) after; "
            + versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            + ". Medians; others' figures were taken between two halves of ours. A ratio above 1 means that ours is faster.\n\n"
        for warning in warnings { text += "**Caution:** \(warning).\n\n" }
        for group in groups {
            let (header, body) = cells(group)
            text += "### \(title(group))\n\n" + MarkdownTable.text(header: header, rows: body) + "\n"
            let shares = shareLines(group)
            if !shares.isEmpty { text += "Where the time goes:\n\n" + shares.map { "- \($0)\n" }.joined() + "\n" }
            let notes = noteLines(group)
            if !notes.isEmpty { text += notes.map { "- \($0)\n" }.joined() + "\n" }
            let ways = otherWays(group)
            if !ways.isEmpty { text += "All ways of the others:\n\n" + ways.map { "- \($0)\n" }.joined() + "\n" }
        }
        if !failures.isEmpty { text += "No figures from:\n\n" + failures.map { "- \($0)\n" }.joined() + "\n" }
        return text
    }

    private func time(_ seconds: Double) -> String { HumanReadable.time(seconds) }
}
