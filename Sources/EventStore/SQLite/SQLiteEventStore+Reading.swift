import GRDB
import Interactions

extension SQLiteEventStore {
    private static let eventColumns = """
        SELECT position, users.id, items.id, kinds.name, value, time, sessions.id, recommendation FROM
        """
    private static let eventJoins = """
        JOIN users ON users.key = e.user JOIN items ON items.key = e.item JOIN kinds ON kinds.key = e.kind
        LEFT JOIN sessions ON sessions.key = e.session
        """

    public func events(of user: String) throws -> [StoredEvent] {
        try read { db in
            guard let key = try Int64.fetchOne(db, sql: "SELECT key FROM users WHERE id = ?", arguments: [user]) else { return [] }
            return try Self.events(
                db, "(SELECT * FROM events WHERE user = ? ORDER BY position) AS e \(Self.eventJoins) ORDER BY position", [key])
        }
    }

    public func events(on item: String, limit: Int) throws -> [StoredEvent] {
        try read { db in
            guard let key = try Int64.fetchOne(db, sql: "SELECT key FROM items WHERE id = ?", arguments: [item]) else { return [] }
            return try Self.events(
                db, "(SELECT * FROM events WHERE item = ? ORDER BY position DESC LIMIT ?) AS e \(Self.eventJoins) ORDER BY position",
                [key, Int64(max(limit, 0))])
        }
    }

    public func events(after position: Int64, limit: Int) throws -> [StoredEvent] {
        try read { db in
            try Self.events(
                db, "(SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?) AS e \(Self.eventJoins) ORDER BY position",
                [position, Int64(max(limit, 0))])
        }
    }

    private static func events(_ db: Database, _ source: String, _ arguments: [Int64]) throws -> [StoredEvent] {
        let statement = try RawStatement(db, "\(eventColumns) \(source)")
        defer { statement.reset() }
        for (index, argument) in arguments.enumerated() { statement.bind(argument, at: index + 1) }
        var events: [StoredEvent] = []
        while try statement.step() {
            let event = Event(
                user: statement.text(1), item: statement.text(2), kind: EventKind(rawValue: statement.text(3)),
                value: statement.isNull(4) ? nil : statement.double(4), time: statement.isNull(5) ? nil : statement.integer(5),
                session: statement.isNull(6) ? nil : statement.text(6), recommendation: statement.isNull(7) ? nil : statement.text(7))
            events.append(StoredEvent(position: statement.integer(0), event: event))
        }
        return events
    }

    public func lastPosition() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(position) FROM events") ?? 0 }
    }

    public func item(_ id: String) throws -> Item? {
        try read { db in
            guard let key = try Int64.fetchOne(db, sql: "SELECT key FROM items WHERE id = ?", arguments: [id]) else { return nil }
            var item: Item?
            try PropertyTable.ofItems.forEach(owners: "items", only: key, db) { item = ItemProperties.item($0, $1) }
            return item
        }
    }

    public func user(_ id: String) throws -> User? {
        try read { db in
            guard let key = try Int64.fetchOne(db, sql: "SELECT key FROM users WHERE id = ?", arguments: [id]) else { return nil }
            var user: User?
            try PropertyTable.ofUsers.forEach(owners: "users", only: key, db) { user = User(id: $0, properties: $1) }
            return user
        }
    }

    public func forEachItem(_ body: (Item) throws -> Void) throws {
        try read { db in
            try PropertyTable.ofItems.forEach(owners: "items", db) { try body(ItemProperties.item($0, $1)) }
        }
    }

    public func forEachUser(_ body: (User) throws -> Void) throws {
        try read { db in
            try PropertyTable.ofUsers.forEach(owners: "users", db) { try body(User(id: $0, properties: $1)) }
        }
    }

    public func counts() throws -> StoreCounts {
        try read { db in
            func count(_ table: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 }
            return StoreCounts(events: try count("events"), users: try count("users"), items: try count("items"))
        }
    }
}
