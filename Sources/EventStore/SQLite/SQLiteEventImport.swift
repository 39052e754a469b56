import Foundation
import GRDB
import Interactions

extension SQLiteEventStore {
    /// Begins an import.
    ///
    /// - Parameters:
    ///   - source: the log's name, for people.
    ///   - seconds: how long to wait for another import to end.
    /// - Throws: `EventStoreError.importAtWork` where that takes longer.
    public func beginImport(of source: String, waiting seconds: Double = 0) throws -> SQLiteEventImport {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            do {
                return SQLiteEventImport(store: self, source: source, lock: try ImportLock(store: path))
            } catch let error as EventStoreError {
                guard case .importAtWork = error, Date() < deadline else { throw error }
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }
}

/// An import into an SQLite store, used by one thread at a time.
public final class SQLiteEventImport: EventImport {
    private let store: SQLiteEventStore
    private let source: String
    private let lock: ImportLock
    /// The row of this import, once something is written.
    private var key: Int64?
    private var appended = 0
    private var hasDroppedIndices = false
    public private(set) var totals = ImportTotals()

    init(store: SQLiteEventStore, source: String, lock: ImportLock) {
        self.store = store
        self.source = source
        self.lock = lock
    }

    public func parts(from offset: Int, digest: String) throws -> [ImportedPart] {
        try store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT import, end_offset, end_digest, last_line, rejects_bytes, is_open, finished FROM import_parts
                    JOIN imports ON imports.key = import WHERE start_offset = ? AND start_digest = ? ORDER BY end_offset DESC
                    """, arguments: [offset, digest]
            ).map { row in
                ImportedPart(
                    importKey: row[0], startOffset: offset, startDigest: digest, endOffset: row[1], endDigest: row[2], lastLine: row[3],
                    rejectsBytes: row[4], isOpen: row[5], isFinished: row[6] != nil)
            }
        }
    }

    public func pass(_ part: ImportedPart) {
        // A finished import stays as it is; what follows it is another one.
        key = part.isFinished ? nil : part.importKey
        totals = key.flatMap { try? readTotals(of: $0) } ?? ImportTotals()
    }

    private func readTotals(of key: Int64) throws -> ImportTotals? {
        try store.read { db in
            try Row.fetchOne(db, sql: "SELECT sum(lines), sum(events), sum(rejects) FROM import_parts WHERE import = ?", arguments: [key])
                .map { ImportTotals(lines: $0[0] ?? 0, events: $0[1] ?? 0, rejects: $0[2] ?? 0) }
        }
    }

    public func remove(_ part: ImportedPart) throws {
        try store.write { _, db in
            let place: StatementArguments = [part.startOffset, part.startDigest, part.endOffset]
            let condition = "WHERE start_offset = ? AND start_digest = ? AND end_offset = ?"
            if let row = try Row.fetchOne(db, sql: "SELECT first_position, last_position FROM import_parts \(condition)", arguments: place) {
                try db.execute(
                    sql: "DELETE FROM events WHERE position BETWEEN ? AND ? AND import = ?", arguments: [row[0], row[1], part.importKey])
            }
            try db.execute(sql: "DELETE FROM import_parts \(condition)", arguments: place)
        }
    }

    public func append(_ part: ImportPart) throws {
        // Not part of the transaction: what fails leaves the import as it was.
        let started = SQLiteEventStore.now
        let key = try store.write { keys, db -> Int64 in
            let before = try Int64.fetchOne(db, sql: "SELECT max(position) FROM events") ?? 0
            try dropIndicesIfWorthIt(existing: Int(before), coming: part.events.count, db)
            let key = try self.key ?? Self.makeRow(source: source, started: started, db)
            let last = part.events.isEmpty ? before : try EventWriter.insert(part.events, importKey: key, &keys, db)
            for (item, time) in part.items {
                let owner = try keys.items.key(adding: item.id, db)
                try PropertyTable.ofItems.set(
                    ItemProperties.properties(of: item), owner: owner, importKey: key, time: time ?? started, &keys, db)
            }
            for user in part.users {
                let owner = try keys.users.key(adding: user.id, db)
                try PropertyTable.ofUsers.set(
                    user.properties.map { ($0.key, $0.value) }, owner: owner, importKey: key, time: started, &keys, db)
            }
            try db.execute(
                sql: "INSERT INTO import_parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    key, part.startOffset, part.startDigest, part.endOffset, part.endDigest, part.lastLine, part.lineCount,
                    part.events.count, part.rejectCount, part.rejectsBytes, before + 1, last, part.isOpen,
                ])
            return key
        }
        self.key = key
        appended += part.events.count
        totals.lines += part.lineCount
        totals.events += part.events.count
        totals.rejects += part.rejectCount
    }

    private static func makeRow(source: String, started: Int64, _ db: Database) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO imports(source, started, first_user, first_item) VALUES
                (?, ?, (SELECT ifnull(max(key), 0) + 1 FROM users), (SELECT ifnull(max(key), 0) + 1 FROM items))
                """, arguments: [source, started])
        return db.lastInsertedRowID
    }

    /// Keeping the indices costs about twenty times as much for an event as building them anew, so an import that
    /// brings more than a share of the store drops them until its end. Reading by user or item is slow meanwhile.
    private func dropIndicesIfWorthIt(existing: Int, coming: Int, _ db: Database) throws {
        let mine = appended + coming
        guard !hasDroppedIndices, mine >= 20_000, mine * 12 > existing - appended else { return }
        try Schema.dropIndices(db)
        hasDroppedIndices = true
    }

    public func finish() throws {
        let key = self.key
        try store.write { _, db in
            try Schema.createIndices(db)
            try db.execute(sql: "UPDATE imports SET finished = ? WHERE key = ?", arguments: [SQLiteEventStore.now, key])
        }
    }

    public func discard() throws {
        guard let key else { return }
        try store.write { keys, db in
            let row = try Row.fetchOne(db, sql: "SELECT first_user, first_item FROM imports WHERE key = ?", arguments: [key])
            let first = try Int64.fetchOne(db, sql: "SELECT min(first_position) FROM import_parts WHERE import = ?", arguments: [key]) ?? 0
            try db.execute(sql: "DELETE FROM events WHERE position >= ? AND import = ?", arguments: [first, key])
            for table in ["item_properties", "user_properties", "import_parts"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE import = ?", arguments: [key])
            }
            try db.execute(sql: "DELETE FROM imports WHERE key = ?", arguments: [key])
            try Schema.createIndices(db)
            if let row {
                // Users and items that came with the import and that nothing else refers to.
                let firstUser: Int64 = row[0], firstItem: Int64 = row[1]
                try db.execute(
                    sql: "DELETE FROM sessions WHERE user >= ? AND NOT EXISTS (SELECT 1 FROM events WHERE user = sessions.user)",
                    arguments: [firstUser])
                for (table, column, properties, first) in [
                    ("users", "user", "user_properties", firstUser), ("items", "item", "item_properties", firstItem),
                ] {
                    try db.execute(
                        sql: """
                            DELETE FROM \(table) WHERE key >= ? AND NOT EXISTS (SELECT 1 FROM events WHERE \(column) = \(table).key)
                            AND NOT EXISTS (SELECT 1 FROM \(properties) WHERE owner = \(table).key)
                            """, arguments: [first])
                }
            }
            keys.forgetAll()
        }
        self.key = nil
        totals = ImportTotals()
    }
}
