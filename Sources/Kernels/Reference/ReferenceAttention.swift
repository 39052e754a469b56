import ComputeGraph

/// Attention and embedding look-up.
extension ReferenceKernels {
    static func attention(
        query: [Double], key: [Double], value: [Double], mask: [Double]?, queryLength: Int, keyLength: Int, width: Int,
        heads: Int, causal: Bool, batch: Int
    ) -> [Double] {
        let headWidth = width / heads
        let factor = 1 / Double(headWidth).squareRoot()
        var result = [Double](repeating: 0, count: batch * queryLength * width)
        for sample in 0..<batch {
            for head in 0..<heads {
                for row in 0..<queryLength {
                    let from = (sample * queryLength + row) * width + head * headWidth
                    let scores = (0..<keyLength).map { column -> Double in
                        let hidden = mask.map { $0[sample * keyLength + column] == 0 } ?? false
                        if hidden || (causal && column > row) { return -.infinity }
                        let to = (sample * keyLength + column) * width + head * headWidth
                        return factor * (0..<headWidth).reduce(0) { $0 + query[from + $1] * key[to + $1] }
                    }
                    for (column, share) in softmax(scores).enumerated() {
                        let to = (sample * keyLength + column) * width + head * headWidth
                        for index in 0..<headWidth { result[from + index] += share * value[to + index] }
                    }
                }
            }
        }
        return result
    }

    /// Rows of a table; zeros for an index outside it.
    static func embedding(_ indices: [Double], table: [Double], count: Int, width: Int) -> [Double] {
        indices.flatMap { index -> [Double] in
            let row = Int(index)
            return row >= 0 && row < count ? Array(table[row * width..<(row + 1) * width]) : [Double](repeating: 0, count: width)
        }
    }
}
