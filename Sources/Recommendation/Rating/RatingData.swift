import Interactions

/// Ratings as a model learns from them, and what is known of users and items besides.
public struct RatingData: Sendable {
    public struct Rating: Hashable, Sendable {
        public var user: Int
        public var item: Int
        public var value: Float
        /// Milliseconds since 1970; the same for all ratings of a log without times.
        public var time: Int64

        public init(user: Int, item: Int, value: Float, time: Int64 = 0) {
            self.user = user
            self.item = item
            self.value = value
            self.time = time
        }
    }

    public let users: IdentifierTable
    public let items: IdentifierTable
    public internal(set) var ratings: [Rating]
    /// Whether times tell what came before what.
    public let isOrdered: Bool
    let userAttributes: [SideAttribute]
    let itemAttributes: [SideAttribute]

    /// The events of the kind `rating` that have a finite value; of ratings of the same item by the same user, the last.
    ///
    /// - Parameters:
    ///   - catalog: by item number. Categories and properties tell what items have in common.
    ///   - people: what is known of users. Their properties tell what they have in common.
    public init(_ log: InteractionLog, catalog: [Int: Item] = [:], people: some Sequence<User> = EmptyCollection<User>()) {
        users = log.users
        items = log.items
        var ratings: [Rating] = []
        let kind = log.kinds.firstIndex(of: .rating).map { UInt8($0) }
        for user in 0..<log.userCount {
            var place: [Int: Int] = [:]
            for event in log.events(of: user) where log.eventKinds[event] == kind && log.eventValues[event].isFinite {
                let rating = Rating(user: user, item: Int(log.eventItems[event]), value: log.eventValues[event], time: log.eventTimes[event])
                if let known = place[rating.item] {
                    ratings[known] = rating
                } else {
                    place[rating.item] = ratings.count
                    ratings.append(rating)
                }
            }
        }
        self.ratings = ratings
        isOrdered = ratings.contains { $0.time != ratings[0].time }
        itemAttributes = SideAttribute.all(
            catalog.sorted { $0.key < $1.key }.map { number, item in (number, item.properties, item.categories) })
        let table = log.users
        userAttributes = SideAttribute.all(people.compactMap { user in table.number(of: user.id).map { ($0, user.properties, []) } })
    }

    /// The same users and items with some of the ratings.
    func keeping(_ isKept: (Int) -> Bool) -> RatingData {
        var copy = self
        copy.ratings = ratings.indices.filter(isKept).map { ratings[$0] }
        return copy
    }
}

/// One thing that is known of users or of items, such as the genre: which terms each has.
struct SideAttribute: Sendable {
    var name: String
    var termCount: Int
    var entries: [(row: UInt32, term: UInt32)]

    /// Everything that at least two rows have in common. What only one has tells nothing that its own weights do not.
    static func all(_ rows: [(number: Int, properties: [String: PropertyValue], categories: [String])]) -> [SideAttribute] {
        var terms: [String: [String: [UInt32]]] = [:]
        for row in rows {
            for category in Set(row.categories) { terms["", default: [:]][category, default: []].append(UInt32(row.number)) }
            for (name, value) in row.properties where !name.isEmpty {
                for term in Set(value.terms) { terms[name, default: [:]][term, default: []].append(UInt32(row.number)) }
            }
        }
        return terms.sorted { $0.key < $1.key }.compactMap { name, rowsOfTerm in
            let shared = rowsOfTerm.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
            guard !shared.isEmpty else { return nil }
            return SideAttribute(
                name: name, termCount: shared.count,
                entries: shared.enumerated().flatMap { term, rows in rows.value.map { ($0, UInt32(term)) } })
        }
    }
}
