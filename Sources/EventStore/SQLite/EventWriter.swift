import GRDB
import Interactions

/// Writes events inside a transaction, many by one statement.
enum EventWriter {
    private static let columns = ["user", "item", "kind", "value", "time", "session", "recommendation", "import"]
    /// Enough that the cost of a statement no longer shows.
    private static let rowsAtOnce = 64

    /// The numbers that tables have given to the names in some events.
    private struct Keys {
        var users: [Int64]
        var items: [Int64]
        var kinds: [Int64]
        var sessions: [Int64]

        init(_ events: NumberedEvents, _ tables: inout KeyTables, _ db: Database) throws {
            users = try events.users.names.map { try tables.users.key(adding: $0, db) }
            items = try events.items.names.map { try tables.items.key(adding: $0, db) }
            kinds = try events.kinds.names.map { try tables.kinds.key(adding: $0, db) }
            sessions = []
            for session in events.sessions {
                sessions.append(try tables.sessions.key(user: users[session.user], adding: session.id, db))
            }
            try tables.sessions.writeWaiting(db)
        }
    }

    /// A failure ends the whole transaction, so that SQLite need not keep what a statement changed (`OR FAIL`).
    ///
    /// - Returns: the position of the last event.
    static func insert(_ events: NumberedEvents, importKey: Int64?, _ tables: inout KeyTables, _ db: Database) throws -> Int64 {
        let keys = try Keys(events, &tables, db)
        let whole = events.count / rowsAtOnce * rowsAtOnce
        if whole > 0 {
            let statement = try RawStatement(db, sql(rows: rowsAtOnce))
            for start in stride(from: 0, to: whole, by: rowsAtOnce) {
                for row in 0..<rowsAtOnce { bind(start + row, of: events, keys, importKey, statement, row: row) }
                try statement.run()
            }
        }
        let single = try RawStatement(db, sql(rows: 1))
        for event in whole..<events.count {
            bind(event, of: events, keys, importKey, single, row: 0)
            try single.run()
        }
        return db.lastInsertedRowID
    }

    private static func bind(
        _ number: Int, of events: NumberedEvents, _ keys: Keys, _ importKey: Int64?, _ statement: RawStatement, row: Int
    ) {
        let first = row * columns.count
        statement.bind(keys.users[Int(events.eventUsers[number])], at: first + 1)
        statement.bind(keys.items[Int(events.eventItems[number])], at: first + 2)
        statement.bind(keys.kinds[Int(events.eventKinds[number])], at: first + 3)
        statement.bind(events.events[number].value, at: first + 4)
        statement.bind(events.events[number].time, at: first + 5)
        statement.bind(events.eventSessions[number].map { keys.sessions[Int($0)] }, at: first + 6)
        statement.bind(events.events[number].recommendation, at: first + 7)
        statement.bind(importKey, at: first + 8)
    }

    private static func sql(rows: Int) -> String {
        let row = "(" + columns.map { _ in "?" }.joined(separator: ",") + ")"
        return "INSERT OR FAIL INTO events(\(columns.joined(separator: ","))) VALUES "
            + repeatElement(row, count: rows).joined(separator: ",")
    }
}
