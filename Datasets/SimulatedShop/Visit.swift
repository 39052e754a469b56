/// One visit of a user to the shop: what is done, in the order of time.
struct Visit {
    private let shelves: Shelves
    private let taste: Taste
    private let habits: Habits
    private let day: Int
    private let user: UInt32
    private let number: UInt32
    private var time: Int64
    /// Running sums of the chances of each category, by taste and by popularity.
    private var tasted: [Float] = []
    private var popular: [Float] = []
    private var wished: [UInt32] = []
    private let wandering: Float

    /// - Parameters:
    ///   - midnight: when the day begins, in milliseconds since 1970.
    ///   - startsAt: milliseconds after midnight.
    init(
        _ world: ShopWorld, user: Int, habits: Habits, on day: Int, number: UInt32, seasons: [Float], startOfDay midnight: Int64,
        startsAt: Int64
    ) {
        shelves = world.shelves
        taste = world.taste(of: user, habits, on: day)
        self.habits = habits
        wandering = Float(world.configuration.wandering)
        self.day = day
        self.user = UInt32(user)
        self.number = number
        time = midnight + startsAt
        let weights = CategoryWeights(taste, shelves, seasons: seasons)
        tasted = weights.tasted
        popular = weights.popular
        for category in tasted.indices.dropFirst() {
            tasted[category] += tasted[category - 1]
            popular[category] += popular[category - 1]
        }
    }

    /// Chances, tuned so that of a hundred events about eighty are views and four are purchases.
    private enum Chance {
        static let rates: Float = 0.45
        static let buysWhatWasLeft: Float = 0.3
        static let removesWhatWasLeft: Float = 0.2
        static let forgetsWhatWasLeft: Float = 0.2
        static let looksForAccessory: Float = 0.6
        static let wantsAccessory: Float = 0.7
        static let looksOn: Float = 0.76
        static let staysInCategory: Float = 0.7
        static let favors: Float = 0.12
        static let carts: Float = 0.45
        static let thinksBetter: Float = 0.08
        static let hides: Float = 0.03
        static let buys: Float = 0.55
    }

    mutating func run(_ visitor: inout Visitor, into events: inout [CompactEvent]) {
        rate(&visitor, &events)
        takeUpCart(&visitor, &events)
        lookForAccessory(&visitor, &events)
        var category = draw(tasted, &visitor.random)
        var looks = 0
        repeat {
            let wanders = visitor.random.chance(wandering)
            if !wanders, looks > 0, !visitor.random.chance(Chance.staysInCategory) { category = draw(tasted, &visitor.random) }
            let item = wanders ? popularItem(&visitor.random) : tastedItem(of: category, &visitor.random)
            look(at: item, &visitor, &events)
            looks += 1
        } while looks < 40 && visitor.random.chance(Chance.looksOn)
        checkOut(&visitor, &events)
    }

    // MARK: - Steps

    private mutating func emit(
        _ kind: CompactEvent.Kind, _ item: UInt32, _ random: inout SplitMix64, _ events: inout [CompactEvent], rating: UInt8 = 0
    ) {
        events.append(CompactEvent(time: time, user: user, item: item, visit: number, kind: kind, rating: rating))
        time += 3_000 + Int64(random.below(60_000))
    }

    private mutating func rate(_ visitor: inout Visitor, _ events: inout [CompactEvent]) {
        guard visitor.unrated != .max else { return }
        let item = visitor.unrated
        visitor.unrated = .max
        guard visitor.random.chance(Chance.rates) else { return }
        let opinion = habits.expectedRating(Int(item), taste, shelves) + visitor.random.normal() * 0.5
        emit(.rating, item, &visitor.random, &events, rating: UInt8(min(max(opinion.rounded(), 1), 5)))
    }

    private mutating func takeUpCart(_ visitor: inout Visitor, _ events: inout [CompactEvent]) {
        for place in 0..<2 where visitor.cart[place] != .max {
            let item = visitor.cart[place]
            let choice = visitor.random.unit()
            if !shelves.isAvailable(Int(item), on: day) {
                visitor.cart[place] = .max
            } else if choice < Chance.buysWhatWasLeft {
                emit(.purchase, item, &visitor.random, &events)
                visitor.buy(item, shelves)
                visitor.cart[place] = .max
            } else if choice < Chance.buysWhatWasLeft + Chance.removesWhatWasLeft {
                emit(.removeFromCart, item, &visitor.random, &events)
                visitor.cart[place] = .max
            } else if choice < Chance.buysWhatWasLeft + Chance.removesWhatWasLeft + Chance.forgetsWhatWasLeft {
                visitor.cart[place] = .max
            }
        }
    }

    private mutating func lookForAccessory(_ visitor: inout Visitor, _ events: inout [CompactEvent]) {
        guard visitor.needsAccessoryOf != .max, let pair = shelves.accessories(of: Int(visitor.needsAccessoryOf)) else { return }
        visitor.needsAccessoryOf = .max
        guard visitor.random.chance(Chance.looksForAccessory) else { return }
        let item = visitor.random.chance(0.7) ? pair[0] : pair[1]
        emit(.view, item, &visitor.random, &events)
        if visitor.random.chance(Chance.wantsAccessory) {
            emit(.cart, item, &visitor.random, &events)
            wished.append(item)
        }
    }

    private mutating func look(at item: Int, _ visitor: inout Visitor, _ events: inout [CompactEvent]) {
        let item32 = UInt32(item)
        emit(.view, item32, &visitor.random, &events)
        let desire = Taste.desire(taste.affinity(item, shelves))
        let dislike = (1 - desire) * (1 - desire)
        if visitor.random.chance(Chance.hides * dislike * dislike * dislike) {
            emit(.hide, item32, &visitor.random, &events)
            return
        }
        if visitor.random.chance(Chance.favors * desire) { emit(.favorite, item32, &visitor.random, &events) }
        guard all(visitor.bought .!= item32), all(visitor.cart .!= item32), !wished.contains(item32),
            visitor.random.chance(Chance.carts * desire)
        else { return }
        emit(.cart, item32, &visitor.random, &events)
        if visitor.random.chance(Chance.thinksBetter) {
            emit(.removeFromCart, item32, &visitor.random, &events)
        } else {
            wished.append(item32)
        }
    }

    private mutating func checkOut(_ visitor: inout Visitor, _ events: inout [CompactEvent]) {
        for item in wished {
            if visitor.random.chance(Chance.buys) {
                emit(.purchase, item, &visitor.random, &events)
                visitor.buy(item, shelves)
            } else if let free = (0..<2).first(where: { visitor.cart[$0] == .max }) {
                visitor.cart[free] = item
            }
        }
    }

    // MARK: - Choices

    private func draw(_ sums: [Float], _ random: inout SplitMix64) -> Int {
        let target = random.unit() * sums[sums.count - 1]
        return sums.firstIndex { $0 > target } ?? sums.count - 1
    }

    private func popularItem(_ random: inout SplitMix64) -> Int {
        let category = draw(popular, &random)
        while true {
            let item = shelves.ranges[category].lowerBound + shelves.popular[category].draw(&random)
            if shelves.isAvailable(item, on: day) { return item }
        }
    }

    /// An item in proportion to its popularity and the user's liking: drawn by popularity, accepted by liking.
    private func tastedItem(of category: Int, _ random: inout SplitMix64) -> Int {
        let range = shelves.ranges[category]
        let popular = shelves.popular[category]
        for _ in 0..<96 {
            let item = range.lowerBound + popular.draw(&random)
            let liking = taste.liking(item, shelves)
            let ticket = random.unit()
            // exp(-x) is at most 1 / (1 + x + x * x / 2): most tickets lose without an exponential.
            if ticket * (1 - liking + liking * liking * 0.5) < 1, ticket < Taste.chance(liking),
                shelves.isAvailable(item, on: day)
            {
                return item
            }
        }
        // Nothing here is much to the user's taste: the same proportions, by going through all of them.
        var total: Float = 0
        for item in range where shelves.isAvailable(item, on: day) {
            total += shelves.popularity[item] * Taste.chance(taste.liking(item, shelves))
        }
        var target = random.unit() * total
        for item in range where shelves.isAvailable(item, on: day) {
            target -= shelves.popularity[item] * Taste.chance(taste.liking(item, shelves))
            if target < 0 { return item }
        }
        return range.last { shelves.isAvailable($0, on: day) } ?? range.lowerBound
    }
}
