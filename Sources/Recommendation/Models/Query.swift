import Interactions

/// For whom to rank: what they did, and when it is.
public struct Query: Sendable {
    /// In the order of time, the latest last. Items beyond a model's are unknown to it.
    public var history: [HistoryEvent]
    /// Milliseconds since 1970; nil is the time of the last event.
    public var now: Int64?

    public init(history: [HistoryEvent], now: Int64? = nil) {
        self.history = history
        self.now = now
    }

    /// A history of which only the items are known.
    public init(items: [Int]) { self.init(history: items.map { HistoryEvent(item: $0) }) }
}
