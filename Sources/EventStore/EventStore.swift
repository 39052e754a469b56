import Interactions

/// Where a shop's events, items and users are kept.
///
/// What is appended is on the disk when the call returns. Every event has a position, a number that only grows and is
/// never given twice, also not after a user was forgotten; so a reader that notes the last position it saw misses
/// nothing. Calls block: make them on a thread of your own, not on Swift's cooperative pool.
public protocol EventStore: Sendable {
    /// Adds events, and users and items that are new.
    ///
    /// - Returns: the position of the last event; nil where there were none.
    /// - Throws: ``EventStoreError``; nothing is added then.
    @discardableResult func append(_ events: [Event]) throws -> Int64?
    /// Replaces what is known of items, or adds them.
    func upsert(_ items: [Item]) throws
    /// Replaces what is known of users, or adds them.
    func upsert(_ users: [User]) throws

    /// What a user did, in the order of positions; empty for unknown users.
    func events(of user: String) throws -> [StoredEvent]
    /// What users did with an item, in the order of positions; empty for unknown items.
    ///
    /// - Parameter limit: so many of the latest.
    func events(on item: String, limit: Int) throws -> [StoredEvent]
    /// Events behind a position, in their order.
    ///
    /// - Parameter limit: at most so many; fewer only at the end.
    func events(after position: Int64, limit: Int) throws -> [StoredEvent]
    /// The position of the newest event; 0 in an empty store.
    func lastPosition() throws -> Int64

    func item(_ id: String) throws -> Item?
    func user(_ id: String) throws -> User?
    /// Every item that has events or properties, one after the other, in the order in which they came.
    func forEachItem(_ body: (Item) throws -> Void) throws
    /// Every user, in the order in which they came.
    func forEachUser(_ body: (User) throws -> Void) throws
    func counts() throws -> StoreCounts

    /// Everything that models learn from: events, all items also without events, and users with events.
    ///
    /// - Parameters:
    ///   - since, until: milliseconds since 1970; events from `since` on and before `until`. Events without a time are
    ///     left out where one of them is given.
    ///   - position: no events behind it, so that several readers see the same log.
    func interactionLog(since: Int64?, until: Int64?, upTo position: Int64?) throws -> InteractionLog

    /// Removes a user with all events, sessions and properties, and erases what earlier calls could not erase yet.
    ///
    /// - Returns: what was removed; nil where there is no such user.
    /// - Throws: `EventStoreError.importAtWork` while an import runs, which would bring the user back.
    func forget(user: String) throws -> ForgottenUser?
}

extension EventStore {
    public func interactionLog() throws -> InteractionLog { try interactionLog(since: nil, until: nil, upTo: nil) }

    public func items() throws -> [Item] {
        var items: [Item] = []
        try forEachItem { items.append($0) }
        return items
    }

    public func users() throws -> [User] {
        var users: [User] = []
        try forEachUser { users.append($0) }
        return users
    }
}

/// An event with its place in the store.
public struct StoredEvent: Hashable, Sendable, Codable {
    public var position: Int64
    public var event: Event

    public init(position: Int64, event: Event) {
        self.position = position
        self.event = event
    }
}

public struct StoreCounts: Hashable, Sendable, Codable {
    public var events: Int
    public var users: Int
    public var items: Int

    public init(events: Int, users: Int, items: Int) {
        self.events = events
        self.users = users
        self.items = items
    }
}

/// What went with a user.
public struct ForgottenUser: Hashable, Sendable, Codable {
    public var events: Int
    public var sessions: Int
    public var properties: Int
    /// Whether the bytes too are gone from the store's files. False while another program reads the store: its old
    /// pages stay until that program lets go.
    public var isErased: Bool
}
