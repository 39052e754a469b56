import Interactions

/// What should be suggested to whom.
public struct SuggestionRequest: Sendable {
    /// What the user did, the latest last; empty for someone new. Numbers beyond the catalog are passed over.
    public var history: [HistoryEvent]
    /// How many, 0 to `most`; with diversity to `mostDiverse`.
    public var count: Int
    public var filter: Filter?
    /// Never suggested.
    public var excluded: Set<Int>
    /// Items that the user did one of these to are not suggested; a cancellation takes a purchase back. What the user hid is
    /// never suggested.
    public var excludedKinds: Set<EventKind>
    /// Only items of one of these categories; empty: of any.
    public var categories: [String]
    /// Only items of these prices.
    public var price: ClosedRange<Double>?
    /// Only items of which so many are at hand.
    public var minimumStock: Double?
    /// Whether items out of stock may be suggested.
    public var allowsOutOfStock: Bool
    /// 0: the best items, however alike; 1: items as unlike each other as possible.
    public var diversity: Double
    public var rotation: Rotation?
    public var promotions: [Promotion]
    /// Milliseconds since 1970.
    public var now: Int64

    public static let most = 100_000
    /// With diversity, which compares every item chosen with many others.
    public static let mostDiverse = 1_000

    public init(
        history: [HistoryEvent] = [], count: Int = 10, filter: Filter? = nil, excluded: Set<Int> = [],
        excludedKinds: Set<EventKind> = [.purchase], categories: [String] = [], price: ClosedRange<Double>? = nil,
        minimumStock: Double? = nil, allowsOutOfStock: Bool = false, diversity: Double = 0, rotation: Rotation? = nil,
        promotions: [Promotion] = [], now: Int64
    ) {
        self.history = history
        self.count = count
        self.filter = filter
        self.excluded = excluded
        self.excludedKinds = excludedKinds
        self.categories = categories
        self.price = price
        self.minimumStock = minimumStock
        self.allowsOutOfStock = allowsOutOfStock
        self.diversity = diversity
        self.rotation = rotation
        self.promotions = promotions
        self.now = now
    }

    /// Items that were suggested lately make room for others.
    public struct Rotation: Sendable, Hashable {
        /// 0: they stay; 1: what was just suggested sinks below everything that could take its place.
        public var rate: Double
        /// Milliseconds after which it counts half that an item was suggested.
        public var halfLife: Double
        /// What was suggested to the user, and when; an item may be named more than once.
        public var recent: [Suggested]

        public struct Suggested: Sendable, Hashable {
            public var item: Int
            /// Milliseconds since 1970.
            public var time: Int64

            public init(item: Int, time: Int64) {
                self.item = item
                self.time = time
            }
        }

        public init(rate: Double, halfLife: Double = 86_400_000, recent: [Suggested]) {
            self.rate = rate
            self.halfLife = halfLife
            self.recent = recent
        }
    }

    /// Items that the shop wants to be seen.
    public struct Promotion: Sendable, Hashable {
        public enum Items: Sendable, Hashable {
            case matching(Filter)
            case listed(Set<Int>)
        }
        public var items: Items
        /// The share of the places that they fill at least, 0 to 1, rounded up to whole places, as far as there are such items
        /// that the request allows. Where several promotions ask for more places than there are, the first ones get theirs.
        public var share: Double

        public init(_ items: Items, share: Double) {
            self.items = items
            self.share = share
        }
    }

    /// - Throws: `SuggestionRequestError` for numbers out of their ranges.
    public func validate() throws(SuggestionRequestError) {
        guard (0...Self.most).contains(count) else {
            throw .outOfRange("the number of suggestions", "\(count)", "0 to \(Self.most)")
        }
        guard (0...1).contains(diversity) else { throw .outOfRange("diversity", "\(diversity)", "0 to 1") }
        guard diversity == 0 || count <= Self.mostDiverse else {
            throw .outOfRange("the number of suggestions with diversity", "\(count)", "0 to \(Self.mostDiverse)")
        }
        if let minimumStock, minimumStock.isNaN { throw .outOfRange("the least stock", "nan", "a number of pieces") }
        if let rotation {
            guard (0...1).contains(rotation.rate) else { throw .outOfRange("the rotation rate", "\(rotation.rate)", "0 to 1") }
            guard rotation.halfLife > 0 else {
                throw .outOfRange("the half-life of rotation", "\(rotation.halfLife)", "a time above 0")
            }
        }
        for promotion in promotions {
            guard (0...1).contains(promotion.share) else {
                throw .outOfRange("the share of a promotion", "\(promotion.share)", "0 to 1")
            }
        }
        let promoted = promotions.reduce(0) { $0 + $1.share }
        guard promoted <= 1 + 1e-9 else { throw .outOfRange("the sum of the promotions' shares", "\(promoted)", "at most 1") }
    }

    /// What the user had enough of: hidden, or met by an event of the excluded kinds.
    var refused: Set<Int> {
        var refused: Set<Int> = [], hidden: Set<Int> = []
        for event in history {
            if event.kind == .hide { hidden.insert(event.item) }
            if excludedKinds.contains(event.kind) { refused.insert(event.item) }
            if event.kind == .cancellation, excludedKinds.contains(.purchase), !excludedKinds.contains(.cancellation) {
                refused.remove(event.item)
            }
        }
        return refused.union(hidden)
    }
}

/// A request that makes no sense.
public enum SuggestionRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    case outOfRange(_ what: String, _ value: String, _ allowed: String)

    public var description: String {
        switch self {
        case .outOfRange(let what, let value, let allowed): "\(what) is \(value); it has to be \(allowed)"
        }
    }
}
