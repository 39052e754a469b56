import CRanking

extension ItemMask {
    /// The items of the set with the highest scores, the best first, equal ones by number: exactly those that sorting all
    /// would give. Items beyond the scores, and those whose score is not a number, come last.
    ///
    /// - Parameter limit: how many; fewer come back only when the set has fewer.
    public func top(_ limit: Int, by scores: UnsafeBufferPointer<Float>) -> [ScoredItem] {
        let limit = min(max(limit, 0), count)
        let scored = min(scores.count, count)
        var best: [ScoredItem] = []
        if limit > 0, scored > 0 {
            best = withUnsafeTemporaryAllocation(of: cr_scored.self, capacity: limit) { room in
                let found = words.withUnsafeBufferPointer {
                    cr_top_k(scores.baseAddress!, $0.baseAddress!, scored, limit, room.baseAddress!)
                }
                return room[..<found].map { ScoredItem(item: Int($0.index), score: $0.score) }
            }
        }
        var item = scored
        while best.count < limit, item < count {
            if self[item] { best.append(ScoredItem(item: item, score: -.infinity)) }
            item += 1
        }
        return best
    }
}
