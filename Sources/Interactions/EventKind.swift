/// What a user did with an item. Any name is a kind; these are the usual ones.
public struct EventKind: RawRepresentable, Hashable, Codable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public static let view: EventKind = "view"
    public static let cart: EventKind = "cart"
    public static let removeFromCart: EventKind = "remove-from-cart"
    public static let favorite: EventKind = "favorite"
    public static let purchase: EventKind = "purchase"
    /// Its value is the rating.
    public static let rating: EventKind = "rating"
    /// The user does not want to see the item.
    public static let hide: EventKind = "hide"
    /// A purchase taken back.
    public static let cancellation: EventKind = "cancellation"

    public var description: String { rawValue }

    public init(from decoder: any Decoder) throws { rawValue = try decoder.singleValueContainer().decode(String.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
