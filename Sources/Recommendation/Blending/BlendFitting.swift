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
    /// what raises the mean discounted gain of the targets is kept, until nothing does.
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
        let (best, weights) = ([even] + led).map { Self.climb(from: $0, candidates) }.max { $0.gain < $1.gain }!
        for index in members.indices { members[index].weight = weights[index] }
        return best
    }

    private static func climb(from start: [Float], _ candidates: [Candidates]) -> (gain: Double, weights: [Float]) {
        var weights = start
        var best = gain(candidates, weights)
        var step: Float = 4
        while step > 1.05 {
            var improved = false
            for member in weights.indices {
                for factor in [step, 1 / step, 0] {
                    var tried = weights
                    tried[member] = tried[member] == 0 ? (factor > 1 ? 0.05 : 0) : tried[member] * factor
                    guard tried != weights, tried.contains(where: { $0 > 0 }) else { continue }
                    let found = gain(candidates, tried)
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

    /// The mean over cases of the discounted gain of the targets, not cut off, so that every place a target rises counts.
    private static func gain(_ all: [Candidates], _ weights: [Float]) -> Double {
        var sum = 0.0
        for candidates in all where candidates.targets > 0 {
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
                // Half of the equals stand before, or a member that says the same of all would be the best of all.
                var above = 0, equal = -1
                for other in scores {
                    if other > scores[target] { above += 1 } else if other == scores[target] { equal += 1 }
                }
                gain += 1 / log2(Double(above + equal / 2 + 2))
            }
            sum += gain / Double(candidates.targets)
        }
        return sum / Double(max(all.count, 1))
    }
}
