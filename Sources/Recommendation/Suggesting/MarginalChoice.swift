#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Fills places one by one, weighing relevance, similarity and promotions.
struct MarginalChoice {
    private struct Candidate {
        var item: Int
        var score: Float
        var relevance: Float
        /// What rotation took from it.
        var push: Float
        var largestSimilarity: Float = 0
        /// Whether it belongs to each of the promotions.
        var promotions: [Bool]
        var isChosen = false
    }

    private struct Quota {
        var share: Double
        /// How many are due in all.
        var places: Int
        var chosen = 0

        /// How many are due within the first places.
        func due(within first: Int, of total: Int) -> Int {
            first == total ? places : min(Int((share * Double(first) + 1e-9).rounded(.down)), places)
        }
    }

    private var candidates: [Candidate] = []
    private var quotas: [Quota] = []
    private let total: Int
    private let diversity: Float
    /// Without diversity the order of candidates never changes: before these, one for each promotion and one for all, no
    /// candidate is left.
    private var firstLeft: [Int]

    init(_ request: SuggestionRequest, allowed: ItemMask, scores: UnsafeBufferPointer<Float>, catalog: Catalog) {
        total = min(request.count, allowed.population)
        diversity = Float(request.diversity)
        let recent = Set((request.rotation?.recent ?? []).map(\.item))
        // Enough to choose from: for diversity several times the places, and for each item pushed down one to replace it.
        func pool(_ places: Int) -> Int {
            (request.diversity > 0 ? max(min(10 * places, places + 1_000), 250) : places) + recent.count
        }
        firstLeft = [Int](repeating: 0, count: request.promotions.count + 1)
        let best = allowed.top(pool(total), by: scores)
        var found = best
        var seen = Set(best.map(\.item))
        let promoted = request.promotions.map { Selection.items(of: $0, catalog, now: request.now) }
        for (promotion, members) in zip(request.promotions, promoted) {
            var mask = allowed
            mask.formIntersection(members)
            let places = min(Int((promotion.share * Double(total) - 1e-9).rounded(.up)), mask.population)
            quotas.append(Quota(share: promotion.share, places: max(places, 0)))
            for one in mask.top(pool(max(places, 0)), by: scores) where seen.insert(one.item).inserted { found.append(one) }
        }
        let finite = best.map(\.score).filter(\.isFinite)
        let high = finite.first ?? 0, low = finite.last ?? 0
        let scale = high > low ? 1 / (high - low) : 0
        let pushes = Self.pushes(request.rotation, now: request.now)
        candidates = found.map { one in
            let relevance = one.score.isFinite ? (scale > 0 ? (one.score - low) * scale : 1) : one.score > 0 ? 1 : 0
            let push = pushes[one.item] ?? 0
            return Candidate(
                item: one.item, score: one.score, relevance: relevance - push, push: push,
                promotions: promoted.map { $0[one.item] })
        }
        // What was pushed down to where something else stands comes after it.
        candidates.sort { left, right in
            if left.relevance != right.relevance { return left.relevance > right.relevance }
            if left.push != right.push { return left.push < right.push }
            return left.score != right.score ? left.score > right.score : left.item < right.item
        }
    }

    /// How much rotation takes from the relevance of each item.
    private static func pushes(_ rotation: SuggestionRequest.Rotation?, now: Int64) -> [Int: Float] {
        guard let rotation else { return [:] }
        var shown: [Int: Double] = [:]
        for one in rotation.recent {
            let age = max(Double(now) - Double(one.time), 0)
            shown[one.item] = min((shown[one.item] ?? 0) + exp2(-age / rotation.halfLife), 1)
        }
        return shown.mapValues { Float($0 * rotation.rate) }
    }

    mutating func run(_ similarity: (Int, Int) -> Float) -> [SelectedItem] {
        var chosen: [SelectedItem] = []
        while chosen.count < total, let next = best(within: promotionDue(at: chosen.count)) {
            candidates[next].isChosen = true
            for number in quotas.indices where candidates[next].promotions[number] { quotas[number].chosen += 1 }
            let item = candidates[next].item
            chosen.append(
                SelectedItem(item: item, score: candidates[next].score, isPromoted: candidates[next].promotions.contains(true)))
            guard diversity > 0 else { continue }
            for other in candidates.indices where !candidates[other].isChosen {
                candidates[other].largestSimilarity = max(
                    candidates[other].largestSimilarity, similarity(item, candidates[other].item))
            }
        }
        return chosen
    }

    /// The promotion that the next place has to go to, if any: the one that is furthest behind.
    private func promotionDue(at place: Int) -> Int? {
        let missing = quotas.map { $0.places - $0.chosen }
        // From here on every place is needed.
        if missing.reduce(0, { $0 + max($1, 0) }) >= total - place,
            let most = missing.indices.max(by: { missing[$0] < missing[$1] }),
            missing[most] > 0
        {
            return most
        }
        let behind = quotas.map { $0.due(within: place + 1, of: total) - $0.chosen }
        guard let most = behind.indices.max(by: { behind[$0] < behind[$1] }), behind[most] > 0 else { return nil }
        return most
    }

    /// The best candidate left, of a promotion or of all.
    private mutating func best(within promotion: Int?) -> Int? {
        func isLeft(_ index: Int) -> Bool {
            !candidates[index].isChosen && (promotion.map { candidates[index].promotions[$0] } ?? true)
        }
        if diversity == 0 {
            let list = promotion ?? quotas.count
            while firstLeft[list] < candidates.count, !isLeft(firstLeft[list]) { firstLeft[list] += 1 }
            return firstLeft[list] < candidates.count ? firstLeft[list] : nil
        }
        var best: Int?
        var bestValue = -Float.infinity
        for index in candidates.indices where isLeft(index) {
            let value = (1 - diversity) * candidates[index].relevance - diversity * candidates[index].largestSimilarity
            if best == nil || value > bestValue {
                best = index
                bestValue = value
            }
        }
        return best
    }
}
