import ModelStore

/// What each item says of others: rows of different lengths, each with ascending columns.
struct SparseRows: Sendable {
    /// Row `r` is at `starts[r]..<starts[r + 1]`.
    let starts: [Int]
    let columns: FrozenArray<UInt32>
    let values: FrozenArray<Float>

    init(starts: [Int], columns: FrozenArray<UInt32>, values: FrozenArray<Float>) {
        (self.starts, self.columns, self.values) = (starts, columns, values)
    }

    /// - Parameter entries: how many there are at most, for which room is made.
    init(_ rows: some Sequence<SparseRow>, entries: Int) {
        var starts = [0], columns: [UInt32] = [], values: [Float] = []
        columns.reserveCapacity(entries)
        values.reserveCapacity(entries)
        for row in rows {
            columns += row.columns
            values += row.values
            starts.append(columns.count)
        }
        self.init(starts: starts, columns: FrozenArray(columns), values: FrozenArray(values))
    }

    var count: Int { starts.count - 1 }

    /// Hands a row's columns and values to `body`.
    func withRow<Result>(_ row: Int, _ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<Float>) -> Result) -> Result {
        let range = starts[row]..<starts[row + 1]
        return columns.withUnsafeBufferPointer { columns in
            values.withUnsafeBufferPointer { values in
                body(UnsafeBufferPointer(rebasing: columns[range]), UnsafeBufferPointer(rebasing: values[range]))
            }
        }
    }

    /// Adds `factor` times a row to the scores.
    func add(_ row: Int, times factor: Float, to scores: UnsafeMutableBufferPointer<Float>) {
        withRow(row) { columns, values in
            for position in columns.indices { scores[Int(columns[position])] += factor * values[position] }
        }
    }

    /// The values of a row at some columns, zero where none is kept.
    func values(at columns: [Int], of row: Int) -> [Float] {
        withRow(row) { kept, values in
            columns.map { column in kept.ascendingPosition(of: UInt32(column)).map { values[$0] } ?? 0 }
        }
    }

    /// The largest positive values of a row, the largest first.
    func best(of row: Int, count: Int) -> [ScoredItem] {
        let all = withRow(row) { columns, values in zip(columns, values).map { ScoredItem(item: Int($0), score: $1) } }
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

extension RandomAccessCollection where Element == UInt32, Index == Int {
    /// Where a number stands among ascending ones; nil where it is missing.
    func ascendingPosition(of number: UInt32) -> Int? {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low] == number ? low : nil
    }
}
