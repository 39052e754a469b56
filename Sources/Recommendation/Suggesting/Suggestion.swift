import Interactions

/// An item that is suggested, how sure that is, and why.
public struct Suggestion: Hashable, Sendable {
    public var item: Int
    public var score: Float
    /// How much each model had to say in it, by the model's name; the shares sum to 1, empty where nothing is known of them.
    public var shares: [String: Float]
    public var isPromoted: Bool
    public var reason: Reason
}

/// What explains a choice and makes it diverse: answered by whatever made the scores.
public protocol SuggestionEvidence {
    /// How alike two items are, 0 to 1.
    func similarity(_ left: Int, _ right: Int) -> Float

    /// How much each event of a history speaks for each of some items, in the order of the items and of the history.
    func contributions(to items: [Int], of history: [HistoryEvent]) -> [[Float]]

    /// How much each model has to say in an item's score.
    func shares(of item: Int) -> [String: Float]
}

extension SuggestionEvidence {
    public func similarity(_ left: Int, _ right: Int) -> Float { 0 }
    public func contributions(to items: [Int], of history: [HistoryEvent]) -> [[Float]] { items.map { _ in history.map { _ in 0 } } }
    public func shares(of item: Int) -> [String: Float] { [:] }
}

extension Catalog {
    /// Chooses what to suggest and says why: a pure function of scores, catalog and request.
    ///
    /// - Parameters:
    ///   - scores: one for each item, see `Selection`.
    /// - Throws: `SuggestionRequestError`.
    public func suggestions(
        for request: SuggestionRequest, scores: UnsafeBufferPointer<Float>, evidence: some SuggestionEvidence
    ) throws(SuggestionRequestError) -> [Suggestion] {
        let chosen = try Selection(request, scores: scores, catalog: self, similarity: evidence.similarity).items
        return zip(chosen, evidence.contributions(to: chosen.map(\.item), of: request.history)).map { selected, contributions in
            Suggestion(
                item: selected.item, score: selected.score, shares: evidence.shares(of: selected.item),
                isPromoted: selected.isPromoted,
                reason: Reason(for: selected, request, contributions: contributions, catalog: self))
        }
    }

    /// The same for scores in an array.
    public func suggestions(
        for request: SuggestionRequest, scores: [Float], evidence: some SuggestionEvidence
    ) throws(SuggestionRequestError) -> [Suggestion] {
        try scores.withUnsafeBufferPointer { scores throws(SuggestionRequestError) in
            try suggestions(for: request, scores: scores, evidence: evidence)
        }
    }
}
