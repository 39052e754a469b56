/// A table for a Markdown document.
public enum MarkdownTable {
    /// - Parameter rows: cells in the order of the header; bars in them are escaped.
    public static func text(header: [String], rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String { "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |\n" }
        return line(header) + "|\(header.map { _ in "---" }.joined(separator: "|"))|\n" + rows.map(line).joined()
    }
}
