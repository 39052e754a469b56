import Classification
import Foundation
import Reporting
import Synchronization

/// Prints answers on standard output in one of three styles.
final class AnswerPrinter: Sendable {
    enum Style: Sendable { case text, json, csv }

    private let style: Style
    private let labelWidth: Int
    private let top: Int?
    /// Written out when large, and at the end.
    private let pending = Mutex("")

    init(style: Style, classes: [String], top: Int?) {
        self.style = style
        self.top = top
        labelWidth = (classes + [AnswerRecord.neitherLabel]).map(\.count).max() ?? 0
    }

    func begin() { if style == .csv { write(AnswerRecord.csvHeader) } }

    func print(_ record: AnswerRecord) {
        switch style {
        case .csv: write(record.csvRow)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // A record holds text and finite numbers only.
            write(String(decoding: (try? encoder.encode(record)) ?? Data("{}".utf8), as: UTF8.self))
        case .text: write(text(record))
        }
    }

    func end() {
        pending.withLock { text in
            Swift.print(text, terminator: "")
            // A terminal shows lines at once; to a pipe they go when many are there.
            fflush(nil)
            text = ""
        }
    }

    private func write(_ line: String) {
        let isFull = pending.withLock { text in
            text += line + "\n"
            return text.utf8.count > 1 << 14
        }
        if isFull || isatty(STDOUT_FILENO) == 1 { end() }
    }

    private func text(_ record: AnswerRecord) -> String {
        let path = DisplayWidth.harmless(record.path)
        if let error = record.error { return padded("error") + "          \(path): \(error.message)" }
        var line = padded(record.label ?? "")
        let percent = HumanReadable.percentage(Double(record.probability ?? 0), places: 1)
        line += record.neither == true ? "          " : "  " + String(repeating: " ", count: max(0, 7 - percent.count)) + percent + " "
        line += path
        if let top {
            line += "  (" + (record.candidates ?? []).prefix(top).map {
                "\($0.label) \(HumanReadable.percentage(Double($0.probability), places: 1))"
            }.joined(separator: ", ") + ")"
        } else if record.neither == true, let nearest = record.candidates?.first {
            line += "  (nearest: \(nearest.label))"
        }
        if let warning = record.warning { line += "  [\(DisplayWidth.harmless(warning))]" }
        if let explanation = record.explanation { line += "  -> \(DisplayWidth.harmless(explanation))" }
        return line
    }

    private func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(0, max(labelWidth, 5) - label.count))
    }
}
