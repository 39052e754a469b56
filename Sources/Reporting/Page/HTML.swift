/// Markup that is safe to place in a page.
///
/// There are two ways to make some: a literal in the source code, or text that is escaped on its way in. The literal
/// parts of an interpolation are `StaticString`, so a string built at run time cannot pass for markup:
///
/// ```swift
/// let label = "<script>"                       // e.g. the name of a folder
/// let cell: HTML = "<td>\(label)</td>"         // <td>&lt;script&gt;</td>
/// let row: HTML = "<tr>\(cell)</tr>"           // markup goes in unchanged
/// ```
///
/// Escaping covers element content and double-quoted attributes alike. Output is well-formed XML as well as HTML:
/// characters that XML forbids become U+FFFD.
public struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The markup.
    public private(set) var markup: String

    /// No markup at all.
    public init() { markup = "" }

    /// Escapes `text`.
    public init(text: String) {
        markup = ""
        HTML.appendEscaped(text, to: &markup)
    }

    public init(stringLiteral literal: StaticString) { markup = literal.description }

    public init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

    /// The parts one after another.
    public init(joining parts: some Sequence<HTML>) {
        markup = ""
        for part in parts { markup += part.markup }
    }

    public var isEmpty: Bool { markup.isEmpty }

    public static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

    public static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum += right
        return sum
    }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var markup = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 8 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) { markup += literal.description }

        /// Text, escaped.
        public mutating func appendInterpolation(_ text: String) { HTML.appendEscaped(text, to: &markup) }

        /// Markup, unchanged; nothing when it is `nil`.
        public mutating func appendInterpolation(_ html: HTML?) {
            if let html { markup += html.markup }
        }

        public mutating func appendInterpolation(_ integer: Int) { markup += String(integer) }

        /// A coordinate, rounded to a tenth of a pixel. One that is not a number is drawn at 0.
        public mutating func appendInterpolation(_ coordinate: Double) { markup += HTML.coordinate(coordinate) }
    }

    /// Shortest decimal with at most one place; SVG needs no more, and long charts get small.
    private static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let tenths = Int((min(max(value, -1e7), 1e7) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, fraction) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return fraction == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }

    private static func appendEscaped(_ text: String, to markup: inout String) {
        // Long harmless text, such as a picture in base64, is copied whole.
        let harmless = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x80 && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22 && byte != 0x27
        }
        if harmless {
            markup += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            case "\t", "\n": markup.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": markup += "\u{FFFD}"
            default: markup.unicodeScalars.append(scalar)
            }
        }
    }
}
