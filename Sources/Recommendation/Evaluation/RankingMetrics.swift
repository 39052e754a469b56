#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a ranking is worth to one user, from the places at which what they did next stands in it.
public struct RankingMetrics: Hashable, Codable, Sendable {
    /// Length of the list that is looked at.
    public var k: Int
    /// Whether any target is in the list.
    public var hitRate = 0.0
    /// Share of the targets that are in the list.
    public var recall = 0.0
    /// Normalized discounted cumulative gain with binary relevance (Järvelin and Kekäläinen, 2002).
    public var ndcg = 0.0
    /// One divided by the place of the first target, zero beyond the list.
    public var reciprocalRank = 0.0
    /// Mean of the precision at each target's place, over all targets that could be in the list.
    public var averagePrecision = 0.0

    public init(k: Int) { self.k = k }

    /// - Parameters:
    ///   - ranks: places of the targets from 0, in any order.
    public init(ranks: [Int], k: Int) {
        self.init(k: k)
        guard !ranks.isEmpty else { return }
        let hits = ranks.filter { $0 < k }.sorted()
        let possible = min(ranks.count, k)
        hitRate = hits.isEmpty ? 0 : 1
        recall = Double(hits.count) / Double(ranks.count)
        let ideal = (0..<possible).reduce(0.0) { $0 + Self.discount($1) }
        ndcg = hits.reduce(0.0) { $0 + Self.discount($1) } / ideal
        reciprocalRank = hits.first.map { 1 / Double($0 + 1) } ?? 0
        averagePrecision = hits.enumerated().reduce(0.0) { $0 + Double($1.offset + 1) / Double($1.element + 1) } / Double(possible)
    }

    private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank + 2)) }

    /// The mean over users.
    public static func mean(_ all: some Collection<RankingMetrics>, k: Int) -> RankingMetrics {
        var sum = RankingMetrics(k: k)
        guard !all.isEmpty else { return sum }
        for metrics in all {
            sum.hitRate += metrics.hitRate
            sum.recall += metrics.recall
            sum.ndcg += metrics.ndcg
            sum.reciprocalRank += metrics.reciprocalRank
            sum.averagePrecision += metrics.averagePrecision
        }
        let share = 1 / Double(all.count)
        sum.hitRate *= share
        sum.recall *= share
        sum.ndcg *= share
        sum.reciprocalRank *= share
        sum.averagePrecision *= share
        return sum
    }
}
