import Interactions

/// Events and the names in them, each name once: what a store has to look up, found beforehand, so that the thread that reads
/// a log does it beside the one that writes.
public struct NumberedEvents: Sendable {
    struct Session: Sendable {
        /// A position in `users`.
        var user: Int
        var id: String
    }

    let events: [Event]
    /// In the order in which they first come.
    private(set) var users = IdentifierTable()
    private(set) var items = IdentifierTable()
    private(set) var kinds = IdentifierTable()
    private(set) var sessions: [Session] = []
    /// Of each event, positions in the lists above.
    private(set) var eventUsers: [UInt32] = []
    private(set) var eventItems: [UInt32] = []
    private(set) var eventKinds: [UInt32] = []
    private(set) var eventSessions: [UInt32?] = []

    public var count: Int { events.count }

    public init(_ events: [Event]) {
        self.events = events
        eventUsers.reserveCapacity(events.count)
        eventItems.reserveCapacity(events.count)
        eventKinds.reserveCapacity(events.count)
        eventSessions.reserveCapacity(events.count)
        var sessionNames = IdentifierTable(), known: [UInt64: UInt32] = [:]
        for event in events {
            let user = users.number(adding: event.user)
            eventUsers.append(UInt32(user))
            eventItems.append(UInt32(items.number(adding: event.item)))
            eventKinds.append(UInt32(kinds.number(adding: event.kind.rawValue)))
            guard let id = event.session else {
                eventSessions.append(nil)
                continue
            }
            // A session belongs to its user: those of two users may have one name.
            let name = UInt64(user) << 32 | UInt64(sessionNames.number(adding: id))
            let number = known[name] ?? UInt32(sessions.count)
            if number == sessions.count {
                known[name] = number
                sessions.append(Session(user: user, id: id))
            }
            eventSessions.append(number)
        }
    }
}
