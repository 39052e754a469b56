#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions
import Parallelism

extension Blend {
    /// Candidates that each member names.
    private static let named = 200

    /// Chooses the weights of the members on validation cases: one weight after the other is tried larger and smaller, and
    /// what raises the mean discounted gain of the targets is kept, until nothing does. Items of the history get weights of
    /// their own where that is better by more than one standard error on cases that were not looked at for it. Then members are
    /// left out as long as the gain stays within one standard error of the best (the rule of Breiman et al., "Classification and
    /// regression trees", 1984, on paired differences; a twentieth of the gain at most; over all cases, and over those about
    /// items of the history and about others) and not below that of any member: each costs time and memory in every answer.
    /// Those that alone can tell new items apart stay.
    ///
    /// - Parameters:
    ///   - cases: of validation; never of a test.
    ///   - limit: cases that are looked at, evenly taken.
    /// - Returns: the normalized discounted cumulative gain of the chosen weights among the candidates.
    @discardableResult
    public mutating func fitWeights(on cases: [EvaluationCase], limit: Int = 4_000, threads: Int) throws -> Double {
        guard members.count > 1, !cases.isEmpty else { return 0 }
        let stride = max(1, cases.count / limit)
        let chosen = Swift.stride(from: 0, to: cases.count, by: stride).map { cases[$0] }
        let blend = self
        let candidates = try WorkerThreads.map(chosen.count, threads: threads) {
            let rows = blend.members.map { _ in ScoreRow(count: blend.itemCount) }
            return { blend.candidates(of: chosen[$0], rows) }
        }
        // One beginning where all speak, and one for each that leads: the climb finds the nearest top only.
        let even = members.map { $0.model.scale == .counts ? Float(1) / Float(members.count) : 0.5 / Float(members.count) }
        let led = members.indices.map { leader in members.indices.map { $0 == leader ? Float(1) : even[$0] / 10 } }
        let search = WeightSearch(candidates: candidates, threads: threads)
        var best = try ([even] + led).map { try search.climb(from: Weighting(weights: $0)) }.max { $0.gain < $1.gain }!.weighting
        if try search.isBetterApart(than: best) { best = try search.apart(from: best) }
        weighting = try search.pruned(best, keeping: members.map { $0.model is ContentSimilarity })
        return try search.mean(search.gains(weighting))
    }

    private func candidates(of question: EvaluationCase, _ rows: [ScoreRow]) -> Candidates {
        var items = question.targets.filter { $0 < itemCount }
        let targets = items.count
        var known = Set(items).union(question.excluded)
        for (member, row) in zip(members, rows) {
            logarithms(of: member.model, question.query, into: row.values)
            for item in question.excluded where item < itemCount { row.values[item] = -.infinity }
            for candidate in UnsafeBufferPointer(row.values).best(Self.named) where known.insert(candidate.item).inserted {
                items.append(candidate.item)
            }
        }
        let met = met(in: question.query)
        return Candidates(
            targets: targets, returning: items.indices.filter { met.contains(items[$0]) }, logarithms: rows.map { row in items.map { row.values[$0] } })
    }
}
