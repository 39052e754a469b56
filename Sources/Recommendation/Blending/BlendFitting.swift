#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions
import Parallelism

/// What the members of a blend weigh.
private struct Weighting: Sendable {
    var weights: [Float]
    /// For items of the history, where they are weighed apart.
    var returning: [Float] = []
    var offset: Float?

    /// With one member heard and the others not.
    static func only(_ member: Int, of count: Int) -> Weighting { Weighting(weights: (0..<count).map { $0 == member ? 1 : 0 }) }

    func without(_ member: Int) -> Weighting {
        var rest = self
        rest.weights[member] = 0
        if offset != nil { rest.returning[member] = 0 }
        return rest
    }

    func hears(_ member: Int) -> Bool { weights[member] > 0 || (offset != nil && returning[member] > 0) }

    var isHeard: Bool { weights.contains { $0 > 0 } }
}

/// What the members say of the items that matter in one case: the targets first, then others that some member ranks high.
private struct Candidates: Sendable {
    var targets: Int
    /// Places of items that the history has.
    var returning: [Int]
    /// `[members][items]`.
    var logarithms: [[Float]]

    /// Whether a target is an item of the history.
    var asksForReturning: Bool { returning.contains { $0 < targets } }

    /// The mean discounted gain of the targets, not cut off, so that every place a target rises counts.
    func gain(_ weighting: Weighting) -> Double {
        guard targets > 0 else { return 0 }
        let count = logarithms[0].count
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { scores in
            scores.initialize(repeating: 0)
            for (own, weight) in zip(logarithms, weighting.weights) where weight != 0 {
                own.withUnsafeBufferPointer { cr_add_scaled(scores.baseAddress!, $0.baseAddress!, weight, count) }
            }
            if let offset = weighting.offset {
                for place in returning { scores[place] = offset }
                for (own, weight) in zip(logarithms, weighting.returning) where weight != 0 {
                    for place in returning { scores[place] += weight * own[place] }
                }
            }
            return (0..<targets).reduce(0) { $0 + gain(of: $1, UnsafeBufferPointer(scores)) } / Double(targets)
        }
    }

    private func gain(of target: Int, _ scores: UnsafeBufferPointer<Float>) -> Double {
        let own = scores[target]
        guard own > -.infinity else { return 0 }
        // Equals stand in any order, or a member that says the same of all would be the best of all.
        var above = 0, equal = 0
        for other in scores {
            above += other > own ? 1 : 0
            equal += other == own ? 1 : 0
        }
        let tied = scores[..<targets].count { $0 == own }, before = scores[..<target].count { $0 == own }
        return 1 / log2(Double(above + EvaluationCase.place(of: before, among: tied, of: equal) + 2))
    }
}

extension Blend {
    /// Candidates that each member names.
    private static let named = 200

    /// Chooses the weights of the members on validation cases: one weight after the other is tried larger and smaller, and
    /// what raises the mean discounted gain of the targets is kept, until nothing does. Where that is better by more than one
    /// standard error, items of the history get weights of their own. Then members are left out as long as the gain stays within
    /// one standard error of the best (the rule of Breiman et al., "Classification and regression trees", 1984, on paired
    /// differences; a twentieth of the gain at most; over all cases, and over those about items of the history and about others) and
    /// not below that of any member: each costs time and memory in every answer. Those that alone can tell new items apart stay.
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
        var best = ([even] + led).map { Self.climb(from: Weighting(weights: $0), candidates) }.max { $0.gain < $1.gain }!.weighting
        if let apart = Self.apart(from: best, candidates) {
            let gained = Self.difference(Self.gains(candidates, apart), Self.gains(candidates, best))
            if gained.mean > gained.error { best = apart }
        }
        let weighting = Self.pruned(best, keeping: members.map { $0.model is ContentSimilarity }, candidates)
        for index in members.indices {
            members[index].weight = weighting.weights[index]
            members[index].returning = weighting.offset == nil ? 0 : weighting.returning[index]
        }
        returningOffset = weighting.offset
        return Self.mean(Self.gains(candidates, weighting))
    }

    /// The best weights found that weigh items of the history apart; nil where none may be answered.
    private static func apart(from start: Weighting, _ candidates: [Candidates]) -> Weighting? {
        guard candidates.contains(where: { !$0.returning.isEmpty }) else { return nil }
        let members = start.weights.indices
        // As all other items, and so that each member leads, with the offset that suits it best.
        let together = Weighting(weights: start.weights, returning: start.weights, offset: 0)
        let led = members.map { leader in
            (-10...10).map { Weighting(weights: start.weights, returning: members.map { $0 == leader ? 1 : 0 }, offset: 2 * Float($0)) }
                .max { mean(gains(candidates, $0)) < mean(gains(candidates, $1)) }!
        }
        // The climb is long: only the most promising beginning sets out.
        let starts = [together, led.max { mean(gains(candidates, $0)) < mean(gains(candidates, $1)) }!]
        return starts.map { climb(from: $0, candidates) }.max { $0.gain < $1.gain }!.weighting
    }

    /// Leaves members out, the least missed first, as long as what is lost may be chance: over all cases, and over those about
    /// items of the history and about others, so that what finds new items is not left out where most come back.
    private static func pruned(_ weighting: Weighting, keeping kept: [Bool], _ candidates: [Candidates]) -> Weighting {
        let best = gains(candidates, weighting), members = weighting.weights.indices
        let alone = members.map { mean(gains(candidates, .only($0, of: members.count))) }.max()!
        let groups = [candidates.indices.filter { candidates[$0].asksForReturning }, candidates.indices.filter { !candidates[$0].asksForReturning }]
        func isChance(_ rest: [Double]) -> Bool {
            ([Array(candidates.indices)] + groups).allSatisfy { cases in
                let before = cases.map { best[$0] }, loss = difference(before, cases.map { rest[$0] })
                // Of few cases much may be chance, and much is not given away for that.
                return loss.mean <= min(loss.error, mean(before) / 20)
            }
        }
        var pruned = weighting
        while members.count(where: { pruned.hears($0) }) > 1 {
            let tried = members.filter { pruned.hears($0) && !kept[$0] }.map { pruned.without($0) }.filter(\.isHeard)
                .map { (rest: $0, gains: gains(candidates, $0)) }.filter { mean($0.gains) >= alone && isChance($0.gains) }
            guard let least = tried.max(by: { mean($0.gains) < mean($1.gains) }) else { break }
            pruned = least.rest
        }
        return pruned
    }

    private static func climb(from start: Weighting, _ candidates: [Candidates]) -> (gain: Double, weighting: Weighting) {
        var weighting = start
        var best = mean(gains(candidates, weighting))
        var step: Float = 4
        var improved = false
        /// - Parameter isSimpler: whether a member is left out, which costs time: then being as good is enough.
        func attempt(_ tried: Weighting, isSimpler: Bool = false) {
            guard tried.isHeard else { return }
            let found = mean(gains(candidates, tried))
            if found > best + 1e-6 || (isSimpler && found >= best) { (best, weighting, improved) = (found, tried, true) }
        }
        func attempt(_ path: WritableKeyPath<Weighting, Float>) {
            for factor in [step, 1 / step, 0] {
                var tried = weighting
                let weight = tried[keyPath: path]
                tried[keyPath: path] = weight == 0 ? (factor > 1 ? 0.05 : 0) : weight * factor
                if tried[keyPath: path] != weight { attempt(tried, isSimpler: factor == 0) }
            }
        }
        while step > 1.05 {
            improved = false
            for member in weighting.weights.indices { attempt(\.weights[member]) }
            if weighting.offset != nil {
                for member in weighting.returning.indices { attempt(\.returning[member]) }
                for change in [2 * log(step), -2 * log(step)] {
                    var tried = weighting
                    tried.offset! += change
                    attempt(tried)
                }
            }
            if !improved { step = step.squareRoot() }
        }
        return (best, weighting)
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

    private static func gains(_ all: [Candidates], _ weighting: Weighting) -> [Double] { all.map { $0.gain(weighting) } }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    /// The mean of paired differences, and its standard error.
    private static func difference(_ left: [Double], _ right: [Double]) -> (mean: Double, error: Double) {
        let differences = zip(left, right).map { $0 - $1 }, mean = mean(differences)
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(differences.count - 1, 1))
        return (mean, (variance / Double(max(differences.count, 1))).squareRoot())
    }
}
