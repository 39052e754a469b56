import Training

extension ContentSimilarity {
    /// The terms that several items have, as groups of a table's rows. An item's shares are in proportion to the rarity of its
    /// terms, and their Euclidean norm is one.
    ///
    /// - Parameter rate: of the groups, as a share of the rate of the rows.
    /// - Returns: nil where no two items have anything in common that tells them from the others.
    func groups(of table: String, rate: Float) -> RowGroups? {
        var result = RowGroups(parameter: table, groupCount: 0, offsets: [0], groups: [], shares: [], rate: rate)
        // Most terms are one item's alone, such as words of its name: only the others take room.
        var groups: [UInt32: UInt32] = [:]
        for item in 0..<itemCount {
            let shared = description(of: item).filter { $0.rarity > 0 && $0.holders > 1 }
            let length = shared.reduce(0) { $0 + $1.rarity * $1.rarity }.squareRoot()
            for (term, rarity, _) in shared {
                let next = UInt32(groups.count)
                result.groups.append(groups[term, default: next])
                if result.groups.last == next { groups[term] = next }
                result.shares.append(rarity / length)
            }
            result.offsets.append(Int64(result.groups.count))
        }
        result.groupCount = groups.count
        return groups.isEmpty ? nil : result
    }
}
