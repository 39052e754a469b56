/// Events as models learn from them: numbers instead of names, grouped by user, in the order of time.
///
/// An event takes 20 bytes; names and kinds are kept once.
public struct InteractionLog: Sendable {
    public let users: IdentifierTable
    public let items: IdentifierTable
    public let kinds: [EventKind]
    /// Where each user's events begin, and at the end their number: `users.count + 1` positions.
    public let offsets: [Int]
    /// One of each for every event.
    public let eventItems: [UInt32]
    /// Positions in `kinds`.
    public let eventKinds: [UInt8]
    /// Not a number where the event has no value.
    public let eventValues: [Float]
    /// Milliseconds since 1970; the same for all events of a log without times. Events of one time stay in the order they came.
    public let eventTimes: [Int64]
    /// Positions in `sessions`, 0 for none.
    public let eventSessions: [UInt32]
    public let sessionCount: Int
    /// The latest time of all.
    public let latest: Int64

    /// Whether events have times, and not all the same.
    public let hasTimes: Bool
    /// Whether it is known what came before what, by times or because the log was told to be in order; else it is a set of events.
    public let isOrdered: Bool

    public var eventCount: Int { eventItems.count }
    public var userCount: Int { users.count }
    public var itemCount: Int { items.count }

    /// The positions of a user's events.
    public func events(of user: Int) -> Range<Int> { offsets[user]..<offsets[user + 1] }

    /// An event, as models see it.
    public subscript(event: Int) -> HistoryEvent {
        HistoryEvent(
            item: Int(eventItems[event]), kind: kinds[Int(eventKinds[event])],
            value: eventValues[event].isNaN ? nil : eventValues[event], time: eventTimes[event])
    }

    /// What a user did, in the order of time.
    public func history(of user: Int) -> [HistoryEvent] { events(of: user).map { self[$0] } }

    init(
        users: IdentifierTable, items: IdentifierTable, kinds: [EventKind], offsets: [Int], eventItems: [UInt32],
        eventKinds: [UInt8], eventValues: [Float], eventTimes: [Int64], eventSessions: [UInt32], sessionCount: Int, isToldInOrder: Bool
    ) {
        self.users = users
        self.items = items
        self.kinds = kinds
        self.offsets = offsets
        self.eventItems = eventItems
        self.eventKinds = eventKinds
        self.eventValues = eventValues
        self.eventTimes = eventTimes
        self.eventSessions = eventSessions
        self.sessionCount = sessionCount
        let latest = eventTimes.max() ?? 0
        self.latest = latest
        hasTimes = eventTimes.contains { $0 != latest }
        isOrdered = hasTimes || isToldInOrder
    }

    /// The log with some events only; users, items and their numbers stay.
    ///
    /// - Parameter isKept: told the event's position.
    public func filtered(_ isKept: (_ user: Int, _ event: Int) -> Bool) -> InteractionLog {
        var kept: [Int] = []
        var starts = [0]
        for user in 0..<userCount {
            for event in events(of: user) where isKept(user, event) { kept.append(event) }
            starts.append(kept.count)
        }
        return InteractionLog(
            users: users, items: items, kinds: kinds, offsets: starts, eventItems: kept.map { eventItems[$0] },
            eventKinds: kept.map { eventKinds[$0] }, eventValues: kept.map { eventValues[$0] }, eventTimes: kept.map { eventTimes[$0] },
            eventSessions: kept.map { eventSessions[$0] }, sessionCount: sessionCount, isToldInOrder: isOrdered)
    }
}

/// One step of a history.
public struct HistoryEvent: Hashable, Sendable {
    public var item: Int
    public var kind: EventKind
    public var value: Float?
    /// Milliseconds since 1970.
    public var time: Int64

    public init(item: Int, kind: EventKind = .view, value: Float? = nil, time: Int64 = 0) {
        self.item = item
        self.kind = kind
        self.value = value
        self.time = time
    }
}
