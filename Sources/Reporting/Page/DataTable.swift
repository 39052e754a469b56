/// A table with headers that a screen reader can follow. The first column names the row.
public struct DataTable: ReportBlock {
    public struct Column: Sendable {
        public var title: String
        public var alignment: ColumnAlignment

        public init(_ title: String, alignment: ColumnAlignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    public struct Cell: Sendable, ExpressibleByStringInterpolation {
        package var content: HTML
        package var tone: Tone

        public init(_ text: String, tone: Tone = .neutral) {
            content = HTML(text: text)
            self.tone = tone
        }

        public init(stringLiteral text: String) { self.init(text) }

        /// A bar as long as `share` of one, with the number beside it.
        public static func bar(_ share: Double, label: String) -> Cell {
            var cell = Cell("")
            let width = share.isFinite ? min(max(share, 0), 1) * 100 : 0
            cell.content = """
                <span class="inline-bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">\
                <rect class="track" width="100" height="10"/><rect class="fill" width="\(width)" height="10"/></svg>\
                <span>\(label)</span></span>
                """
            return cell
        }
    }

    public var caption: String?
    public var columns: [Column]
    public var rows: [[Cell]]
    /// Rows to set off from the others, by index.
    public var highlightedRows: Set<Int>

    public init(columns: [Column], rows: [[Cell]], caption: String? = nil, highlightedRows: Set<Int> = []) {
        self.columns = columns
        self.rows = rows
        self.caption = caption
        self.highlightedRows = highlightedRows
    }

    public var html: HTML {
        let captionHTML: HTML? = caption.map { "<caption>\($0)</caption>\n" }
        var headers = HTML()
        for column in columns { headers += "<th scope=\"col\"\(side(column))>\(column.title)</th>" }
        let body = HTML(joining: rows.enumerated().map { row($0.element, isHighlighted: highlightedRows.contains($0.offset)) })
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(caption ?? "Table")"><table>
            \(captionHTML)<thead><tr>\(headers)</tr></thead>
            <tbody>
            \(body)</tbody></table></div>

            """
    }

    private func row(_ cells: [Cell], isHighlighted: Bool) -> HTML {
        var html: HTML = isHighlighted ? "<tr class=\"highlighted\">" : "<tr>"
        for (index, column) in columns.enumerated() {
            let cell = index < cells.count ? cells[index] : ""
            let tone: HTML = cell.tone == .neutral ? HTML() : "<span class=\"\(cell.tone.cssClass)\">\(cell.content)</span>"
            let content = cell.tone == .neutral ? cell.content : tone
            html += index == 0
                ? "<th scope=\"row\"\(side(column))>\(content)</th>" : "<td\(side(column))>\(content)</td>"
        }
        return html + "</tr>\n"
    }

    private func side(_ column: Column) -> HTML { column.alignment == .right ? " class=\"number\"" : HTML() }
}
