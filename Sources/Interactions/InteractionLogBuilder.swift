/// Builds a log from events in any order, one at a time.
public struct InteractionLogBuilder {
    private var users: IdentifierTable
    private var items: IdentifierTable
    private var sessions: [String: UInt32] = [:]
    private var kinds: [EventKind] = []
    private var eventUsers: [UInt32] = []
    private var eventItems: [UInt32] = []
    private var eventKinds: [UInt8] = []
    private var eventValues: [Float] = []
    private var eventTimes: [Int64] = []
    private var eventSessions: [UInt32] = []

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
        let kind: Int
        if let known = kinds.firstIndex(of: event.kind) {
            kind = known
        } else {
            guard kinds.count < 255 else { throw TooManyKinds() }
            kind = kinds.count
            kinds.append(event.kind)
        }
        eventUsers.append(UInt32(users.number(adding: event.user)))
        eventItems.append(UInt32(items.number(adding: event.item)))
        eventKinds.append(UInt8(kind))
        eventValues.append(event.value.map(Float.init) ?? .nan)
        eventTimes.append(event.time ?? 0)
        if let session = event.session {
            let known = sessions[session]
            let number = known ?? UInt32(sessions.count + 1)
            if known == nil { sessions[session] = number }
            eventSessions.append(number)
        } else {
            eventSessions.append(0)
        }
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
            sessionCount: sessions.count)
    }
}
