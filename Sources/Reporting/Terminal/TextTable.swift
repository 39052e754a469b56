/// A table on a terminal: aligned columns, a header, and no lines that get in the way.
///
/// ```swift
/// var table = TextTable(columns: [.init("class"), .init("photos", alignment: .right), .init("")])
/// table.append(["cat", "9,000", .bar(0.5)])
/// print(table.render(), terminator: "")
/// ```
public struct TextTable: Sendable {
    public struct Column: Sendable {
        public var title: String
        public var alignment: ColumnAlignment

        public init(_ title: String, alignment: ColumnAlignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    public struct Cell: Sendable, ExpressibleByStringInterpolation {
        public var text: String
        public var emphasis: TextEmphasis

        /// Control characters in `text`, which a file name may hold, are made visible and harmless.
        public init(_ text: String, _ emphasis: TextEmphasis = .plain) {
            self.text = DisplayWidth.harmless(text)
            self.emphasis = emphasis
        }

        public init(stringLiteral text: String) { self.init(text) }

        /// A bar for a share of one, 12 characters wide unless told otherwise.
        public static func bar(_ share: Double, columns: Int = 12, _ emphasis: TextEmphasis = .accent) -> Cell {
            Cell(TextBar.bar(share, columns: columns), emphasis)
        }

        /// A small curve of the values.
        public static func sparkline(_ values: [Double], columns: Int = 16) -> Cell {
            Cell(TextBar.sparkline(values, columns: columns), .accent)
        }
    }

    public var columns: [Column]
    public private(set) var rows: [[Cell]] = []

    public init(columns: [Column]) { self.columns = columns }

    /// Adds a row. Missing cells are empty; cells beyond the last column are left out.
    public mutating func append(_ cells: [Cell]) {
        var cells = Array(cells.prefix(columns.count))
        while cells.count < columns.count { cells.append("") }
        rows.append(cells)
    }

    /// The table, each line ending in a line break.
    ///
    /// - Parameter columns: the width to fit into; the widest columns of words are cut, numbers never. `nil`: as wide
    ///   as it needs to be.
    public func render(fitting limit: Int? = nil, style: TerminalStyle = .plain) -> String {
        guard !columns.isEmpty else { return "" }
        let widths = widths(fitting: limit)
        var text = ""
        if columns.contains(where: { !$0.title.isEmpty }) {
            text += line(columns.map { Cell($0.title, .strong) }, widths, style)
            text += line(widths.map { Cell(String(repeating: "─", count: $0), .faint) }, widths, style)
        }
        for row in rows { text += line(row, widths, style) }
        return text
    }

    private static let gap = 2

    private func widths(fitting limit: Int?) -> [Int] {
        var widths = columns.map { DisplayWidth.columns(of: DisplayWidth.harmless($0.title)) }
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], DisplayWidth.columns(of: cell.text))
            }
        }
        guard let limit else { return widths }
        // Take from the widest column of words, one at a time, down to a width that still tells something.
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - limit
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].alignment == .left && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: TerminalStyle) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let cut = DisplayWidth.truncate(cell.text, to: widths[index])
            let padding = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.columns(of: cut)))
            if index > 0 { text += String(repeating: " ", count: Self.gap) }
            let styled = style.apply(cell.emphasis, to: cut)
            text += columns[index].alignment == .left ? styled + padding : padding + styled
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text + "\n"
    }
}
