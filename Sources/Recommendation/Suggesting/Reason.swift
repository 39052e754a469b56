import Interactions

/// Why an item is suggested.
public enum Reason: Hashable, Codable, Sendable {
    /// What the user did with another item speaks for it most.
    case becauseOf(EventKind, item: Int)
    /// The user put it into the cart and left it there.
    case stillInCart
    /// The user looked at it before, or marked it, without buying.
    case seenBefore
    case popular
    /// Many want it within the category that the request asked for.
    case trendingInCategory(String)
    /// It came into the shop lately.
    case newInShop
    /// The shop wants it to be seen.
    case promoted

    /// What programs call it: the same in every version, and whatever the items are called.
    public var kind: String {
        switch self {
        case .becauseOf: "becauseOf"
        case .stillInCart: "stillInCart"
        case .seenBefore: "seenBefore"
        case .popular: "popular"
        case .trendingInCategory: "trendingInCategory"
        case .newInShop: "newInShop"
        case .promoted: "promoted"
        }
    }

    /// In plain English, to stand behind the item's name.
    ///
    /// - Parameter name: what people call an item.
    public func sentence(_ name: (Int) -> String) -> String {
        switch self {
        case .becauseOf(let kind, let item):
            switch kind {
            case .purchase: "because you bought \(name(item))"
            case .cart: "because you put \(name(item)) into your cart"
            case .favorite: "because \(name(item)) is one of your favorites"
            case .rating: "because you rated \(name(item))"
            case .view: "because you looked at \(name(item))"
            default: "because of \(name(item))"
            }
        case .stillInCart: "still in your cart"
        case .seenBefore: "you looked at it before"
        case .popular: "popular with other customers"
        case .trendingInCategory(let category): "many want it in \(category)"
        case .newInShop: "new in the shop"
        case .promoted: "recommended by the shop"
        }
    }
}

extension Reason {
    /// Days for which an item is new.
    public static let newForDays = 30.0

    /// Kinds that are no reason for anything, whatever a model makes of them.
    private static let negative: Set<EventKind> = [.hide, .removeFromCart, .cancellation]

    /// From the strongest.
    private static let strength: [EventKind] = [.purchase, .cart, .favorite, .rating, .view]

    /// The reason for an item, the user's own doings before what others do.
    ///
    /// - Parameters:
    ///   - contributions: how much each event of the request's history speaks for the item, as `RankingModel.contributions`.
    public init(for selected: SelectedItem, _ request: SuggestionRequest, contributions: [Float], catalog: Catalog) {
        let item = selected.item
        let own = request.history.filter { $0.item == item }
        let lastCartChange = own.last { [.cart, .removeFromCart, .purchase].contains($0.kind) }
        if lastCartChange?.kind == .cart {
            self = .stillInCart
        } else if own.contains(where: { [.view, .favorite].contains($0.kind) }) {
            self = .seenBefore
        } else if let cause = Self.cause(request.history, contributions, among: catalog.count) {
            self = .becauseOf(cause.kind, item: cause.item)
        } else if selected.isPromoted {
            self = .promoted
        } else if let added = catalog[item].added, (0..<Self.newForDays).contains(FilterTest.days(from: added, to: request.now)) {
            self = .newInShop
        } else if let category = request.categories.first(where: { catalog[item].categories.contains($0) }) {
            self = .trendingInCategory(category)
        } else {
            self = .popular
        }
    }

    /// The item of the history that speaks most, and the strongest thing done with it.
    private static func cause(_ history: [HistoryEvent], _ contributions: [Float], among count: Int) -> (
        item: Int, kind: EventKind
    )? {
        var sums: [Int: Float] = [:]
        for (event, contribution) in zip(history, contributions)
        where contribution > 0 && !negative.contains(event.kind) && (0..<count).contains(event.item) {
            sums[event.item, default: 0] += contribution
        }
        guard let best = sums.max(by: { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }) else { return nil }
        let kinds = history.filter { $0.item == best.key && !negative.contains($0.kind) }.map(\.kind)
        let strongest = strength.first { kinds.contains($0) } ?? kinds.last
        return strongest.map { (best.key, $0) }
    }
}
