import Foundation
import Reporting

/// What a benchmark of the recommender measured, with everything one needs to judge it.
struct BenchmarkReport: Encodable {
    /// One table of it.
    struct Section: Encodable {
        var name: BenchmarkCommand.Part
        var title: String
        var header: [String]
        var rows: [[String]]
        /// Anything else worth knowing.
        var notes: [String] = []
        /// The figures as numbers, by name; seconds, bytes, shares and counts a second.
        var values: [String: Double] = [:]
    }

    var date = ISO8601DateFormatter().string(from: Date())
    var machine = MachineDescription.current()
    var versions: [String: String]
    var threads: Int
    var loadBefore: Double
    var loadAfter: Double
    var seconds: Double
    var sections: [Section]
    /// What gave no figures, and why.
    var failures: [String]

    private var versionText: String { versions.sorted { $0.key < $1.key }.map { "; \($0.key) \($0.value)" }.joined() }

    /// For a terminal.
    func text(style: TerminalStyle = .plain) -> String {
        var text = "\(machine.summary)\n\(HumanReadable.count(threads, "thread"))\(versionText)\n"
        if let warning = SystemLoad.warning(loadBefore) { text += "Warning: \(warning).\n" }
        for section in sections {
            text += "\n\(style.apply(.strong, to: section.title))\n" + TextTable.text(header: section.header, rows: section.rows)
            text += section.notes.map { "  \($0)\n" }.joined()
        }
        if !failures.isEmpty { text += "\nNo figures from:\n" + failures.map { "  \($0)\n" }.joined() }
        return text + "\nMeasured in \(HumanReadable.duration(seconds: seconds)).\n"
    }

    /// A section for a document of results.
    ///
    /// - Parameter command: what was run, to be run again.
    func markdown(command: String) -> String {
        var text = "## Benchmark of the recommender, \(date)\n\n    \(command)\n\n\(machine.summary); \(HumanReadable.count(threads, "thread")); "
            + "load average \(HumanReadable.decimal(loadBefore)) before and \(HumanReadable.decimal(loadAfter)) after\(versionText). "
            + "Ours and others' were measured in turn. A ratio above 1 means that ours is faster.\n\n"
        if let warning = SystemLoad.warning(loadBefore) { text += "**Caution:** \(warning).\n\n" }
        for section in sections {
            text += "### \(section.title)\n\n" + MarkdownTable.text(header: section.header, rows: section.rows) + "\n"
            if !section.notes.isEmpty { text += section.notes.map { "- \($0)\n" }.joined() + "\n" }
        }
        if !failures.isEmpty { text += "No figures from:\n\n" + failures.map { "- \($0)\n" }.joined() + "\n" }
        return text
    }
}
