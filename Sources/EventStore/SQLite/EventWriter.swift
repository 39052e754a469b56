import GRDB
import Interactions

/// Writes events inside a transaction, many by one statement.
enum EventWriter {
    private static let columns = ["user", "item", "kind", "value", "time", "session", "recommendation", "import"]
    /// Enough that the cost of a statement no longer shows.
    private static let rowsAtOnce = 64

    /// A failure ends the whole transaction, so that SQLite need not keep what a statement changed (`OR FAIL`).
    ///
    /// - Returns: the position of the last event.
    static func insert(_ events: [Event], importKey: Int64?, _ keys: inout KeyTables, _ db: Database) throws -> Int64 {
        let whole = events.count / rowsAtOnce * rowsAtOnce
        if whole > 0 {
            let statement = try RawStatement(db, sql(rows: rowsAtOnce))
            for start in stride(from: 0, to: whole, by: rowsAtOnce) {
                for row in 0..<rowsAtOnce { try bind(events[start + row], row: row, importKey, statement, &keys, db) }
                try statement.run()
            }
        }
        let single = try RawStatement(db, sql(rows: 1))
        for event in events[whole...] {
            try bind(event, row: 0, importKey, single, &keys, db)
            try single.run()
        }
        let last = db.lastInsertedRowID
        try keys.sessions.writeWaiting(db)
        return last
    }

    private static func bind(
        _ event: Event, row: Int, _ importKey: Int64?, _ statement: RawStatement, _ keys: inout KeyTables, _ db: Database
    ) throws {
        let first = row * columns.count
        let user = try keys.users.key(adding: event.user, db)
        statement.bind(user, at: first + 1)
        statement.bind(try keys.items.key(adding: event.item, db), at: first + 2)
        statement.bind(try keys.kinds.key(adding: event.kind.rawValue, db), at: first + 3)
        statement.bind(event.value, at: first + 4)
        statement.bind(event.time, at: first + 5)
        statement.bind(try event.session.map { try keys.sessions.key(user: user, adding: $0, db) }, at: first + 6)
        statement.bind(event.recommendation, at: first + 7)
        statement.bind(importKey, at: first + 8)
    }

    private static func sql(rows: Int) -> String {
        let row = "(" + columns.map { _ in "?" }.joined(separator: ",") + ")"
        return "INSERT OR FAIL INTO events(\(columns.joined(separator: ","))) VALUES "
            + repeatElement(row, count: rows).joined(separator: ",")
    }
}
