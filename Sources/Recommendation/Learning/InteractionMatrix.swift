#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions

/// Users and items with one weight for each pair that met: the sum over their events. Compressed rows.
public struct InteractionMatrix: Sendable {
    public var rows: Int
    public var columns: Int
    /// Where each row begins: `rows + 1` positions.
    public var offsets: [Int]
    /// Ascending within a row.
    public var indices: [UInt32]
    public var values: [Float]

    public var count: Int { indices.count }

    public func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    public init(rows: Int, columns: Int, offsets: [Int], indices: [UInt32], values: [Float]) {
        self.rows = rows
        self.columns = columns
        self.offsets = offsets
        self.indices = indices
        self.values = values
    }

    /// Users by items. Pairs whose weights sum to zero or less are left out: they say no, or nothing.
    public init(_ data: TrainingData) {
        let log = data.log
        let weighing = EventWeighing(data)
        self.init(rows: log.userCount, columns: log.itemCount, offsets: [0], indices: [], values: [])
        indices.reserveCapacity(log.eventCount)
        values.reserveCapacity(log.eventCount)
        offsets.reserveCapacity(log.userCount + 1)
        var sums: [UInt32: Float] = [:]
        for user in 0..<log.userCount {
            sums.removeAll(keepingCapacity: true)
            for event in log.events(of: user) {
                sums[log.eventItems[event], default: 0] += Float(weighing.weight(of: event))
            }
            for (item, weight) in sums.sorted(by: { $0.key < $1.key }) where weight > 0 {
                indices.append(item)
                values.append(weight)
            }
            offsets.append(indices.count)
        }
    }

    /// Items by users.
    public var transposed: InteractionMatrix {
        var starts = [Int](repeating: 0, count: columns + 1)
        for index in indices { starts[Int(index) + 1] += 1 }
        for column in 0..<columns { starts[column + 1] += starts[column] }
        var next = starts
        var newIndices = [UInt32](repeating: 0, count: count), newValues = [Float](repeating: 0, count: count)
        for row in 0..<rows {
            for position in range(of: row) {
                let column = Int(indices[position])
                newIndices[next[column]] = UInt32(row)
                newValues[next[column]] = values[position]
                next[column] += 1
            }
        }
        return InteractionMatrix(rows: columns, columns: rows, offsets: starts, indices: newIndices, values: newValues)
    }

    /// Divided by the square roots of how much each item was met, and of how much each user met to a power.
    ///
    /// - Parameter longest: users who met more items than this are left out.
    /// - Returns: the matrix, and how much each item was met.
    func normalized(userPower: Float, longest: Int = .max) -> (matrix: InteractionMatrix, frequencies: [Float]) {
        var matrix = self
        var frequencies = [Float](repeating: 0, count: columns), amounts = [Float](repeating: 0, count: rows)
        for user in 0..<rows {
            for position in range(of: user) {
                amounts[user] += values[position]
                frequencies[Int(indices[position])] += values[position]
            }
        }
        for user in 0..<rows {
            let range = range(of: user)
            let share = range.count > longest ? 0 : powf(amounts[user], -userPower / 2)
            for position in range { matrix.values[position] *= share / frequencies[Int(indices[position])].squareRoot() }
        }
        return (matrix, frequencies)
    }
}
