#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Parallelism

extension Blend {
    /// What a member says of the items that matter in one case: the targets first, then others that some member ranks high.
    private struct Candidates: Sendable {
        var targets: Int
        /// `[members][items]`.
        var logarithms: [[Float]]
    }

    /// Candidates that each member names.
    private static let named = 200

    /// Chooses the weights of the members on validation cases: one weight after the other is tried larger and smaller, and
    /// what raises the mean discounted gain of the targets is kept, until nothing does. Then members are left out as long as
    /// the gain stays within one standard error of the best (the rule of Breiman et al., "Classification and regression
    /// trees", 1984, on paired differences) and not below that of any member: each costs time and memory in every answer.
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
        let (_, best) = ([even] + led).map { Self.climb(from: $0, candidates) }.max { $0.gain < $1.gain }!
        let weights = Self.pruned(best, keeping: members.map { $0.model is ContentSimilarity }, candidates)
        for index in members.indices { members[index].weight = weights[index] }
        return Self.mean(Self.gains(candidates, weights))
    }

    /// Leaves members out, the least missed first, as long as what is lost may be chance.
    private static func pruned(_ weights: [Float], keeping kept: [Bool], _ candidates: [Candidates]) -> [Float] {
        let best = gains(candidates, weights)
        let alone = weights.indices.map { member in mean(gains(candidates, weights.indices.map { $0 == member ? 1 : 0 })) }.max()!
        var pruned = weights
        while pruned.count(where: { $0 > 0 }) > 1 {
            let tried = pruned.indices.filter { pruned[$0] > 0 && !kept[$0] }.map { member in
                var rest = pruned
                rest[member] = 0
                let losses = zip(best, gains(candidates, rest)).map { $0 - $1 }, loss = mean(losses)
                let variance = losses.reduce(0) { $0 + ($1 - loss) * ($1 - loss) } / Double(max(losses.count - 1, 1))
                return (rest: rest, loss: loss, error: (variance / Double(losses.count)).squareRoot())
            }
            guard let least = tried.min(by: { $0.loss < $1.loss }), least.loss <= least.error, mean(best) - least.loss >= alone else { break }
            pruned = least.rest
        }
        return pruned
    }

    private static func climb(from start: [Float], _ candidates: [Candidates]) -> (gain: Double, weights: [Float]) {
        var weights = start
        var best = mean(gains(candidates, weights))
        var step: Float = 4
        while step > 1.05 {
            var improved = false
            for member in weights.indices {
                for factor in [step, 1 / step, 0] {
                    var tried = weights
                    tried[member] = tried[member] == 0 ? (factor > 1 ? 0.05 : 0) : tried[member] * factor
                    guard tried != weights, tried.contains(where: { $0 > 0 }) else { continue }
                    let found = mean(gains(candidates, tried))
                    // A member that brings nothing is better left out: it costs time.
                    if found > best + 1e-6 || (factor == 0 && found >= best) { (best, weights, improved) = (found, tried, true) }
                }
            }
            if !improved { step = step.squareRoot() }
        }
        return (best, weights)
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
        return Candidates(targets: targets, logarithms: rows.map { row in items.map { row.values[$0] } })
    }

    /// Of each case the mean discounted gain of its targets, not cut off, so that every place a target rises counts.
    private static func gains(_ all: [Candidates], _ weights: [Float]) -> [Double] {
        all.map { candidates in
            guard candidates.targets > 0 else { return 0 }
            let count = candidates.logarithms[0].count
            let scores = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                buffer.initialize(repeating: 0)
                for (own, weight) in zip(candidates.logarithms, weights) where weight != 0 {
                    for index in 0..<count { buffer[index] += weight * own[index] }
                }
                initialized = count
            }
            var gain = 0.0
            for target in 0..<candidates.targets where scores[target] > -.infinity {
                // Equals stand in any order, or a member that says the same of all would be the best of all.
                var above = 0, equal = 0
                for other in scores {
                    if other > scores[target] { above += 1 } else if other == scores[target] { equal += 1 }
                }
                let tied = scores[..<candidates.targets].count { $0 == scores[target] }
                let before = scores[..<target].count { $0 == scores[target] }
                gain += 1 / log2(Double(above + EvaluationCase.place(of: before, among: tied, of: equal) + 2))
            }
            return gain / Double(candidates.targets)
        }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
}
