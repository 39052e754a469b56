import Recommendation

/// A suggestion as `suggest` and `batch` write it.
struct SuggestedItem: Encodable {
    /// Why it is suggested, for programs and for people.
    struct Why: Encodable {
        var kind: String
        /// What the user did with the item that speaks most for this one, and which that is.
        var event: String?
        var item: String?
        /// Where many want it.
        var category: String?
        /// In plain English.
        var text: String

        init(_ reason: Reason, _ suggester: Suggester) {
            kind = reason.kind
            text = reason.sentence(suggester.catalog.name(of:))
            switch reason {
            case .becauseOf(let event, let cause): (self.event, item) = (event.rawValue, suggester.model.items[cause])
            case .trendingInCategory(let category): self.category = category
            default: break
            }
        }
    }

    var item: String
    var name: String?
    var score: Float
    /// Whether it belongs to a promotion of the request.
    var promoted: Bool
    var reason: Why
    /// Of each model in the suggestion; they add up to 1.
    var shares: [String: Float]

    init(_ suggestion: Suggestion, _ suggester: Suggester) {
        item = suggester.model.items[suggestion.item]
        name = suggester.catalog[suggestion.item].name
        (score, promoted, shares) = (suggestion.score, suggestion.isPromoted, suggestion.shares)
        reason = Why(suggestion.reason, suggester)
    }
}
