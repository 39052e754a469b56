extension Graph: CustomStringConvertible {
    /// A table of the layers: name, operation, shape of the result, learned numbers, multiply-adds.
    public var description: String {
        var owners = Set<Int>()
        var rows = [["layer", "operation", "shape", "parameters", "multiply-adds"]]
        for node in nodes {
            let own = node.parameters.filter { owners.insert($0).inserted && parameters[$0].role != .statistic }
            let count = own.reduce(0) { $0 + parameters[$1].shape.elementCount }
            let work = node.operation.multiplyAdds(inputs: node.inputs.map(shape(of:)), output: node.shape)
            rows.append([
                node.name, node.operation.name, node.shape.description,
                count == 0 ? "" : grouped(count), work == 0 ? "" : grouped(work),
            ])
        }
        rows.append(["total", "", "", grouped(parameterCount), grouped(multiplyAdds)])
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column >= 3 ? space + cell : cell + space
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    private func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        var result = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { result.append(" ") }
            result.append(digit)
        }
        return result
    }
}
