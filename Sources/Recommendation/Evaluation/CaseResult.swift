import Parallelism

/// What a model answered to one case. Every metric derives from it.
public struct CaseResult: Hashable, Codable, Sendable {
    /// The places of the targets from 0, in their order, when all items but the excluded ones are ranked.
    public var ranks: [Int]
    /// The best items, best first.
    public var top: [Int]

    public init(ranks: [Int], top: [Int]) {
        self.ranks = ranks
        self.top = top
    }

    /// Ranks all items for every case, once.
    ///
    /// - Parameters:
    ///   - model: asked from several threads at once.
    ///   - depth: how many of the best items are kept.
    public static func all(of model: any RankingModel, cases: [EvaluationCase], depth: Int, threads: Int) throws -> [CaseResult] {
        let count = model.itemCount
        return try WorkerThreads.map(cases.count, threads: threads) {
            let scores = ScoreRow(count: count)
            return { index in
                model.score(cases[index].query, into: scores.values)
                // Excludes what may not be answered, in place.
                let ranks = cases[index].ranks(in: scores.values)
                return CaseResult(ranks: ranks, top: UnsafeBufferPointer(scores.values).best(depth).map(\.item))
            }
        }
    }
}
