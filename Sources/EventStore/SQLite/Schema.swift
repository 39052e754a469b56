import GRDB

/// The tables of a store.
///
/// Ids are texts, kept once; everything else refers to them by number. An event takes about 25 bytes, and 20 in the
/// two indices.
enum Schema {
    /// Marks the file as one of ours, in the header of the database: "Tdm1".
    static let applicationID = 0x5464_6D31

    /// Marks a database without tables as ours. Before all else: a program that is killed between the first two tables
    /// leaves a store, and not the database of somebody else.
    static func mark(_ db: Database) throws {
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else { return }
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: events, users, items and imports") { db in
            try db.execute(sql: first)
            try createIndices(db)
        }
        migrator.registerMigration("2: parts by their end, with what was new in each") { db in
            try db.execute(sql: second)
            try separateOpenParts(db)
        }
        migrator.registerMigration("3: whether the lines of a log without times come in their order") { db in
            try db.execute(sql: "ALTER TABLE imports ADD COLUMN is_ordered INTEGER NOT NULL DEFAULT 0")
        }
        return migrator
    }

    /// Gives every last line without a line break an import of its own, as imports since then do.
    private static func separateOpenParts(_ db: Database) throws {
        for part in try Row.fetchAll(db, sql: "SELECT import, first_position, last_position FROM import_parts WHERE is_open") {
            let (key, first, last): (Int64, Int64, Int64) = (part[0], part[1], part[2])
            try db.execute(
                sql: "INSERT INTO imports(source, started, finished) SELECT source, started, finished FROM imports WHERE key = ?",
                arguments: [key])
            let own = db.lastInsertedRowID
            try db.execute(
                sql: "UPDATE events SET import = ? WHERE position BETWEEN ? AND ? AND import = ?", arguments: [own, first, last, key])
            try db.execute(
                sql: "UPDATE import_parts SET import = ? WHERE import = ? AND first_position = ? AND is_open", arguments: [own, key, first])
        }
    }

    /// Indices that a large import builds anew at its end, because that is many times faster than keeping them.
    static func createIndices(_ db: Database) throws {
        // SQLite sorts in as much memory as its cache has, as a linked list: two and a half times as fast when the list
        // fits the processor's cache.
        let cache = try Int.fetchOne(db, sql: "PRAGMA cache_size") ?? -2_000
        try db.execute(sql: "PRAGMA cache_size = -1000; PRAGMA threads = 2")
        defer { try? db.execute(sql: "PRAGMA cache_size = \(cache); PRAGMA threads = 0") }
        // The position is part of every index, so a user's events come in their order.
        try db.execute(sql: "CREATE INDEX IF NOT EXISTS events_of_user ON events(user)")
        try db.execute(sql: "CREATE INDEX IF NOT EXISTS events_on_item ON events(item)")
    }

    static func dropIndices(_ db: Database) throws {
        try db.execute(sql: "DROP INDEX IF EXISTS events_of_user")
        try db.execute(sql: "DROP INDEX IF EXISTS events_on_item")
    }

    static func hasIndices(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE name IN ('events_of_user', 'events_on_item')") == 2
    }

    // AUTOINCREMENT: a number of a forgotten user or event is never given again.
    private static let first = """
        CREATE TABLE kinds(key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE users(key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE);
        CREATE TABLE items(key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE);
        CREATE TABLE sessions(
            key INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, id TEXT NOT NULL, UNIQUE(user, id));

        CREATE TABLE events(
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            user INTEGER NOT NULL REFERENCES users,
            item INTEGER NOT NULL REFERENCES items,
            kind INTEGER NOT NULL REFERENCES kinds,
            value REAL,
            time INTEGER,                              -- milliseconds since 1970, UTC
            session INTEGER REFERENCES sessions,
            recommendation TEXT,
            import INTEGER REFERENCES imports);        -- null for events that came one by one

        -- What is known of items and users, one property a row. Every import has its own rows, so that it can be taken
        -- back; of several, the latest time goes, and of the same time the latest import. Values are JSON.
        CREATE TABLE item_properties(
            owner INTEGER NOT NULL REFERENCES items, property INTEGER NOT NULL REFERENCES properties, import INTEGER NOT NULL,
            time INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY(owner, property, import)) WITHOUT ROWID;
        CREATE TABLE user_properties(
            owner INTEGER NOT NULL REFERENCES users, property INTEGER NOT NULL REFERENCES properties, import INTEGER NOT NULL,
            time INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY(owner, property, import)) WITHOUT ROWID;
        CREATE TABLE properties(key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

        CREATE TABLE imports(
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL,
            started INTEGER NOT NULL,
            finished INTEGER,                          -- null: at work, or interrupted
            first_user INTEGER NOT NULL,               -- users and items from these on may be the import's own
            first_item INTEGER NOT NULL);

        -- Which bytes of which logs are in the store. A part follows another where its start is the other's end.
        CREATE TABLE import_parts(
            import INTEGER NOT NULL REFERENCES imports,
            start_offset INTEGER NOT NULL,
            start_digest TEXT NOT NULL,
            end_offset INTEGER NOT NULL,
            end_digest TEXT NOT NULL,
            last_line INTEGER NOT NULL,
            lines INTEGER NOT NULL,
            events INTEGER NOT NULL,
            rejects INTEGER NOT NULL,
            rejects_bytes INTEGER NOT NULL,            -- length of the file of rejects after this part
            first_position INTEGER NOT NULL,           -- events from this position on
            last_position INTEGER NOT NULL,
            is_open INTEGER NOT NULL,                  -- one last line without a line break
            PRIMARY KEY(start_offset, start_digest, end_offset)) WITHOUT ROWID;
        """

    // All logs with the same settings begin with the same digest, so that only the end tells their first parts apart.
    private static let second = """
        CREATE TABLE new_parts(
            import INTEGER NOT NULL REFERENCES imports,
            start_offset INTEGER NOT NULL,
            start_digest TEXT NOT NULL,
            end_offset INTEGER NOT NULL,
            end_digest TEXT NOT NULL,
            last_line INTEGER NOT NULL,
            lines INTEGER NOT NULL,
            events INTEGER NOT NULL,
            rejects INTEGER NOT NULL,
            rejects_file TEXT,                         -- the file of rejects, and its length after this part
            rejects_bytes INTEGER NOT NULL,
            first_position INTEGER NOT NULL,           -- events from this position on
            last_position INTEGER NOT NULL,
            last_old_user INTEGER NOT NULL,            -- users and items behind these, up to the last, were new
            last_user INTEGER NOT NULL,
            last_old_item INTEGER NOT NULL,
            last_item INTEGER NOT NULL,
            is_open INTEGER NOT NULL,                  -- one last line without a line break, an import of its own
            PRIMARY KEY(start_offset, start_digest, end_offset, end_digest)) WITHOUT ROWID;
        INSERT INTO new_parts
            SELECT import, start_offset, start_digest, end_offset, end_digest, last_line, lines, events, rejects, NULL, rejects_bytes,
                first_position, last_position, first_user - 1, (SELECT ifnull(max(key), 0) FROM users),
                first_item - 1, (SELECT ifnull(max(key), 0) FROM items), is_open
            FROM import_parts JOIN imports ON imports.key = import;
        DROP TABLE import_parts;
        ALTER TABLE new_parts RENAME TO import_parts;

        CREATE TABLE new_imports(
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL,
            started INTEGER NOT NULL,
            finished INTEGER);                         -- null: at work, or interrupted
        INSERT INTO new_imports SELECT key, source, started, finished FROM imports;
        DROP TABLE imports;
        ALTER TABLE new_imports RENAME TO imports;
        """
}
