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
    public mutating func fitWeights(on cases: [EvaluationCase], limit: Int = 6_000, threads: Int) throws -> Double {
        guard members.count > 1, !cases.isEmpty else { return 0 }
        let stride = max(1, cases.count / limit)
        let chosen = Swift.stride(from: 0, to: cases.count, by: stride).map { cases[$0] }
        let blend = self
        let candidates = try WorkerThreads.map(chosen.count, threads: threads) {
            let rows = blend.members.map { _ in ScoreRow(count: blend.itemCount) }
            return { blend.candidates(of: chosen[$0], rows) }
        }
        var weights = members.map { $0.model.scale == .counts ? Float(1) / Float(members.count) : 0.5 / Float(members.count) }
        var best = Self.gain(candidates, weights)
        var step: Float = 2
        while step > 1.04 {
            var improved = false
            for member in weights.indices {
                for factor in [step, 1 / step, 0] {
                    var tried = weights
                    tried[member] = tried[member] == 0 ? (factor > 1 ? 0.05 : 0) : tried[member] * factor
                    guard tried != weights, tried.contains(where: { $0 > 0 }) else { continue }
                    let gain = Self.gain(candidates, tried)
                    // A member that brings nothing is better left out: it costs time.
                    if gain > best + 1e-6 || (factor == 0 && gain >= best) {
                        (best, weights, improved) = (gain, tried, true)
                    }
                }
            }
            if !improved { step = step.squareRoot() }
        }
        for index in members.indices { members[index].weight = weights[index] }
        return best
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
            for target in 0..<candidates.targets {
                var above = 0
                for other in scores where other > scores[target] { above += 1 }
                gain += 1 / log2(Double(above + 2))
            }
            sum += gain / Double(candidates.targets)
        }
        return sum / Double(max(all.count, 1))
    }
}
