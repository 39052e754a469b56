import Foundation
import GRDB
import Interactions

extension SQLiteEventStore {
    /// Begins an import.
    ///
    /// - Parameters:
    ///   - source: the log's name, for people.
    ///   - isOrdered: events without a time come in the order of time.
    ///   - seconds: how long to wait for another import to end.
    /// - Throws: `EventStoreError.importAtWork` where that takes longer.
    public func beginImport(of source: String, isOrdered: Bool = false, waiting seconds: Double = 0) throws -> SQLiteEventImport {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            do {
                return SQLiteEventImport(store: self, source: source, isOrdered: isOrdered, lock: try ImportLock(store: path))
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
    private var isOrdered: Bool
    private let lock: ImportLock
    /// The row of this import, once something is written.
    private var key: Int64?
    /// The rows of last lines without a line break: imports of their own, so that they can be taken back alone. There is
    /// more than one where an interrupted import goes on behind such a line.
    private var openKeys: [Int64] = []
    /// The rows of imports of which the order is said anew.
    private var reordered: [Int64: Bool] = [:]
    private var appended = 0
    private var hasDroppedIndices = false
    private var described = LatestDescriptions()
    /// 64 MB. Pages that many parts change are copied into the store's file once, and not after each part.
    private static let pagesOfCheckpoint = 16_384
    public private(set) var totals = ImportTotals()

    init(store: SQLiteEventStore, source: String, isOrdered: Bool, lock: ImportLock) {
        self.store = store
        self.source = source
        self.isOrdered = isOrdered
        self.lock = lock
    }

    public func parts(from offset: Int, digest: String) throws -> [ImportedPart] {
        try store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT import, end_offset, end_digest, last_line, rejects_bytes, is_open, finished, rejects_file, is_ordered
                    FROM import_parts
                    JOIN imports ON imports.key = import WHERE start_offset = ? AND start_digest = ? ORDER BY end_offset DESC
                    """, arguments: [offset, digest]
            ).map { row in
                ImportedPart(
                    importKey: row[0], startOffset: offset, startDigest: digest, endOffset: row[1], endDigest: row[2], lastLine: row[3],
                    rejectsFile: row[7], rejectsBytes: row[4], isOpen: row[5], isOrdered: row[8], isFinished: row[6] != nil)
            }
        }
    }

    public func pass(_ part: ImportedPart, isOrdered: Bool? = nil) {
        if let isOrdered { reordered[part.importKey] = isOrdered } else { self.isOrdered = part.isOrdered }
        // A finished import stays as it is; what follows it is another one.
        if part.isFinished {
            (key, openKeys) = (nil, [])
        } else if part.isOpen {
            openKeys.append(part.importKey)
        } else {
            key = part.importKey
        }
        totals = ownKeys.compactMap { try? readTotals(of: $0) }.reduce(ImportTotals(), +)
    }

    private var ownKeys: [Int64] { (key.map { [$0] } ?? []) + openKeys }

    private func readTotals(of key: Int64) throws -> ImportTotals? {
        try store.read { db in
            try Row.fetchOne(db, sql: "SELECT sum(lines), sum(events), sum(rejects) FROM import_parts WHERE import = ?", arguments: [key])
                .map { ImportTotals(lines: $0[0] ?? 0, events: $0[1] ?? 0, rejects: $0[2] ?? 0) }
        }
    }

    public func remove(_ part: ImportedPart) throws {
        precondition(part.isOpen, "only a last line without a line break is an import of its own")
        try store.write { keys, db in
            let sessions = try Self.sessions(of: part.importKey, db)
            try Self.takeBack([part.importKey], &keys, db)
            // Also those of users who were known before.
            for session in sessions {
                try db.execute(
                    sql: """
                        DELETE FROM sessions WHERE key = ?
                        AND NOT EXISTS (SELECT 1 FROM events WHERE user = sessions.user AND session = sessions.key)
                        """, arguments: [session])
            }
        }
    }

    public func append(_ part: ImportPart) throws {
        if appended == 0 { try store.setCheckpoints(everyPages: Self.pagesOfCheckpoint) }
        // Not part of the transaction: what fails leaves the import as it was.
        let started = SQLiteEventStore.now
        let key = try store.write { keys, db -> Int64 in
            let before = try Int64.fetchOne(db, sql: "SELECT max(position) FROM events") ?? 0
            try dropIndicesIfWorthIt(existing: Int(before), coming: part.events.count, db)
            let lastOldUser = try Self.lastKey(of: "users", db), lastOldItem = try Self.lastKey(of: "items", db)
            let key = try (part.isOpen ? nil : self.key) ?? makeRow(started: started, db)
            let last = part.events.count == 0 ? before : try EventWriter.insert(part.events, importKey: key, &keys, db)
            for (item, time) in part.items {
                let owner = try keys.items.key(adding: item.id, db)
                let properties = ItemProperties.properties(of: item)
                // Logs that describe an item on each of its lines mostly say the same again.
                if described.isRepeated(properties, of: owner, by: key),
                    try PropertyTable.ofItems.renew(owner: owner, importKey: key, time: time ?? started, db) == properties.count
                { continue }
                try PropertyTable.ofItems.set(properties, owner: owner, importKey: key, time: time ?? started, &keys, db)
            }
            for user in part.users {
                let owner = try keys.users.key(adding: user.id, db)
                try PropertyTable.ofUsers.set(
                    user.properties.map { ($0.key, $0.value) }, owner: owner, importKey: key, time: started, &keys, db)
            }
            try db.execute(
                sql: "INSERT INTO import_parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    key, part.startOffset, part.startDigest, part.endOffset, part.endDigest, part.lastLine, part.lineCount,
                    part.events.count, part.rejectCount, part.rejectsFile, part.rejectsBytes, before + 1, last, lastOldUser,
                    try Self.lastKey(of: "users", db), lastOldItem, try Self.lastKey(of: "items", db), part.isOpen,
                ])
            return key
        }
        if part.isOpen { openKeys.append(key) } else { self.key = key }
        appended += part.events.count
        totals.lines += part.lineCount
        totals.events += part.events.count
        totals.rejects += part.rejectCount
    }

    private func makeRow(started: Int64, _ db: Database) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO imports(source, started, is_ordered) VALUES (?, ?, ?)", arguments: [source, started, isOrdered])
        return db.lastInsertedRowID
    }

    private static func lastKey(of table: String, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(key) FROM \(table)") ?? 0
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
        try store.write { _, db in
            try Schema.createIndices(db)
            for key in ownKeys {
                try db.execute(sql: "UPDATE imports SET finished = ? WHERE key = ?", arguments: [SQLiteEventStore.now, key])
            }
            for (key, isOrdered) in reordered {
                try db.execute(sql: "UPDATE imports SET is_ordered = ? WHERE key = ?", arguments: [isOrdered, key])
            }
        }
        try store.setCheckpoints(everyPages: SQLiteEventStore.usualPagesOfCheckpoint)
    }

    public func discard() throws {
        try store.write { keys, db in try Self.takeBack(ownKeys, &keys, db) }
        (key, openKeys) = (nil, [])
        totals = ImportTotals()
    }

    private static func sessions(of key: Int64, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT DISTINCT session FROM events WHERE import = ?1 AND session IS NOT NULL
                AND position >= (SELECT min(first_position) FROM import_parts WHERE import = ?1)
                """, arguments: [key])
    }

    /// Removes imports with the users and items that came with them and that nothing else refers to.
    private static func takeBack(_ imports: [Int64], _ keys: inout KeyTables, _ db: Database) throws {
        // All of one before what was new in another, which it may refer to.
        let parts = try imports.flatMap { try takeRowsBack($0, db) }
        // What looks for events of a user or an item needs them.
        try Schema.createIndices(db)
        for part in parts { try removeOrphans(of: part, db) }
        keys.forgetAll()
    }

    /// Removes everything but users and items.
    ///
    /// - Returns: the parts that there were.
    private static func takeRowsBack(_ key: Int64, _ db: Database) throws -> [Row] {
        let parts = try Row.fetchAll(
            db,
            sql: """
                SELECT first_position, last_old_user, last_user, last_old_item, last_item FROM import_parts WHERE import = ?
                ORDER BY first_position
                """, arguments: [key])
        let first: Int64 = parts.first.map { $0[0] } ?? 0
        try db.execute(sql: "DELETE FROM events WHERE position >= ? AND import = ?", arguments: [first, key])
        for table in ["item_properties", "user_properties", "import_parts"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE import = ?", arguments: [key])
        }
        try db.execute(sql: "DELETE FROM imports WHERE key = ?", arguments: [key])
        return parts
    }

    /// Removes the users and items that were new in a part, where nothing refers to them any more.
    private static func removeOrphans(of part: Row, _ db: Database) throws {
        let users: StatementArguments = [part[1], part[2]], items: StatementArguments = [part[3], part[4]]
        try db.execute(
            sql: "DELETE FROM sessions WHERE user > ? AND user <= ? AND NOT EXISTS (SELECT 1 FROM events WHERE user = sessions.user)",
            arguments: users)
        for (table, column, properties, range) in [
            ("users", "user", "user_properties", users), ("items", "item", "item_properties", items),
        ] {
            try db.execute(
                sql: """
                    DELETE FROM \(table) WHERE key > ? AND key <= ?
                    AND NOT EXISTS (SELECT 1 FROM events WHERE \(column) = \(table).key)
                    AND NOT EXISTS (SELECT 1 FROM \(properties) WHERE owner = \(table).key)
                    """, arguments: range)
        }
    }
}
