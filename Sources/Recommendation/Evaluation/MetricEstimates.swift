import Reporting

/// Means over the cases at one length of list, with 95 % intervals over users.
public struct MetricEstimates: Hashable, Codable, Sendable {
    public var k: Int
    public var hitRate: ConfidenceInterval
    public var recall: ConfidenceInterval
    public var ndcg: ConfidenceInterval
    public var reciprocalRank: ConfidenceInterval
    public var averagePrecision: ConfidenceInterval

    /// Means without intervals, of what is computed rather than measured.
    init(exactly metrics: RankingMetrics) {
        func point(_ value: Double) -> ConfidenceInterval { ConfidenceInterval(estimate: value, lower: value, upper: value) }
        k = metrics.k
        hitRate = point(metrics.hitRate)
        recall = point(metrics.recall)
        ndcg = point(metrics.ndcg)
        reciprocalRank = point(metrics.reciprocalRank)
        averagePrecision = point(metrics.averagePrecision)
    }

    /// - Parameter ranks: for each case the places of its targets.
    /// - Returns: one for each length.
    static func all(ranks: [[Int]], lengths: [Int], bootstrap: UserBootstrap) throws -> [MetricEstimates] {
        let rows = ranks.map { ranks in
            lengths.flatMap { k -> [Double] in
                let metrics = RankingMetrics(ranks: ranks, k: k)
                return [metrics.hitRate, metrics.recall, metrics.ndcg, metrics.reciprocalRank, metrics.averagePrecision]
            }
        }
        let intervals = try bootstrap.intervals(of: rows)
        guard intervals.count == 5 * lengths.count else { return [] }
        return lengths.enumerated().map { place, k in MetricEstimates(k: k, intervals[(5 * place)..<(5 * place + 5)]) }
    }

    private init(k: Int, _ intervals: ArraySlice<ConfidenceInterval>) {
        let all = Array(intervals)
        (self.k, hitRate, recall, ndcg, reciprocalRank, averagePrecision) = (k, all[0], all[1], all[2], all[3], all[4])
    }
}
