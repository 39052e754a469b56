#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions
import Parallelism

/// What the members say of the items that matter in one case: the targets first, then others that some member ranks high.
struct Candidates: Sendable {
    var targets: Int
    /// Places of items that the history has.
    var returning: [Int]
    /// `[members][items]`.
    var logarithms: [[Float]]

    /// Whether a target is an item of the history.
    var asksForReturning: Bool { returning.contains { $0 < targets } }

    /// The mean discounted gain of the targets.
    ///
    /// - Parameter places: those that count; all, so that every place a target rises counts, or the first of a list.
    func gain(_ weighting: Weighting, places: Int) -> Double {
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
            return (0..<targets).reduce(0) { $0 + gain(of: $1, UnsafeBufferPointer(scores), places: places) } / Double(targets)
        }
    }

    private func gain(of target: Int, _ scores: UnsafeBufferPointer<Float>, places: Int) -> Double {
        let own = scores[target]
        guard own > -.infinity else { return 0 }
        // Equals stand in any order, or a member that says the same of all would be the best of all.
        var above = 0, equal = 0
        for other in scores {
            above += other > own ? 1 : 0
            equal += other == own ? 1 : 0
        }
        let tied = scores[..<targets].count { $0 == own }, before = scores[..<target].count { $0 == own }
        let place = above + EvaluationCase.place(of: before, among: tied, of: equal)
        return place < places ? 1 / log2(Double(place + 2)) : 0
    }
}

/// Looks for the weights of a blend's members that rank the targets of validation cases best.
struct WeightSearch: Sendable {
    var candidates: [Candidates]
    var threads: Int

    /// Places of a list that people look at.
    private static let first = 10

    func climb(from start: Weighting) throws -> (gain: Double, weighting: Weighting) {
        var weighting = start
        var best = try mean(gains(weighting))
        var step: Float = 4
        var improved = false
        /// - Parameter isSimpler: whether a member is left out, which costs time: then being as good is enough.
        func attempt(_ tried: Weighting, isSimpler: Bool = false) throws {
            guard tried.isHeard else { return }
            let found = try mean(gains(tried))
            if found > best + 1e-6 || (isSimpler && found >= best) { (best, weighting, improved) = (found, tried, true) }
        }
        func attempt(_ path: WritableKeyPath<Weighting, Float>) throws {
            for factor in [step, 1 / step, 0] {
                var tried = weighting
                let weight = tried[keyPath: path]
                tried[keyPath: path] = weight == 0 ? (factor > 1 ? 0.05 : 0) : weight * factor
                if tried[keyPath: path] != weight { try attempt(tried, isSimpler: factor == 0) }
            }
        }
        while step > 1.05 {
            improved = false
            for member in weighting.weights.indices { try attempt(\.weights[member]) }
            if weighting.offset != nil {
                for member in weighting.returning.indices { try attempt(\.returning[member]) }
                for change in [2 * log(step), -2 * log(step)] {
                    var tried = weighting
                    tried.offset! += change
                    try attempt(tried)
                }
            }
            if !improved { step = step.squareRoot() }
        }
        return (best, weighting)
    }

    /// Whether weights of their own for items of the history, found on half of the cases, are better on the other half by more
    /// than one standard error: so many weights fit chance, too.
    func isBetterApart(than together: Weighting) throws -> Bool {
        guard candidates.contains(where: { !$0.returning.isEmpty }) else { return false }
        var apart: [Double] = [], before: [Double] = []
        for half in 0...1 {
            let parts = (0...1).map { part in
                WeightSearch(candidates: candidates.indices.filter { $0 % 2 == part }.map { candidates[$0] }, threads: threads)
            }
            guard parts.allSatisfy({ !$0.candidates.isEmpty }) else { return false }
            apart += try parts[1 - half].gains(parts[half].apart(from: together))
            before += try parts[1 - half].gains(together)
        }
        let gained = difference(apart, before)
        return gained.mean > gained.error
    }

    /// The best weights found that weigh items of the history apart.
    func apart(from start: Weighting) throws -> Weighting {
        let members = start.weights.indices
        // As all other items, and so that each member leads, with the offset that suits it best.
        let together = Weighting(weights: start.weights, returning: start.weights, offset: 0)
        let led = try members.map { leader in
            try (-10...10).map { Weighting(weights: start.weights, returning: members.map { $0 == leader ? 1 : 0 }, offset: 2 * Float($0)) }
                .max { try mean(gains($0)) < mean(gains($1)) }!
        }
        // The climb is long: only the most promising beginning sets out.
        let starts = [together, try led.max { try mean(gains($0)) < mean(gains($1)) }!]
        return try starts.map { try climb(from: $0) }.max { $0.gain < $1.gain }!.weighting
    }

    /// Leaves members out, the least missed first, as long as what is lost may be chance: over all cases, and over those about
    /// items of the history and about others, so that what finds new items is not left out where most come back; in all places,
    /// and in the first ten.
    func pruned(_ weighting: Weighting, keeping kept: [Bool]) throws -> Weighting {
        let best = try gains(weighting), members = weighting.weights.indices
        let alone = try members.map { try mean(gains(.only($0, of: members.count))) }.max()!
        let groups = [candidates.indices.filter { candidates[$0].asksForReturning }, candidates.indices.filter { !candidates[$0].asksForReturning }]
        let first = try gains(weighting, places: Self.first)
        func isChance(_ best: [Double], _ rest: [Double]) -> Bool {
            ([Array(candidates.indices)] + groups).allSatisfy { cases in
                let before = cases.map { best[$0] }, loss = difference(before, cases.map { rest[$0] })
                // Of few cases much may be chance, and much is not given away for that.
                return loss.mean <= min(loss.error, mean(before) / 20)
            }
        }
        var pruned = weighting
        while members.count(where: { pruned.hears($0) }) > 1 {
            let tried = try members.filter { pruned.hears($0) && !kept[$0] }.map { pruned.without($0) }.filter(\.isHeard)
                .map { (rest: $0, gains: try gains($0)) }.filter { mean($0.gains) >= alone && isChance(best, $0.gains) }
                .filter { try isChance(first, gains($0.rest, places: Self.first)) }
            guard let least = tried.max(by: { mean($0.gains) < mean($1.gains) }) else { break }
            pruned = least.rest
        }
        return pruned
    }

    /// The gain of each case.
    func gains(_ weighting: Weighting, places: Int = .max) throws -> [Double] {
        let block = 128
        return try WorkerThreads.map((candidates.count + block - 1) / block, threads: threads) {
            { candidates[$0 * block..<min(($0 + 1) * block, candidates.count)].map { $0.gain(weighting, places: places) } }
        }.flatMap { $0 }
    }

    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    /// The mean of paired differences, and its standard error.
    func difference(_ left: [Double], _ right: [Double]) -> (mean: Double, error: Double) {
        let differences = zip(left, right).map { $0 - $1 }, mean = mean(differences)
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(differences.count - 1, 1))
        return (mean, (variance / Double(max(differences.count, 1))).squareRoot())
    }
}
