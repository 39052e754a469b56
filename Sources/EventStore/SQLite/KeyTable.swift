import GRDB
import Interactions

/// The numbers of ids in one table, of which those seen lately are kept in memory. Ids are compared by their bytes, as
/// the tables do.
struct KeyTable {
    private let select: String
    private let insert: String
    private var known = IdentifierTable()
    /// By the numbers of `known`.
    private var keys: [Int64] = []
    /// About 100 MB at most.
    private static let limit = 1 << 20

    /// - Parameter column: the column of the id.
    init(table: String, column: String) {
        select = "SELECT key FROM \(table) WHERE \(column) = ?"
        insert = "INSERT INTO \(table)(\(column)) VALUES (?)"
    }

    /// The number of an id, nil if it is not in the table.
    func key(of id: String, _ db: Database) throws -> Int64? {
        if let number = known.number(of: id) { return keys[number] }
        let statement = try RawStatement(db, select)
        defer { statement.reset() }
        statement.bind(id, at: 1)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The number of an id, a new one if it is not in the table yet.
    mutating func key(adding id: String, _ db: Database) throws -> Int64 {
        if let number = known.number(of: id) { return keys[number] }
        let key: Int64
        if let found = try self.key(of: id, db) {
            key = found
        } else {
            let statement = try RawStatement(db, insert)
            statement.bind(id, at: 1)
            try statement.run()
            key = db.lastInsertedRowID
        }
        if known.count >= Self.limit { forgetAll() }
        _ = known.number(adding: id)
        keys.append(key)
        return key
    }

    mutating func forgetAll() {
        known = IdentifierTable()
        keys.removeAll(keepingCapacity: true)
    }
}

/// The numbers of sessions, which belong to a user each. New ones get their numbers here and are written many at once, before
/// the transaction ends.
struct SessionTable {
    private struct Name: Hashable {
        var user: Int64
        /// In `ids`.
        var id: Int
    }

    private var ids = IdentifierTable()
    private var known: [Name: Int64] = [:]
    /// Users from this number on came since `known` was empty, so that all their sessions are in it.
    private var firstWholeUser = Int64.max
    /// The number of the next new session.
    private var next: Int64 = 1
    /// Sessions with numbers that are not in the table yet.
    private var waiting: [(key: Int64, user: Int64, id: String)] = []
    private static let limit = 1 << 18
    private static let rowsAtOnce = 64
    private static let fullInsert = insert(rows: rowsAtOnce)

    private static func insert(rows: Int) -> String {
        "INSERT OR FAIL INTO sessions(key, user, id) VALUES " + repeatElement("(?,?,?)", count: rows).joined(separator: ",")
    }

    /// Begins a transaction.
    mutating func begin(_ db: Database) throws {
        next = try Self.lastKey(of: "sessions", db) + 1
        if known.isEmpty { firstWholeUser = try Self.lastKey(of: "users", db) + 1 }
    }

    /// The largest number that was ever given.
    private static func lastKey(of table: String, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table]) ?? 0
    }

    mutating func key(user: Int64, adding id: String, _ db: Database) throws -> Int64 {
        if known.count >= Self.limit {
            try writeWaiting(db)
            forgetAll()
        }
        let name = Name(user: user, id: ids.number(adding: id))
        if let key = known[name] { return key }
        let key: Int64
        if let found = try user >= firstWholeUser ? nil : find(user, id, db) {
            key = found
        } else {
            key = next
            next += 1
            waiting.append((key, user, id))
            if waiting.count == Self.rowsAtOnce { try writeWaiting(db) }
        }
        known[name] = key
        return key
    }

    private func find(_ user: Int64, _ id: String, _ db: Database) throws -> Int64? {
        let select = try RawStatement(db, "SELECT key FROM sessions WHERE user = ? AND id = ?")
        defer { select.reset() }
        select.bind(user, at: 1)
        select.bind(id, at: 2)
        return try select.step() ? select.integer(0) : nil
    }

    /// Writes the sessions that are not in the table yet; before a transaction ends.
    mutating func writeWaiting(_ db: Database) throws {
        guard !waiting.isEmpty else { return }
        let isFull = waiting.count == Self.rowsAtOnce
        let insert = try RawStatement(db, isFull ? Self.fullInsert : Self.insert(rows: waiting.count), isReused: isFull)
        for (row, session) in waiting.enumerated() {
            insert.bind(session.key, at: 3 * row + 1)
            insert.bind(session.user, at: 3 * row + 2)
            insert.bind(session.id, at: 3 * row + 3)
        }
        try insert.run()
        waiting.removeAll(keepingCapacity: true)
    }

    mutating func forgetAll() {
        ids = IdentifierTable()
        known.removeAll(keepingCapacity: true)
        waiting.removeAll(keepingCapacity: true)
        firstWholeUser = .max
    }
}

/// All numbers that writing events needs.
struct KeyTables {
    var users = KeyTable(table: "users", column: "id")
    var items = KeyTable(table: "items", column: "id")
    var kinds = KeyTable(table: "kinds", column: "name")
    var properties = KeyTable(table: "properties", column: "name")
    var sessions = SessionTable()
    /// Changes when another connection, maybe of another program, has written.
    private var version: Int64 = -1

    /// Begins a transaction: what others may have changed, such as forgotten users, is forgotten here too.
    mutating func begin(_ db: Database) throws {
        let current = try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0
        if current != version { forgetAll() }
        version = current
        try sessions.begin(db)
    }

    /// After a transaction that failed, its numbers are not in the tables.
    mutating func forgetAll() {
        users.forgetAll()
        items.forgetAll()
        kinds.forgetAll()
        properties.forgetAll()
        sessions.forgetAll()
    }
}
