import Parallelism
import Reporting

/// What a model was worth on a set of cases.
public struct RankingEvaluation: Sendable {
    /// Name of the model.
    public var model: String
    /// Lengths of the lists that are looked at, ascending.
    public var lengths: [Int]
    /// For each case the places of its targets, from 0.
    public var ranks: [[Int]]

    /// Ranks all items for every case.
    ///
    /// - Parameters:
    ///   - model: asked from several threads at once.
    public init(_ model: any RankingModel, named name: String? = nil, cases: [EvaluationCase], lengths: [Int] = [5, 10, 20], threads: Int) throws {
        self.model = name ?? type(of: model).name
        self.lengths = lengths.sorted()
        let count = model.itemCount
        ranks = try WorkerThreads.map(cases.count, threads: threads) {
            let scores = ScoreRow(count: count)
            return { index in
                model.score(cases[index].query, into: scores.values)
                return cases[index].ranks(in: scores.values)
            }
        }
    }

    public init(model: String, lengths: [Int] = [5, 10, 20], ranks: [[Int]]) {
        self.model = model
        self.lengths = lengths.sorted()
        self.ranks = ranks
    }

    /// The mean over all cases, or over some.
    public func metrics(at k: Int, where isCounted: (Int) -> Bool = { _ in true }) -> RankingMetrics {
        RankingMetrics.mean(ranks.indices.filter(isCounted).map { RankingMetrics(ranks: ranks[$0], k: k) }, k: k)
    }
}

/// A row of scores that a thread writes again and again.
final class ScoreRow {
    let values: UnsafeMutableBufferPointer<Float>

    init(count: Int) {
        values = .allocate(capacity: count)
        values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }
}
