import Training

extension ContentSimilarity {
    /// What describes several items, as groups of a table's rows: each item takes more of what is rare, and of all together one.
    ///
    /// - Returns: nil where no two items have anything in common that tells them from the others.
    func groups(of table: String, rate: Float) -> RowGroups? {
        var result = RowGroups(parameter: table, groupCount: termCount, offsets: [0], groups: [], shares: [], rate: rate)
        for item in 0..<itemCount {
            let shared = description(of: item).filter { $0.rarity > 0 && $0.holders > 1 }
            let length = shared.reduce(0) { $0 + $1.rarity * $1.rarity }.squareRoot()
            for each in shared {
                result.groups.append(each.term)
                result.shares.append(each.rarity / length)
            }
            result.offsets.append(Int64(result.groups.count))
        }
        return result.groups.isEmpty ? nil : result
    }
}
