/// Something that a user did with an item, once.
public struct Event: Hashable, Codable, Sendable {
    /// Any UTF-8 text.
    public var user: String
    public var item: String
    public var kind: EventKind
    /// A rating, a quantity or an amount, as the kind has it; nil where the log tells none.
    public var value: Double?
    /// Milliseconds since 1970 in UTC; nil where the log has no times, and then its order is that of the events.
    public var time: Int64?
    public var session: String?
    /// The recommendation that the event followed from.
    public var recommendation: String?

    public init(
        user: String, item: String, kind: EventKind, value: Double? = nil, time: Int64? = nil, session: String? = nil,
        recommendation: String? = nil
    ) {
        self.user = user
        self.item = item
        self.kind = kind
        self.value = value
        self.time = time
        self.session = session
        self.recommendation = recommendation
    }
}
