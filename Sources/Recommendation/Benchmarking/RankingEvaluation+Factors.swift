import CRanking
import Parallelism

extension RankingEvaluation {
    /// Ranks all items for cases by the products of users' and items' factors, such as another program found.
    ///
    /// - Parameters:
    ///   - users: `[users, width]`, by the users of the cases. - items: `[items, width]`.
    /// - Precondition: both hold whole rows.
    public init(
        _ name: String, users: [Float], items: [Float], width: Int, cases: [EvaluationCase], lengths: [Int], threads: Int
    ) throws {
        precondition(width > 0 && users.count % width == 0 && items.count % width == 0, "rows of \(width) numbers")
        let count = items.count / width
        let ranks = try WorkerThreads.map(cases.count, threads: threads) {
            let scores = ScoreRow(count: count)
            return { index -> [Int] in
                let user = cases[index].user
                guard user < users.count / width else { return cases[index].targets.map { _ in count } }
                users.withUnsafeBufferPointer { users in
                    items.withUnsafeBufferPointer {
                        cr_products($0.baseAddress!, users.baseAddress! + user * width, scores.values.baseAddress!, count, width)
                    }
                }
                return cases[index].ranks(in: scores.values)
            }
        }
        self.init(model: name, lengths: lengths, ranks: ranks)
    }
}
