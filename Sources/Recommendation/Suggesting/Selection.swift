#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Chooses what to suggest, given what every item scores: a pure function of scores, catalog and request.
///
/// Everything that may not be suggested is out before anything is chosen, so that as many items come back as were asked for
/// whenever there are so many. Without diversity, rotation and promotions the choice is exactly the head of the sorted list.
///
/// Diversity is maximal marginal relevance (Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering
/// documents and producing summaries", SIGIR 1998): places are filled one by one with the item of the largest
/// `(1 - diversity) * relevance - diversity * (largest similarity to an item chosen already)` among the best ones. Relevance is
/// the score, scaled so that the best of them has 1 and the last 0; scores are best given as logarithms. Rotation takes from the
/// relevance of items that were suggested lately. Promotions are spread: of the first n places at least their share is theirs,
/// as far as whole places go.
public struct Selection: Sendable {
    /// The items, in the order in which to show them.
    public private(set) var items: [SelectedItem] = []

    /// - Parameters:
    ///   - scores: one for each item of the catalog, higher for those that the user likelier wants; items beyond them come last.
    ///   - similarity: how alike two items are, 0 to 1; needed where the request asks for diversity.
    /// - Throws: `SuggestionRequestError`.
    public init(
        _ request: SuggestionRequest, scores: UnsafeBufferPointer<Float>, catalog: Catalog,
        similarity: (Int, Int) -> Float = { _, _ in 0 }
    ) throws(SuggestionRequestError) {
        try request.validate()
        let allowed = Self.allowed(request, catalog)
        let isPlain =
            request.diversity == 0 && (request.rotation?.rate ?? 0) == 0 && request.promotions.allSatisfy { $0.share == 0 }
        if isPlain {
            let promoted = request.promotions.map { Self.items(of: $0, catalog, now: request.now) }
            items = allowed.top(request.count, by: scores).map { found in
                SelectedItem(item: found.item, score: found.score, isPromoted: promoted.contains { $0[found.item] })
            }
        } else {
            var choice = MarginalChoice(request, allowed: allowed, scores: scores, catalog: catalog)
            items = choice.run(similarity)
        }
    }

    /// The same for scores in an array.
    public init(
        _ request: SuggestionRequest, scores: [Float], catalog: Catalog, similarity: (Int, Int) -> Float = { _, _ in 0 }
    ) throws(SuggestionRequestError) {
        self = try scores.withUnsafeBufferPointer { scores throws(SuggestionRequestError) in
            try Selection(request, scores: scores, catalog: catalog, similarity: similarity)
        }
    }

    /// The items that may be suggested.
    public static func allowed(_ request: SuggestionRequest, _ catalog: Catalog) -> ItemMask {
        var mask = catalog.suggestible(now: request.now, evenOutOfStock: request.allowsOutOfStock)
        if let filter = request.filter { mask.formIntersection(catalog.items(matching: filter, now: request.now)) }
        if !request.categories.isEmpty { mask.formIntersection(catalog.items(inAnyOf: request.categories)) }
        if let price = request.price { mask.formIntersection(catalog.items(pricedWithin: price)) }
        if let pieces = request.minimumStock { mask.formIntersection(catalog.items(stockedWithAtLeast: pieces)) }
        for item in request.excluded where (0..<mask.count).contains(item) { mask[item] = false }
        for item in request.refused where (0..<mask.count).contains(item) { mask[item] = false }
        return mask
    }

    static func items(of promotion: SuggestionRequest.Promotion, _ catalog: Catalog, now: Int64) -> ItemMask {
        switch promotion.items {
        case .matching(let filter): return catalog.items(matching: filter, now: now)
        case .listed(let items):
            var mask = ItemMask(count: catalog.count)
            for item in items where (0..<mask.count).contains(item) { mask[item] = true }
            return mask
        }
    }
}

/// An item that was chosen.
public struct SelectedItem: Hashable, Sendable {
    public var item: Int
    /// As it was given.
    public var score: Float
    /// Whether it belongs to a promotion of the request.
    public var isPromoted: Bool
}

/// Fills places one by one, weighing relevance, similarity and promotions.
private struct MarginalChoice {
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

    init(_ request: SuggestionRequest, allowed: ItemMask, scores: UnsafeBufferPointer<Float>, catalog: Catalog) {
        total = min(request.count, allowed.population)
        diversity = Float(request.diversity)
        let recent = Set((request.rotation?.recent ?? []).map(\.item))
        // Enough to choose from: for diversity several times the places, and for each item pushed down one to replace it.
        func pool(_ places: Int) -> Int {
            (request.diversity > 0 ? max(min(10 * places, places + 1_000), 250) : places) + recent.count
        }
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

    private func best(within promotion: Int?) -> Int? {
        var best: Int?
        var bestValue = -Float.infinity
        for index in candidates.indices where !candidates[index].isChosen {
            if let promotion, !candidates[index].promotions[promotion] { continue }
            let value = (1 - diversity) * candidates[index].relevance - diversity * candidates[index].largestSimilarity
            // What was pushed down to where something else stands comes after it.
            if best.map({ value > bestValue || (value == bestValue && candidates[index].push < candidates[$0].push) }) ?? true {
                best = index
                bestValue = value
            }
        }
        return best
    }
}
