import Interactions

extension EventKind {
    /// What logs call by a name: `buy` is a purchase. A name that is none of the usual ones is a kind of its own.
    public init(loggedAs name: String) { self = Self.usualNames[name.lowercased()] ?? EventKind(rawValue: name) }

    private static let usualNames: [String: EventKind] = [
        "view": .view, "click": .view, "clk": .view, "pv": .view, "detail": .view, "page_view": .view, "impression": "impression",
        "addtocart": .cart, "add_to_cart": .cart, "add-to-cart": .cart, "cart": .cart, "basket": .cart,
        "remove_from_cart": .removeFromCart, "removefromcart": .removeFromCart, "remove-from-cart": .removeFromCart,
        "transaction": .purchase, "purchase": .purchase, "buy": .purchase, "order": .purchase, "sale": .purchase,
        "fav": .favorite, "favorite": .favorite, "favourite": .favorite, "like": .favorite, "wishlist": .favorite,
        "rating": .rating, "rate": .rating, "hide": .hide, "dislike": .hide, "cancellation": .cancellation, "return": .cancellation,
        "refund": .cancellation,
    ]
}
