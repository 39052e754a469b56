/// Builds a log from events in any order, one at a time.
public struct InteractionLogBuilder {
    private var users: IdentifierTable
    private var items: IdentifierTable
    private var sessions = IdentifierTable()
    private var sessionCount = 0
    private var kinds: [EventKind] = []
    private var eventUsers: [UInt32] = []
    private var eventItems: [UInt32] = []
    private var eventKinds: [UInt8] = []
    private var eventValues: [Float] = []
    private var eventTimes: [Int64] = []
    private var eventSessions: [UInt32] = []
    /// Whether events that have no time come in their order.
    public var isInOrder = false

    /// - Parameters:
    ///   - users, items: names whose numbers are fixed already, such as those of a model.
    public init(users: IdentifierTable = IdentifierTable(), items: IdentifierTable = IdentifierTable()) {
        self.users = users
        self.items = items
    }

    public var count: Int { eventItems.count }

    /// More kinds of events than a log can tell apart.
    public struct TooManyKinds: Error, CustomStringConvertible {
        public var description: String {
            "the log has more than 255 kinds of events; is the column of kinds the right one? Name it with a column mapping"
        }
    }

    /// - Throws: `TooManyKinds` at the 256th kind.
    public mutating func append(_ event: Event) throws {
        let kind = try number(adding: event.kind)
        var session = 0
        if let name = event.session {
            session = sessions.number(adding: name) + 1
            sessionCount = max(sessionCount, session)
        }
        append(
            user: users.number(adding: event.user), item: items.number(adding: event.item), kind: kind,
            value: event.value.map(Float.init) ?? .nan, time: event.time ?? 0, session: session)
    }

    /// The number of a kind, a new one if it is not known yet.
    ///
    /// - Throws: `TooManyKinds` at the 256th kind.
    public mutating func number(adding kind: EventKind) throws -> UInt8 {
        if let known = kinds.firstIndex(of: kind) { return UInt8(known) }
        guard kinds.count < 255 else { throw TooManyKinds() }
        kinds.append(kind)
        return UInt8(kinds.count - 1)
    }

    /// Adds an event whose names have numbers already, as in a store: no text is made or looked up.
    ///
    /// - Parameters:
    ///   - user, item: numbers of the tables that the builder began with.
    ///   - kind: a number from `number(adding:)`.
    ///   - value: not a number where the event has none.
    ///   - time: milliseconds since 1970; 0 for all events of a log without times.
    ///   - session: from 1 in the order of their first events, 0 for none. Do not mix with sessions that have names.
    public mutating func append(user: Int, item: Int, kind: UInt8, value: Float, time: Int64, session: Int) {
        precondition(user < users.count && item < items.count && Int(kind) < kinds.count, "a number that no name has")
        eventUsers.append(UInt32(user))
        eventItems.append(UInt32(item))
        eventKinds.append(kind)
        eventValues.append(value)
        eventTimes.append(time)
        eventSessions.append(UInt32(session))
        sessionCount = max(sessionCount, session)
    }

    /// The number of a user, a new one if the name is not known yet.
    public mutating func number(addingUser name: String) -> Int { users.number(adding: name) }

    /// Makes room for so many events more.
    public mutating func reserve(_ count: Int) {
        let total = eventItems.count + count
        eventUsers.reserveCapacity(total)
        eventItems.reserveCapacity(total)
        eventKinds.reserveCapacity(total)
        eventValues.reserveCapacity(total)
        eventTimes.reserveCapacity(total)
        eventSessions.reserveCapacity(total)
    }

    /// Adds an item without events.
    public mutating func addItem(_ id: String) { _ = items.number(adding: id) }

    /// Groups by user and sorts by time; events of the same time stay in the order they came.
    public consuming func build() -> InteractionLog {
        var offsets = [Int](repeating: 0, count: users.count + 1)
        for user in eventUsers { offsets[Int(user) + 1] += 1 }
        for user in 0..<users.count { offsets[user + 1] += offsets[user] }
        var next = offsets
        var order = [UInt32](repeating: 0, count: eventUsers.count)
        for event in eventUsers.indices {
            let user = Int(eventUsers[event])
            order[next[user]] = UInt32(event)
            next[user] += 1
        }
        for user in 0..<users.count {
            let range = offsets[user]..<offsets[user + 1]
            let isSorted = range.dropFirst().allSatisfy { eventTimes[Int(order[$0 - 1])] <= eventTimes[Int(order[$0])] }
            if !isSorted {
                order[range].sort { left, right in
                    let (leftTime, rightTime) = (eventTimes[Int(left)], eventTimes[Int(right)])
                    return leftTime == rightTime ? left < right : leftTime < rightTime
                }
            }
        }
        return InteractionLog(
            users: users, items: items, kinds: kinds, offsets: offsets, eventItems: order.map { eventItems[Int($0)] },
            eventKinds: order.map { eventKinds[Int($0)] }, eventValues: order.map { eventValues[Int($0)] },
            eventTimes: order.map { eventTimes[Int($0)] }, eventSessions: order.map { eventSessions[Int($0)] },
            sessionCount: sessionCount, isToldInOrder: isInOrder)
    }
}
