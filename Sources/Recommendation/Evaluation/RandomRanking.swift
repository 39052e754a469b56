#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a ranking by chance is worth on average: closed forms, nothing is drawn.
public enum RandomRanking {
    /// - Parameters:
    ///   - targets: how many there are, at most `candidates`.
    ///   - candidates: items that are ranked, targets among them.
    public static func expected(targets: Int, candidates: Int, k: Int) -> RankingMetrics {
        var metrics = RankingMetrics(k: k)
        guard targets > 0, candidates >= targets else { return metrics }
        let (count, all) = (Double(targets), Double(candidates))
        let depth = min(k, candidates), possible = min(targets, k)
        metrics.recall = Double(depth) / all
        var gain = 0.0, ideal = 0.0, precision = 0.0
        // The chance that none has come before a place.
        var none = 1.0
        for place in 0..<depth {
            let discount = 1 / log2(Double(place + 2))
            gain += discount * count / all
            if place < possible { ideal += discount }
            // The chance that this place has the first target: none before, and one here.
            let left = all - Double(place)
            metrics.reciprocalRank += none * (count / left) / Double(place + 1)
            none *= max(left - count, 0) / left
            // Given a target here, each place before has one of the others.
            let others = candidates > 1 ? Double(place) * (count - 1) / (all - 1) : 0
            precision += count / all * (1 + others) / Double(place + 1)
        }
        metrics.hitRate = 1 - none
        metrics.ndcg = gain / ideal
        metrics.averagePrecision = precision / Double(possible)
        return metrics
    }

    /// The mean over cases.
    public static func expected(_ cases: [EvaluationCase], items: Int, k: Int) -> RankingMetrics {
        RankingMetrics.mean(
            cases.map { question in
                let known = question.targets.count { $0 < items }
                return expected(targets: known, candidates: items - question.excluded.count { $0 < items }, k: k)
            }, k: k)
    }
}
