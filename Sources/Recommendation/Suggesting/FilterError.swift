import Reporting

/// A filter that cannot be understood, and where.
///
/// The description shows the line with a mark under the place:
///
/// ```
/// filter, line 1, column 32: price is a number, and "cheap" is a text
///   category = "lamps" and price < "cheap"
///                                  ^~~~~~~
///   write a number without quotes, as in price < 50
/// ```
public struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let problem: String
    /// What to do.
    public let remedy: String
    /// Where it begins, in bytes from 0 of the filter's UTF-8 text.
    public let offset: Int
    /// Counted from 1.
    public let line: Int
    /// In characters of the line, counted from 1.
    public let column: Int
    /// The line, or the part of a long one around the place, with the mark below; no line break at the end.
    public let excerpt: String

    init(_ problem: String, remedy: String, at range: Range<Int>, of text: [UInt8]) {
        self.problem = problem
        self.remedy = remedy
        let offset = min(max(range.lowerBound, 0), text.count)
        self.offset = offset
        line = text[..<offset].reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let lineStart = text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let lineEnd = text[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        // At most so many bytes on each side, so that neither time nor the message depends on how long the line is.
        let reach = 200
        let head = String(decoding: text[max(lineStart, offset - reach)..<offset], as: UTF8.self)
        let tail = String(decoding: text[offset..<min(lineEnd, offset + reach)], as: UTF8.self)
        column = String(decoding: text[lineStart..<offset], as: UTF8.self).count + 1
        let before = DisplayWidth.harmless(String(head.suffix(60)))
        let after = DisplayWidth.harmless(String(tail.prefix(40)))
        let isCutBefore = head.count > 60 || offset - lineStart > reach, isCutAfter = tail.count > 40 || lineEnd - offset > reach
        let marked = String(decoding: text[offset..<min(max(range.upperBound, offset), lineEnd, offset + reach)], as: UTF8.self)
        let markWidth = max(DisplayWidth.columns(of: DisplayWidth.harmless(String(marked.prefix(40)))), 1)
        let indent = String(repeating: " ", count: DisplayWidth.columns(of: before) + (isCutBefore ? 1 : 0))
        excerpt = "  \(isCutBefore ? "…" : "")\(before)\(after)\(isCutAfter ? "…" : "")\n"
            + "  \(indent)^\(String(repeating: "~", count: markWidth - 1))"
    }

    public var description: String { "filter, line \(line), column \(column): \(problem)\n\(excerpt)\n  \(remedy)" }
}
