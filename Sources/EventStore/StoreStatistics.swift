import Interactions

/// What a store holds, in numbers.
public struct StoreStatistics: Sendable, Hashable, Codable {
    public struct Kind: Sendable, Hashable, Codable {
        public var kind: EventKind
        public var events: Int
        public var users: Int
    }

    public struct Day: Sendable, Hashable, Codable {
        /// Days since 1970-01-01 in UTC.
        public var day: Int
        /// By the order of `kinds`.
        public var events: [Int]
    }

    public struct PopularItem: Sendable, Hashable, Codable {
        public var id: String
        public var name: String?
        public var events: Int
    }

    /// Where a share of the values lies below.
    public struct Quantiles: Sendable, Hashable, Codable {
        public var p10, median, p90, p99, greatest, mean: Double

        /// - Parameter values: in rising order.
        init?(_ values: [Double]) {
            guard let last = values.last else { return nil }
            func quantile(_ share: Double) -> Double { values[Int((Double(values.count - 1) * share).rounded())] }
            (p10, median, p90, p99, greatest) = (quantile(0.1), quantile(0.5), quantile(0.9), quantile(0.99), last)
            mean = values.reduce(0, +) / Double(values.count)
        }
    }

    /// How many values lie in `from ..< to`.
    public struct Bin: Sendable, Hashable, Codable {
        public var from: Double
        public var to: Double
        public var count: Int
    }

    public var counts: StoreCounts
    public var usersWithEvents = 0
    public var itemsWithEvents = 0
    /// The most frequent first.
    public var kinds: [Kind] = []
    /// Days with events, in order.
    public var days: [Day] = []
    /// Milliseconds since 1970 of the first and the last event that have a time.
    public var firstTime: Int64?
    public var lastTime: Int64?
    public var eventsWithoutTime = 0
    public var eventsWithSession = 0
    /// Events of a user.
    public var historyLengths: Quantiles?
    public var historyLengthBins: [Bin] = []
    /// The share of all events that the most popular items have: at `share` of the items (0...1), the most popular first.
    public var popularityCurve: [(share: Double, events: Double)] { zip(popularityShares, popularityEvents).map { ($0, $1) } }
    var popularityShares: [Double] = []
    var popularityEvents: [Double] = []
    public var popularItems: [PopularItem] = []
    /// Items with one event only.
    public var itemsWithOneEvent = 0
    /// The share of pairs of user and item that have an event, among users and items with events.
    public var density = 0.0
    /// The share of events that repeat an earlier one's user and item.
    public var repeats = 0.0
    /// The share of events of the same user in the same second as the one before, such as the lines of an invoice.
    public var simultaneous = 0.0
    /// Seconds between two events of a user that follow each other in time, those of the same second apart.
    public var gaps: Quantiles?
    public var gapBins: [Bin] = []
    /// The share of users that density, repeats and gaps were measured on.
    public var sampledUsers = 1.0
}
