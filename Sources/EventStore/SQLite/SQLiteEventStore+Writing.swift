import Foundation
import GRDB
import GRDBSQLite
import Interactions

extension SQLiteEventStore {
    @discardableResult public func append(_ events: [Event]) throws -> Int64? {
        guard !events.isEmpty else { return nil }
        return try write { keys, db in try EventWriter.insert(NumberedEvents(events), importKey: nil, &keys, db) }
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
        // An import at work, which may be reading the user's events just now, would bring the user back.
        let lock = try ImportLock(store: path)
        defer { withExtendedLifetime(lock) {} }
        let removed: ForgottenUser? = try write { keys, db in
            guard let key = try keys.users.key(of: id, db) else { return nil }
            try db.execute(sql: "DELETE FROM events WHERE user = ?", arguments: [key])
            let events = db.changesCount
            try db.execute(sql: "DELETE FROM sessions WHERE user = ?", arguments: [key])
            let sessions = db.changesCount
            let properties = try PropertyTable.ofUsers.removeAll(of: key, db)
            try db.execute(sql: "DELETE FROM users WHERE key = ?", arguments: [key])
            keys.forgetAll()
            try Self.noteFreedPages(true, db)
            return ForgottenUser(events: events, sessions: sessions, properties: properties, isErased: false)
        }
        // Also for somebody unknown: who was forgotten before may not be erased yet.
        if try hasFreedPages { try eraseFreedPages() }
        guard var removed else { return nil }
        removed.isErased = try !hasFreedPages
        return removed
    }

    /// Whether somebody was forgotten whose bytes may still be in the store's files.
    public var hasFreedPages: Bool {
        get throws { try read { try Int.fetchOne($0, sql: "PRAGMA user_version") != 0 } }
    }

    /// Noted in the header of the database, in the transaction that frees the pages, so that it outlives the program.
    private static func noteFreedPages(_ hasFreedPages: Bool, _ db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = \(hasFreedPages ? 1 : 0)")
    }

    /// Writes the file anew without what was deleted, and empties the log of writes: deleted rows stay in both as bytes
    /// that nobody reads. While another program reads an older state, ``hasFreedPages`` stays true.
    private func eraseFreedPages() throws {
        try EventStoreError.translating(path) {
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                // Who reads takes a moment, or as long as the program runs: that is not worth a minute.
                let patience = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 0
                try db.execute(sql: "PRAGMA busy_timeout = 5000")
                defer { try? db.execute(sql: "PRAGMA busy_timeout = \(patience)") }
                let isBusy = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)").map { $0[0] != 0 } ?? true
                if !isBusy { try Self.noteFreedPages(false, db) }
            }
        }
    }
}

/// SQLite opens files without permission to write for reading only, and says nothing.
func sqliteIsWritable(_ db: Database) -> Bool { sqlite3_db_readonly(db.sqliteConnection, "main") == 0 }
