import FileStorage
import Foundation
import GRDB
import Interactions

/// Events in one SQLite file, in write-ahead mode: readers never wait for a writer, and a commit is on the disk before
/// it is acknowledged. Any number of programs may use the file at once.
public final class SQLiteEventStore: EventStore {
    public enum Access: Sendable {
        /// The store is made where there is none.
        case create
        /// Reading and writing a store that is there.
        case existing
        /// Reading only. Works in folders that cannot be written, too.
        case readOnly
    }

    public let path: String
    let database: any DatabaseWriter
    private let known = Known()

    /// Unchecked: used only inside transactions, and the database runs those one after the other.
    private final class Known: @unchecked Sendable {
        var keys = KeyTables()
    }

    /// Opens a store, and brings its tables to this version.
    ///
    /// - Throws: ``EventStoreError``.
    public init(path: String, access: Access = .existing) throws {
        self.path = path
        let isEmpty = try Self.checkFile(path, access)
        database = try EventStoreError.translating(path) {
            if !isEmpty { try Self.checkContent(path) }
            switch access {
            case .readOnly: return try DatabaseQueue(path: Self.readingPath(path), configuration: Self.configuration(isReadOnly: true))
            case .create, .existing:
                let pool = try DatabasePool(path: path, configuration: Self.configuration(isReadOnly: false))
                try pool.writeWithoutTransaction { db in
                    guard sqliteIsWritable(db) else { throw EventStoreError.notWritable(path: path) }
                    // Not the usual NORMAL: a commit waits for the disk.
                    try db.execute(sql: "PRAGMA synchronous = FULL")
                    try Schema.mark(db)
                }
                try Schema.migrator.migrate(pool)
                return pool
            }
        }
        if access != .readOnly { try completeIndices() }
    }

    /// - Returns: whether there is nothing in the file yet.
    private static func checkFile(_ path: String, _ access: Access) throws -> Bool {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw EventStoreError.missing(path: path) }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            guard access == .create else { throw EventStoreError.missing(path: path) }
            return true
        }
        if isFolder.boolValue { throw EventStoreError.isFolder(path: path) }
        if !FileManager.default.isReadableFile(atPath: path) { throw EventStoreError.notReadable(path: path) }
        if access != .readOnly, !FileManager.default.isWritableFile(atPath: path) { throw EventStoreError.notWritable(path: path) }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        if size == 0, access != .create { throw EventStoreError.notAStore(path: path, reason: "the file is empty") }
        return size == 0
    }

    /// Looks into the file before anything is changed in it.
    private static func checkContent(_ path: String) throws {
        let queue = try DatabaseQueue(path: readingPath(path), configuration: configuration(isReadOnly: true))
        try queue.read { db in
            let id = try Int.fetchOne(db, sql: "PRAGMA application_id")
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard id == Schema.applicationID || tables == 0 else {
                throw EventStoreError.notAStore(path: path, reason: "it is an SQLite database of another program")
            }
            if try Schema.migrator.hasBeenSuperseded(db) { throw EventStoreError.newerSchema(path: path) }
        }
        try queue.close()
    }

    /// In a folder that cannot be written, SQLite cannot keep its files beside the store; without a log of writes there,
    /// nobody is writing and the file can be read as it is.
    private static func readingPath(_ path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        guard !FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder),
            !FileManager.default.fileExists(atPath: path + "-wal")
        else { return path }
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return "file:\(escaped)?immutable=1"
    }

    private static func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        // Imports hold the file for a second or two at a time.
        configuration.busyMode = .timeout(60)
        configuration.maximumReaderCount = 8
        // The numbers are right by construction; checking each would cost a third of an import's time.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            if !isReadOnly { try db.execute(sql: "PRAGMA cache_size = -65536") }
        }
        return configuration
    }

    /// Reads, with errors in the terms of a store.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try EventStoreError.translating(path) { try database.read(body) }
    }

    /// Writes in one transaction, which is on the disk when the call returns.
    func write<Result>(_ body: (inout KeyTables, Database) throws -> Result) throws -> Result {
        guard !database.configuration.readonly else { throw EventStoreError.notWritable(path: path) }
        return try EventStoreError.translating(path) {
            try database.write { db in
                // Numbers given in a transaction that failed are in no table.
                db.afterNextTransaction(onCommit: { _ in }, onRollback: { [known] _ in known.keys.forgetAll() })
                try known.keys.begin(db)
                return try body(&known.keys, db)
            }
        }
    }

    /// As SQLite has it: 4 MB, so that no single event waits long.
    static let usualPagesOfCheckpoint = 1_000

    /// Says after how many pages of new content the log of writes is copied into the store's file.
    func setCheckpoints(everyPages pages: Int) throws {
        try EventStoreError.translating(path) {
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(pages)") }
        }
    }

    /// Builds indices that an interrupted import left out, unless one is at work.
    private func completeIndices() throws {
        guard try !read(Schema.hasIndices), let lock = try? ImportLock(store: path) else { return }
        try write { _, db in try Schema.createIndices(db) }
        withExtendedLifetime(lock) {}
    }
}
