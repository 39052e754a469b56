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

/// The numbers of sessions, which belong to a user each.
struct SessionTable {
    private struct Name: Hashable {
        var user: Int64
        /// In `ids`.
        var id: Int
    }

    private var ids = IdentifierTable()
    private var known: [Name: Int64] = [:]
    private static let limit = 1 << 18

    mutating func key(user: Int64, adding id: String, _ db: Database) throws -> Int64 {
        if known.count >= Self.limit { forgetAll() }
        let name = Name(user: user, id: ids.number(adding: id))
        if let key = known[name] { return key }
        let select = try RawStatement(db, "SELECT key FROM sessions WHERE user = ? AND id = ?")
        select.bind(user, at: 1)
        select.bind(id, at: 2)
        let found = try select.step() ? select.integer(0) : nil
        select.reset()
        let key: Int64
        if let found {
            key = found
        } else {
            let insert = try RawStatement(db, "INSERT INTO sessions(user, id) VALUES (?, ?)")
            insert.bind(user, at: 1)
            insert.bind(id, at: 2)
            try insert.run()
            key = db.lastInsertedRowID
        }
        known[name] = key
        return key
    }

    mutating func forgetAll() {
        ids = IdentifierTable()
        known.removeAll(keepingCapacity: true)
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
