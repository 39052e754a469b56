import Interactions

/// How alike two items are, for measuring how varied a list is: the cosine between what they have, 0 to 1.
public struct ItemLikeness: Sendable {
    /// What the items are compared by.
    public enum Basis: String, Codable, Sendable {
        /// Categories, where at least half of the items have one.
        case categories
        /// Else words of the names and properties, where at least half of the items have some.
        case descriptions
        /// Else the users who met both.
        case users
    }

    public let basis: Basis
    /// Of each item, ascending.
    private let features: [[UInt32]]

    public init(_ data: TrainingData) {
        let count = data.log.itemCount
        let described = (0..<count).map { data.catalog[$0] }
        func isEnough(_ has: (Item) -> Bool) -> Bool { 2 * described.count { $0.map(has) ?? false } >= max(count, 1) }
        if isEnough({ !$0.categories.isEmpty }) {
            (basis, features) = (.categories, Self.numbered(described.map { $0?.categories ?? [] }))
        } else if isEnough({ !ContentSimilarity.terms(of: $0).isEmpty }) {
            (basis, features) = (.descriptions, Self.numbered(described.map { $0.map(ContentSimilarity.terms) ?? [] }))
        } else {
            var users = [[UInt32]](repeating: [], count: count)
            for user in 0..<data.log.userCount {
                for item in Set(data.log.events(of: user).map { data.log.eventItems[$0] }) { users[Int(item)].append(UInt32(user)) }
            }
            (basis, features) = (.users, users)
        }
    }

    private static func numbered(_ terms: [[String]]) -> [[UInt32]] {
        var table = IdentifierTable()
        return terms.map { Set($0.map { UInt32(table.number(adding: $0)) }).sorted() }
    }

    /// Of items with nothing to compare by, 0.
    public func similarity(_ left: Int, _ right: Int) -> Double {
        guard left < features.count, right < features.count else { return 0 }
        let (a, b) = (features[left], features[right])
        guard !a.isEmpty, !b.isEmpty else { return 0 }
        var common = 0, i = 0, j = 0
        while i < a.count, j < b.count {
            if a[i] == b[j] { common += 1 }
            let advances = (a[i] <= b[j], b[j] <= a[i])
            if advances.0 { i += 1 }
            if advances.1 { j += 1 }
        }
        return Double(common) / (Double(a.count) * Double(b.count)).squareRoot()
    }

    /// One less the mean likeness of all pairs of a list; nil for fewer than two items.
    public func diversity(of list: some Collection<Int>) -> Double? {
        let items = Array(list)
        guard items.count > 1 else { return nil }
        var sum = 0.0
        for left in items.indices {
            for right in (left + 1)..<items.count { sum += similarity(items[left], items[right]) }
        }
        return 1 - sum / Double(items.count * (items.count - 1) / 2)
    }
}
