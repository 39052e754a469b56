import Interactions

/// The events of a shop, all users together, in the order of time.
///
/// They are made while they are read: what is in memory is the events of one day and 52 bytes for each user, however many
/// events there are. Reading again gives the same events.
public struct ShopEvents: Sequence, Sendable {
    let world: ShopWorld
    let itemIDs: [String]
    /// The days whose events these are.
    public let days: Range<Int>

    public func makeIterator() -> Iterator { Iterator(self) }

    public struct Iterator: IteratorProtocol {
        private let world: ShopWorld
        private let itemIDs: [String]
        private let days: Range<Int>
        private var visitors: [Visitor] = []
        /// The users who come on each day, as lists: the first of a day, and who follows each user.
        private var firstOfDay: [UInt32]
        private var nextOfUser: [UInt32]
        private var day = 0
        private var today: [CompactEvent] = []
        private var position = 0

        init(_ events: ShopEvents) {
            world = events.world
            itemIDs = events.itemIDs
            days = events.days
            let configuration = world.configuration
            firstOfDay = [UInt32](repeating: .max, count: configuration.days)
            nextOfUser = [UInt32](repeating: .max, count: configuration.users)
            visitors.reserveCapacity(configuration.users)
            for user in 0..<configuration.users {
                var visitor = Visitor(seed: configuration.seed, user: user)
                if visitor.random.preciseUnit() < world.showsUp {
                    schedule(user, on: world.firstDay(Habits(configuration, user: user), &visitor.random))
                }
                visitors.append(visitor)
            }
        }

        public mutating func next() -> Event? {
            while position == today.count {
                guard day < days.upperBound else { return nil }
                live()
            }
            let event = today[position]
            position += 1
            return Event(
                user: Names.user(event.user), item: itemIDs[Int(event.item)], kind: Names.kind(event.kind),
                value: event.kind == .rating ? Double(event.rating) : nil, time: event.time,
                session: Names.session(user: event.user, visit: event.visit))
        }

        private mutating func schedule(_ user: Int, on day: Int) {
            guard day < firstOfDay.count else { return }
            nextOfUser[user] = firstOfDay[day]
            firstOfDay[day] = UInt32(user)
        }

        /// Makes the events of a day. Earlier days have to be lived too, for what users carry along; nothing of them is kept.
        private mutating func live() {
            let configuration = world.configuration
            let midnight = configuration.start + Int64(day) * ShopWorld.millisecondsADay
            let seasons = world.seasons(on: day)
            today.removeAll(keepingCapacity: true)
            position = 0
            var follower = firstOfDay[day]
            while follower != .max {
                let user = Int(follower)
                follower = nextOfUser[user]
                let habits = Habits(configuration, user: user)
                // Between six in the morning and a quarter to eleven at night, most in the afternoon; done by midnight.
                let hours = (visitors[user].random.unit() + visitors[user].random.unit()) / 2
                let startsAt = Int64((6 + 16.75 * hours) * 3_600_000)
                var visit = Visit(
                    world, user: user, habits: habits, on: day, number: visitors[user].visits, seasons: seasons,
                    startOfDay: midnight,
                    startsAt: startsAt)
                visit.run(&visitors[user], into: &today)
                visitors[user].visits += 1
                schedule(user, on: day + world.gap(habits, &visitors[user].random))
            }
            day += 1
            if day > days.lowerBound {
                today.sort { $0.time != $1.time ? $0.time < $1.time : $0.user < $1.user }
            } else {
                today.removeAll(keepingCapacity: true)
            }
        }
    }
}

/// How the numbers of users, visits and kinds are written.
enum Names {
    static func user(_ number: UInt32) -> String { text("u", number) }

    static func item(_ number: Int) -> String { "i\(number)" }

    static func session(user: UInt32, visit: UInt32) -> String {
        // At most 15 bytes for all but the longest, which Swift keeps without an allocation.
        String(unsafeUninitializedCapacity: 24) { buffer in
            buffer[0] = UInt8(ascii: "s")
            var length = 1 + write(user, buffer, at: 1)
            buffer[length] = UInt8(ascii: "-")
            length += 1
            return length + write(visit, buffer, at: length)
        }
    }

    static func kind(_ kind: CompactEvent.Kind) -> EventKind {
        switch kind {
        case .view: .view
        case .favorite: .favorite
        case .cart: .cart
        case .removeFromCart: .removeFromCart
        case .purchase: .purchase
        case .rating: .rating
        case .hide: .hide
        }
    }

    private static func text(_ prefix: Unicode.Scalar, _ number: UInt32) -> String {
        String(unsafeUninitializedCapacity: 15) { buffer in
            buffer[0] = UInt8(ascii: prefix)
            return 1 + write(number, buffer, at: 1)
        }
    }

    /// - Returns: how many digits were written.
    private static func write(_ number: UInt32, _ buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        var digits = 1
        var limit: UInt64 = 10
        while UInt64(number) >= limit {
            digits += 1
            limit *= 10
        }
        var rest = number
        for place in stride(from: start + digits - 1, through: start, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return digits
    }
}
