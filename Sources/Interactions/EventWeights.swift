#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How much each kind of event says about what a user wants. Models learn from the products of weight and age.
public struct EventWeights: Hashable, Codable, Sendable {
    /// By kind. Negative weights say that the user does not want the item.
    public var weights: [EventKind: Double]
    /// For kinds that are not listed.
    public var other: Double
    /// Days after which an event counts half; nil: events do not age.
    public var halfLifeDays: Double?
    /// Ratings below this say that the user does not like the item.
    public var neutralRating: Double

    public static let usual: [EventKind: Double] = [
        .view: 1, .favorite: 2, .cart: 3, .purchase: 5, .rating: 4, .removeFromCart: -1, .hide: -5, .cancellation: -4,
    ]

    public init(
        _ weights: [EventKind: Double] = EventWeights.usual, other: Double = 1, halfLifeDays: Double? = nil, neutralRating: Double = 3
    ) {
        self.weights = weights
        self.other = other
        self.halfLifeDays = halfLifeDays
        self.neutralRating = neutralRating
    }

    /// Every event of every kind counts 1.
    public static let equal = EventWeights([:], other: 1)

    public subscript(kind: EventKind) -> Double { weights[kind] ?? other }

    /// The share of its weight that an event still has.
    ///
    /// - Parameter age: in milliseconds; negative ages count as none.
    public func share(age: Int64) -> Double {
        guard let halfLifeDays, halfLifeDays > 0 else { return 1 }
        return exp2(-Double(max(age, 0)) / (halfLifeDays * 86_400_000))
    }
}
