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
