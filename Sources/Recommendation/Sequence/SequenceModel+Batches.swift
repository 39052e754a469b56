import Kernels

/// Many queries at once: histories of one length are encoded together, and all items are scored in products of blocks.
extension SequenceModel {
    /// The states of queries.
    ///
    /// - Returns: `[queries.count, width]`; zeros for a query without any item that the model knows.
    /// - Throws: `KernelError` when a kernel fails.
    public func states(for queries: [Query]) throws -> [Float] {
        let width = configuration.width
        var result = [Float](repeating: 0, count: queries.count * width)
        var byLength: [Int: [(query: Int, items: [Int32])]] = [:]
        for (index, query) in queries.enumerated() {
            let items = steps(of: query).map { Int32(query.history[$0].item) }
            if !items.isEmpty { byLength[items.count, default: []].append((index, items)) }
        }
        for (length, group) in byLength.sorted(by: { $0.key < $1.key }) {
            let histories = group.flatMap(\.items)
            var states = [Float](repeating: 0, count: group.count * width)
            try histories.withUnsafeBufferPointer { histories in
                try states.withUnsafeMutableBufferPointer {
                    try encoder.encode(histories, count: group.count, length: length, into: $0)
                }
            }
            for (row, entry) in group.enumerated() {
                let place = entry.query * width
                result.replaceSubrange(place..<place + width, with: states[row * width..<(row + 1) * width])
            }
        }
        return result
    }

    /// Hands the scores of all items to `body`, query by query in their order.
    ///
    /// Memory stays that of a block of queries, however many there are.
    ///
    /// - Parameter body: told the query's position; the scores may be changed, and are gone afterwards.
    /// - Throws: `KernelError` when a kernel fails, and what `body` throws.
    public func score(
        _ queries: [Query], _ body: (_ query: Int, _ scores: UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        let (width, block) = (configuration.width, max(1, min(256, (1 << 24) / max(itemCount, 1))))
        var states = try states(for: queries)
        var products = [Float](repeating: 0, count: min(block, queries.count) * itemCount)
        try states.withUnsafeMutableBufferPointer { states in
            try products.withUnsafeMutableBufferPointer { products in
                try parameters[0].withUnsafeBufferPointer { table in
                    // The product reads its operands only.
                    let table = UnsafeMutableBufferPointer(mutating: table)
                    for first in stride(from: 0, to: queries.count, by: block) {
                        let rows = min(block, queries.count - first)
                        let part = UnsafeMutableBufferPointer(rebasing: states[first * width..<(first + rows) * width])
                        encoder.thread.perform {
                            MatrixMultiply.run(
                                part, table, transposingRight: true, into: products, rows: rows, inner: width, columns: itemCount)
                        }
                        for row in 0..<rows {
                            let scores = products[row * itemCount..<(row + 1) * itemCount]
                            try body(first + row, UnsafeMutableBufferPointer(rebasing: scores))
                        }
                    }
                }
            }
        }
    }

    /// The scores of all items for each query, in memory at once.
    ///
    /// - Throws: `KernelError` when a kernel fails.
    public func scores(for queries: [Query]) throws -> [[Float]] {
        var result: [[Float]] = []
        result.reserveCapacity(queries.count)
        try score(queries) { _, scores in result.append(Array(scores)) }
        return result
    }
}
