import CRanking

extension [Float] {
    /// The largest scores with their positions, best first; of equal ones the first comes first.
    func best(_ count: Int) -> [ScoredItem] {
        withUnsafeBufferPointer { $0.best(count) }
    }
}

extension UnsafeBufferPointer<Float> {
    /// The largest scores with their positions, best first; of equal ones the first comes first. Scores of minus infinity
    /// are left out.
    func best(_ limit: Int) -> [ScoredItem] {
        let limit = Swift.min(limit, count)
        guard limit > 0 else { return [] }
        return withUnsafeTemporaryAllocation(of: cr_scored.self, capacity: limit) { room in
            let found = cr_top_k(baseAddress!, nil, count, limit, room.baseAddress!)
            return room[..<found].filter { $0.score > -.infinity }.map { ScoredItem(item: Int($0.index), score: $0.score) }
        }
    }
}
