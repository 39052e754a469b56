#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The truth of a shop: its goods, and how its users choose.
final class ShopWorld: Sendable {
    let configuration: ShopConfiguration
    let shelves: Shelves
    /// The chance of a visit a day of a user of average activity; other users have more or less.
    let visitRate: Double
    /// The chance that a user who joins visits at all; below 1 only in shops with fewer events than users.
    let showsUp: Double

    /// More active users do not come every day either.
    private static let largestRate = 0.95

    init(_ configuration: ShopConfiguration) throws(ShopConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        shelves = Shelves(configuration)
        let sample = (0..<min(configuration.users, 2_048)).map { Habits(configuration, user: $0) }
        /// Expected visits of a user who shows up; see `firstDay`.
        func visits(_ rate: Double) -> Double {
            sample.reduce(0) { sum, habits in
                let chance = min(Double(habits.activity) * rate, Self.largestRate)
                let days = Double(configuration.days)
                return sum
                    + (habits.joins > 0
                        ? 1 + chance * (days - 1 - (habits.joins * days).rounded(.down))
                        : chance * days + pow(1 - chance, days))
            } / Double(sample.count)
        }
        let eventsPerVisit = Self.eventsPerVisit(configuration, shelves)
        let wanted = Double(configuration.events) / Double(configuration.users) / eventsPerVisit
        showsUp = min(wanted, 1)
        var low = 0.0, high = 100.0
        guard wanted <= visits(high) else {
            throw .tooManyEvents(
                asked: configuration.events, possible: Int(visits(high) * eventsPerVisit * Double(configuration.users)))
        }
        for _ in 0..<60 where wanted > 1 {
            let middle = (low + high) / 2
            if visits(middle) < wanted { low = middle } else { high = middle }
        }
        visitRate = low
    }

    /// Only for trying out visits, before rates are known.
    private init(trial configuration: ShopConfiguration, _ shelves: Shelves) {
        self.configuration = configuration
        self.shelves = shelves
        visitRate = 0
        showsUp = 1
    }

    /// How many events a visit has, by trying some.
    private static func eventsPerVisit(_ configuration: ShopConfiguration, _ shelves: Shelves) -> Double {
        let world = ShopWorld(trial: configuration, shelves)
        var events: [CompactEvent] = []
        // About as many visits as users will have: what they left in their carts waits for the next one.
        let visits = min(max(configuration.events / configuration.users / 6, 1), 12)
        let users = 2_400 / visits
        for user in 0..<users {
            var visitor = Visitor(seed: configuration.seed ^ 0x5EED, user: user)
            for number in 0..<visits {
                let day = number * (configuration.days - 1) / visits
                var visit = Visit(
                    world, user: user % configuration.users, habits: Habits(configuration, user: user % configuration.users),
                    on: day, number: UInt32(number), seasons: world.seasons(on: day),
                    startOfDay: 0, startsAt: 0)
                visit.run(&visitor, into: &events)
            }
        }
        return Double(events.count) / Double(visits * users)
    }

    static let millisecondsADay: Int64 = 86_400_000

    func seasons(on day: Int) -> [Float] {
        shelves.seasons(calendarDay: Int((configuration.start / Self.millisecondsADay)) + day)
    }

    /// What a user likes on a day.
    func taste(of user: Int, _ habits: Habits? = nil, on day: Int) -> Taste {
        var hasChanged = false
        if let driftDay = configuration.driftDay, day >= driftDay {
            hasChanged = (habits ?? Habits(configuration, user: user)).drifts
        }
        return Taste(seed: configuration.seed, user: user, phase: hasChanged ? 1 : 0, shelves: shelves)
    }

    /// The day of a user's first visit: the day of joining, or for those who knew the shop before some day by their activity,
    /// any day if that would be after the last.
    func firstDay(_ habits: Habits, _ random: inout SplitMix64) -> Int {
        if habits.joins > 0 { return Int(habits.joins * Double(configuration.days)) }
        let day = gap(habits, &random) - 1
        return day < configuration.days ? day : random.below(configuration.days)
    }

    /// Days until the next visit, at least 1.
    func gap(_ habits: Habits, _ random: inout SplitMix64) -> Int {
        let rate = min(Double(habits.activity) * visitRate, Self.largestRate)
        guard rate > 0 else { return .max / 2 }
        let days = log(1 - random.preciseUnit()) / log(1 - rate)
        return days < 1e6 ? 1 + Int(days) : .max / 2
    }
}

/// How often a user looks at each category on a day, up to a factor.
struct CategoryWeights {
    /// By the user's taste.
    var tasted: [Float]
    /// By what everyone looks at.
    var popular: [Float]

    init(_ taste: Taste, _ shelves: Shelves, seasons: [Float]) {
        popular = zip(shelves.demand, seasons).map { $0 * $1 }
        tasted = zip(popular, taste.categories).map { $0 * expf($1) }
    }
}

extension Taste {
    /// From a logarithm to a chance.
    @inline(__always)
    static func chance(_ liking: Float) -> Float { expf(liking) }
}

extension Habits {
    /// What the user would rate an item, before noise and rounding.
    func expectedRating(_ item: Int, _ taste: Taste, _ shelves: Shelves) -> Float {
        3.6 + ratingBias + shelves.quality[item] + 0.45 * (taste.affinity(item, shelves) + 2)
    }
}
