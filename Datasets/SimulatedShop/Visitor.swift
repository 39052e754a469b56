/// One event, before it has names. 24 bytes.
struct CompactEvent: Sendable {
    /// Milliseconds since 1970.
    var time: Int64
    var user: UInt32
    var item: UInt32
    /// Which of the user's visits it belongs to, from 0.
    var visit: UInt32
    var kind: Kind
    /// 0 for none.
    var rating: UInt8

    enum Kind: UInt8 { case view, favorite, cart, removeFromCart, purchase, rating, hide }
}

/// What a user carries from one visit to the next. 48 bytes, so that millions of users fit.
struct Visitor: Sendable {
    var random: SplitMix64
    var visits: UInt32 = 0
    /// What was left in the cart.
    var cart = SIMD2<UInt32>(repeating: .max)
    /// Bought last, and its accessory not looked for yet.
    var needsAccessoryOf = UInt32.max
    /// Bought, and not rated yet.
    var unrated = UInt32.max
    /// Bought lately, and not wanted again.
    var bought = SIMD4<UInt32>(repeating: .max)

    init(seed: UInt64, user: Int) { random = SplitMix64(seed: seed, stream: 5, index: UInt64(user)) }

    mutating func buy(_ item: UInt32, _ shelves: Shelves) {
        bought = SIMD4(item, bought[0], bought[1], bought[2])
        unrated = item
        if shelves.accessories(of: Int(item)) != nil { needsAccessoryOf = item }
    }
}
