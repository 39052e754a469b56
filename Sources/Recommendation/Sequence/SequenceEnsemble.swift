import CRanking

/// Sequence models that began at different random values, as one: the mean of what they say (Lakshminarayanan et al., "Simple
/// and scalable predictive uncertainty estimation using deep ensembles", 2017).
public struct SequenceEnsemble: RankingModel {
    public static let name = SequenceModel.name

    /// At least one; all of the same items.
    public let models: [SequenceModel]

    public init(_ models: [SequenceModel]) {
        precondition(!models.isEmpty && models.allSatisfy { $0.itemCount == models[0].itemCount }, "models of the same items are needed")
        self.models = models
    }

    public var itemCount: Int { models[0].itemCount }
    public var scale: ScoreScale { models[0].scale }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        models[0].score(query, into: scores)
        guard models.count > 1 else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: itemCount) { own in
            for model in models.dropFirst() {
                model.score(query, into: own)
                cr_add_scaled(scores.baseAddress!, own.baseAddress!, 1, itemCount)
            }
        }
        let share = 1 / Float(models.count)
        for item in scores.indices { scores[item] *= share }
    }

    /// By the mean cosine of embeddings.
    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item >= 0, item < itemCount, count > 0 else { return [] }
        var cosines = Self.mean(models.map { $0.cosines(with: item) })
        cosines[item] = -.infinity
        return cosines.best(count)
    }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        let all = models.map { $0.contributions(to: items, of: query) }
        return items.indices.map { index in Self.mean(all.map { $0[index] }) }
    }

    private static func mean(_ rows: [[Float]]) -> [Float] {
        rows[0].indices.map { place in rows.reduce(0) { $0 + $1[place] } / Float(rows.count) }
    }
}
