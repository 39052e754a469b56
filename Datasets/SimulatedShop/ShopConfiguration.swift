/// How large a shop is, and what happens in it.
public struct ShopConfiguration: Hashable, Codable, Sendable {
    /// 1 to 50 million.
    public var users: Int
    /// 1 to 5 million.
    public var items: Int
    /// About how many events all users make together in all days: chance decides the last few percent.
    public var events: Int
    /// 1 to 3,650.
    public var days: Int
    /// What everything derives from: the same configuration is the same shop with the same events.
    public var seed: UInt64
    /// Midnight of day 0, in milliseconds since 1970. Seasons follow the calendar.
    public var start: Int64
    /// The day on which some users change their taste; nil: nobody does.
    public var driftDay: Int?
    /// The share of users who then do, 0 to 1.
    public var driftShare: Double
    /// The share of looks that follow what is popular instead of the user's taste, 0 to 1: the noise in the clicks.
    public var wandering: Double
    /// The share of items that arrive after day 0, 0 to 1.
    public var arrivalShare: Double
    /// The share of items that sell out or are taken off, 0 to 1.
    public var departureShare: Double

    /// - Parameters:
    ///   - events: 50 for each user when nil.
    public init(
        users: Int = 1_000, items: Int = 600, events: Int? = nil, days: Int = 180, seed: UInt64 = 1,
        start: Int64 = 1_704_067_200_000, driftDay: Int? = nil, driftShare: Double = 0.5, wandering: Double = 0.2,
        arrivalShare: Double = 0.15, departureShare: Double = 0.08
    ) {
        self.users = users
        self.items = items
        self.events = events ?? users.multipliedReportingOverflow(by: 50).partialValue
        self.days = days
        self.seed = seed
        self.start = start
        self.driftDay = driftDay
        self.driftShare = driftShare
        self.wandering = wandering
        self.arrivalShare = arrivalShare
        self.departureShare = departureShare
    }

    func validate() throws(ShopConfigurationError) {
        func check<Value: Comparable>(
            _ name: String, _ value: Value, _ range: ClosedRange<Value>
        ) throws(ShopConfigurationError) {
            guard range.contains(value) else {
                throw .outOfRange(name: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
            }
        }
        try check("users", users, 1...50_000_000)
        try check("items", items, 1...5_000_000)
        try check("days", days, 1...3_650)
        try check("events", events, 1...10_000_000_000)
        // A thousand years around 1970: no product of days and milliseconds overflows.
        try check("start", start, -15_000_000_000_000...15_000_000_000_000)
        try check("driftShare", driftShare, 0...1)
        try check("wandering", wandering, 0...1)
        try check("arrivalShare", arrivalShare, 0...1)
        try check("departureShare", departureShare, 0...1)
        if let driftDay { try check("driftDay", driftDay, 0...days) }
    }
}

/// Why there can be no such shop.
public enum ShopConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    case outOfRange(name: String, value: String, allowed: String)
    /// A user visits at most once a day, and a visit has only so many events.
    case tooManyEvents(asked: Int, possible: Int)

    public var description: String {
        switch self {
        case .outOfRange(let name, let value, let allowed):
            "there can be no shop with \(name) = \(value): choose \(allowed)"
        case .tooManyEvents(let asked, let possible):
            "so few users make about \(possible) events at most in so many days, not \(asked): ask for more users or more days"
        }
    }
}
