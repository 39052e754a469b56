import Foundation
import GRDB
import GRDBSQLite
import Interactions

extension SQLiteEventStore {
    @discardableResult public func append(_ events: [Event]) throws -> Int64? {
        guard !events.isEmpty else { return nil }
        return try write { keys, db in try EventWriter.insert(events, importKey: nil, &keys, db) }
    }

    public func upsert(_ items: [Item]) throws {
        guard !items.isEmpty else { return }
        let now = Self.now
        try write { keys, db in
            for item in items {
                let key = try keys.items.key(adding: item.id, db)
                _ = try PropertyTable.ofItems.removeAll(of: key, db)
                try PropertyTable.ofItems.set(
                    ItemProperties.properties(of: item), owner: key, importKey: PropertyTable.live, time: now, &keys, db)
            }
        }
    }

    public func upsert(_ users: [User]) throws {
        guard !users.isEmpty else { return }
        let now = Self.now
        try write { keys, db in
            for user in users {
                let key = try keys.users.key(adding: user.id, db)
                _ = try PropertyTable.ofUsers.removeAll(of: key, db)
                try PropertyTable.ofUsers.set(
                    user.properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, owner: key, importKey: PropertyTable.live,
                    time: now, &keys, db)
            }
        }
    }

    /// Milliseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    public func forget(user id: String) throws -> ForgottenUser? {
        let removed: ForgottenUser? = try write { keys, db in
            guard let key = try keys.users.key(of: id, db) else { return nil }
            try db.execute(sql: "DELETE FROM events WHERE user = ?", arguments: [key])
            let events = db.changesCount
            try db.execute(sql: "DELETE FROM sessions WHERE user = ?", arguments: [key])
            let sessions = db.changesCount
            let properties = try PropertyTable.ofUsers.removeAll(of: key, db)
            try db.execute(sql: "DELETE FROM users WHERE key = ?", arguments: [key])
            keys.forgetAll()
            return ForgottenUser(events: events, sessions: sessions, properties: properties, isErased: false)
        }
        guard var removed else { return nil }
        removed.isErased = try eraseFreedPages()
        return removed
    }

    /// Writes the file anew without what was deleted, and empties the log of writes: deleted rows stay in both as bytes
    /// that nobody reads.
    private func eraseFreedPages() throws -> Bool {
        try EventStoreError.translating(path) {
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                // Fails, and says so, while somebody reads an older state.
                return try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)").map { $0[0] == 0 } ?? false
            }
        }
    }
}

/// SQLite opens files without permission to write for reading only, and says nothing.
func sqliteIsWritable(_ db: Database) -> Bool { sqlite3_db_readonly(db.sqliteConnection, "main") == 0 }
