/// What each item says of others: rows of different lengths, each with ascending columns.
struct SparseRows: Sendable {
    /// Row `r` is at `starts[r]..<starts[r + 1]`.
    private(set) var starts: [Int] = [0]
    private(set) var columns: [UInt32] = []
    private(set) var values: [Float] = []

    init() {}

    init(starts: [Int], columns: [UInt32], values: [Float]) {
        (self.starts, self.columns, self.values) = (starts, columns, values)
    }

    var count: Int { starts.count - 1 }

    mutating func append(_ row: SparseRow) {
        columns += row.columns
        values += row.values
        starts.append(columns.count)
    }

    mutating func reserveCapacity(entries: Int) {
        columns.reserveCapacity(entries)
        values.reserveCapacity(entries)
    }

    /// Adds `factor` times a row to the scores.
    func add(_ row: Int, times factor: Float, to scores: UnsafeMutableBufferPointer<Float>) {
        columns.withUnsafeBufferPointer { columns in
            values.withUnsafeBufferPointer { values in
                for position in starts[row]..<starts[row + 1] { scores[Int(columns[position])] += factor * values[position] }
            }
        }
    }

    /// The value at a place, zero where none is kept.
    subscript(row: Int, column: Int) -> Float {
        var (low, high) = (starts[row], starts[row + 1])
        while low < high {
            let middle = (low + high) / 2
            if Int(columns[middle]) < column { low = middle + 1 } else { high = middle }
        }
        return low < starts[row + 1] && Int(columns[low]) == column ? values[low] : 0
    }

    /// The largest positive values of a row, the largest first.
    func best(of row: Int, count: Int) -> [ScoredItem] {
        let all = (starts[row]..<starts[row + 1]).map { ScoredItem(item: Int(columns[$0]), score: values[$0]) }
        return all.filter { $0.score > 0 }.sorted { ($0.score, $1.item) > ($1.score, $0.item) }.prefix(count).map { $0 }
    }
}

/// One row: ascending columns, and a value for each.
struct SparseRow: Sendable {
    var columns: [UInt32] = []
    var values: [Float] = []

    /// Those of many values that are farthest from zero; of equals the lower columns.
    ///
    /// - Parameter columns: ascending.
    init(columns: [UInt32], values: [Float], keeping limit: Int) {
        guard values.count > limit else {
            (self.columns, self.values) = (columns, values)
            return
        }
        for position in values.map(abs).best(limit).map(\.item).sorted() {
            self.columns.append(columns[position])
            self.values.append(values[position])
        }
    }
}
