import Interactions
import Recommendation
import Testing

@Suite struct ReasonTests {
    private static let now: Int64 = 1_000 * 86_400_000
    private let catalog = Catalog([
        Item(id: "0", name: "Walnut desk lamp", categories: ["lamps"]), Item(id: "1", name: "Globe bulb"),
        Item(id: "2", categories: ["lamps"]),
        Item(id: "3", added: ReasonTests.now - 86_400_000),
    ])

    private struct Evidence: SuggestionEvidence {
        var weights: [Float] = []
        func contributions(to items: [Int], of history: [HistoryEvent]) -> [[Float]] {
            items.map { _ in weights.isEmpty ? history.map { _ in 0 } : weights }
        }
        func shares(of item: Int) -> [String: Float] { ["neighbors": 0.75, "popularity": 0.25] }
    }

    private func reason(
        _ history: [(Int, EventKind)], _ weights: [Float] = [], for item: Int = 2,
        _ change: (inout SuggestionRequest) -> Void = { _ in }
    ) throws -> Reason {
        var request = SuggestionRequest(
            history: history.map { HistoryEvent(item: $0.0, kind: $0.1) }, count: 4, excludedKinds: [], now: Self.now)
        change(&request)
        let found = try catalog.suggestions(for: request, scores: [4, 3, 2, 1], evidence: Evidence(weights: weights))
        #expect(found.allSatisfy { $0.shares == ["neighbors": 0.75, "popularity": 0.25] })
        return try #require(found.first { $0.item == item }).reason
    }

    @Test func namesTheUsersOwnItem() throws {
        let reason = try reason([(0, .view), (1, .view), (0, .purchase)], [0.2, 0.5, 0.4])
        #expect(reason == .becauseOf(.purchase, item: 0), "what events of one item say is summed, and the purchase named")
        #expect(reason.sentence(catalog.name(of:)) == "because you bought Walnut desk lamp")
    }

    @Test func ownItemsComeBeforeOthers() throws {
        #expect(try reason([(2, .view), (0, .purchase)], [0, 1]) == .seenBefore)
        #expect(try reason([(2, .view), (2, .cart), (0, .purchase)], [0, 0, 1]) == .stillInCart)
        #expect(try reason([(2, .cart), (2, .removeFromCart), (0, .purchase)], [0, 0, 1]) == .becauseOf(.purchase, item: 0))
        #expect(try reason([(2, .cart), (2, .purchase)], [0, 0]) == .popular)
    }

    @Test func withoutAHistoryItSaysSo() throws {
        #expect(try reason([]) == .popular)
        #expect(try reason([], for: 3) == .newInShop)
        #expect(try reason([]) { $0.categories = ["lamps"] } == .trendingInCategory("lamps"))
        #expect(try reason([]) { $0.promotions = [.init(.listed([2]), share: 0.25)] } == .promoted)
        #expect(try reason([(0, .hide), (1, .removeFromCart)], [1, 1]) == .popular, "what the user refused is no reason")
        #expect(try reason([(900, .purchase)], [1]) == .popular, "nor is an item that nobody knows")
    }

    @Test func everyReasonIsAnEnglishPhrase() {
        let kinds: [EventKind] = [.purchase, .cart, .favorite, .rating, .view, "gift"]
        let reasons: [Reason] =
            kinds.map { .becauseOf($0, item: 0) } + [
                .stillInCart, .seenBefore, .popular, .trendingInCategory("lamps"), .newInShop, .promoted,
            ]
        let sentences = reasons.map { $0.sentence(catalog.name(of:)) }
        #expect(Set(sentences).count == sentences.count)
        for (sentence, _) in zip(sentences, kinds) {
            #expect(sentence.hasPrefix("because") && sentence.contains("Walnut desk lamp"))
        }
    }
}
