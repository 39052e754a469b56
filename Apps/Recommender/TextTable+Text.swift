import Reporting

extension TextTable {
    /// A table of plain texts, the first column to the left and all others to the right.
    static func text(header: [String], rows: [[String]]) -> String {
        var table = TextTable(columns: header.enumerated().map { Column($1, alignment: $0 == 0 ? .left : .right) })
        for row in rows { table.append(row.map { Cell($0) }) }
        return table.render()
    }
}
