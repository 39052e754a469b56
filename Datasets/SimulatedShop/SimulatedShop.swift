import Interactions

/// A shop that does not exist, and of which everything is known: what its users like, and what they did.
///
/// Users have tastes over kinds of goods, brands, colors and prices; goods have names, prices, stock, seasons, and come and go.
/// Users visit, look at things they like and at things that are popular, put some into the cart, buy some of these later, and
/// need the accessories of what they bought. On a day of drift a share of the users change their taste. As the truth is known,
/// what a recommender has learned can be compared with it.
///
/// ```swift
/// let shop = try SimulatedShop(ShopConfiguration(users: 1_000, items: 500, events: 60_000, seed: 7, driftDay: 90))
/// for event in shop.events(from: 0, to: 90) { ... }
/// let best = shop.truth.bestNext(for: 17, on: 90, count: 10)
/// ```
///
/// Users are called `u0`, `u1` and so on, items `i0`, `i1`; visits are sessions.
public struct SimulatedShop: Sendable {
    public let configuration: ShopConfiguration
    /// All items, as the shop knows them after the last day. Their positions are their numbers.
    public let items: [Item]
    private let world: ShopWorld
    private let itemIDs: [String]

    /// - Throws: `ShopConfigurationError`.
    public init(_ configuration: ShopConfiguration = ShopConfiguration()) throws(ShopConfigurationError) {
        self.configuration = configuration
        world = try ShopWorld(configuration)
        items = world.items(on: configuration.days - 1)
        itemIDs = items.map(\.id)
    }

    /// What the shop knows of its items on a day; later arrivals are not among them.
    public func items(on day: Int) -> [Item] { world.items(on: day).filter { $0.added! <= time(of: day) } }

    /// The events of some days, in the order of time.
    ///
    /// - Parameters:
    ///   - first: the first day; what users carried into it is the same as if all earlier days had been read.
    ///   - end: the day after the last; nil: all days.
    public func events(from first: Int = 0, to end: Int? = nil) -> ShopEvents {
        let end = min(max(end ?? configuration.days, 0), configuration.days)
        return ShopEvents(world: world, itemIDs: itemIDs, days: min(max(first, 0), end)..<end)
    }

    /// What is true whatever was learned.
    public var truth: ShopTruth { ShopTruth(world: world) }

    /// Midnight of a day, in milliseconds since 1970.
    public func time(of day: Int) -> Int64 { configuration.start + Int64(day) * ShopWorld.millisecondsADay }

    public static func userID(_ number: Int) -> String { Names.user(UInt32(number)) }
    public static func itemID(_ number: Int) -> String { Names.item(number) }
}

extension ShopWorld {
    func items(on day: Int) -> [Item] {
        var random = SplitMix64(seed: configuration.seed, stream: 6, index: 0)
        return (0..<shelves.count).map { number in
            let category = Int(shelves.category[number])
            let goods = shelves.goods[category]
            let pieces = Double(3 + random.below(120))
            let leaves = Int(shelves.departure[number]) <= configuration.days
            let time = { (day: Int) in self.configuration.start + Int64(day) * Self.millisecondsADay }
            let isDiscontinued = leaves && shelves.isDiscontinued[number]
            return Item(
                id: Names.item(number), name: Vocabulary.name(of: number - shelves.ranges[category].lowerBound, goods),
                categories: [goods.name, goods.department], price: shelves.price[number],
                stock: leaves && !isDiscontinued && day >= Int(shelves.departure[number]) ? 0 : pieces,
                expires: isDiscontinued ? time(Int(shelves.departure[number])) : nil, added: time(Int(shelves.arrival[number])),
                properties: [
                    "brand": .text(Vocabulary.brands[Int(shelves.brand[number])]),
                    "color": .text(Vocabulary.colors[Int(shelves.color[number])]),
                ])
        }
    }
}
