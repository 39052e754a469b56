import GRDB
import GRDBSQLite

/// A prepared statement without the comfort of rows and arguments, for loops over millions of them.
struct RawStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private let database: Database

    /// - Parameter isReused: the database keeps the statement for the next time.
    init(_ database: Database, _ sql: String, isReused: Bool = true) throws {
        statement = isReused ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql)
        handle = statement.sqliteStatement
        self.database = database
        sqlite3_reset(handle)
    }

    /// SQLite copies the text before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ value: Int64?, at index: Int) {
        if let value { sqlite3_bind_int64(handle, Int32(index), value) } else { sqlite3_bind_null(handle, Int32(index)) }
    }

    func bind(_ value: Double?, at index: Int) {
        if let value { sqlite3_bind_double(handle, Int32(index), value) } else { sqlite3_bind_null(handle, Int32(index)) }
    }

    func bind(_ text: String?, at index: Int) {
        guard var text else {
            sqlite3_bind_null(handle, Int32(index))
            return
        }
        text.withUTF8 { bytes in
            // An empty text may have no address, which would mean NULL.
            guard let start = bytes.baseAddress else {
                sqlite3_bind_text(handle, Int32(index), "", 0, Self.copied)
                return
            }
            _ = UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text(handle, Int32(index), $0, Int32(bytes.count), Self.copied)
            }
        }
    }

    /// - Returns: whether there is a row.
    /// - Throws: `DatabaseError`.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            let connection = database.sqliteConnection
            let error = DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)), message: String(cString: sqlite3_errmsg(connection)))
            sqlite3_reset(handle)
            throw error
        }
        return false
    }

    /// Runs a statement that has no rows, and makes it ready for the next values.
    func run() throws {
        _ = try step()
        sqlite3_reset(handle)
    }

    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }
    func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }
    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    func text(_ column: Int) -> String {
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        guard count > 0, let bytes = sqlite3_column_text(handle, Int32(column)) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
