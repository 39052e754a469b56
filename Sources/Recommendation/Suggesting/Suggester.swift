import CRanking
import Interactions

/// Answers requests with a trained model: what `suggest`, `batch` and a server ask.
///
/// A value: asking changes nothing, so that any number of threads may ask one at once.
public struct Suggester: Sendable {
    public private(set) var model: RecommenderModel
    public private(set) var catalog: Catalog

    public init(_ model: RecommenderModel) {
        self.model = model
        catalog = Catalog(identifiers: model.items, known: model.catalog)
    }

    /// Takes in what an item is now; one that the model does not know can be suggested at once, by what describes it.
    public mutating func update(_ item: Item) { update(CollectionOfOne(item)) }

    /// The same for many at once.
    public mutating func update(_ items: some Collection<Item>) {
        var changed: [Int] = []
        for item in items {
            let known = model.items.number(of: item.id)
            let number = model.items.number(adding: item.id)
            if known == nil {
                catalog.append(item)
            } else if catalog[number] != item {
                catalog.update(item, at: number)
            } else {
                continue
            }
            model.catalog[number] = item
            changed.append(number)
        }
        guard !changed.isEmpty else { return }
        model.blend.addItems(upTo: catalog.count)
        for index in model.blend.members.indices {
            guard var content = model.blend.members[index].model as? ContentSimilarity else { continue }
            for number in changed { content.set(catalog[number], at: number) }
            model.blend.members[index].model = content
        }
    }

    /// Takes in one new event without a retrain.
    ///
    /// - Parameter history: what the user had done before.
    public mutating func absorb(_ event: Event, after history: [HistoryEvent]) {
        if model.items.number(of: event.item) == nil { update(Item(id: event.item)) }
        guard let new = model.history([event]).first else { return }
        model.blend.absorb(new, after: history)
    }

    /// What to suggest, best first: as many as were asked for where so many are allowed.
    ///
    /// - Throws: `SuggestionRequestError`.
    public func suggestions(for request: SuggestionRequest) throws -> [Suggestion] {
        let evidence = BlendEvidence(model.blend, Query(history: request.history, now: request.now))
        return try catalog.suggestions(for: request, scores: evidence.scores, evidence: evidence)
    }

    /// The items most like one.
    public func similar(to item: Int, count: Int) -> [ScoredItem] { model.blend.similar(to: item, count: count) }
}
