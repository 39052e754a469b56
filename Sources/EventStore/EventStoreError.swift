import GRDB

/// Why a store cannot be opened, read or written.
public enum EventStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(path: String)
    case isFolder(path: String)
    case notAStore(path: String, reason: String)
    case newerSchema(path: String)
    case notReadable(path: String)
    case notWritable(path: String)
    case full(path: String)
    case busy(path: String)
    case importAtWork(path: String, process: String)
    case damaged(path: String, detail: String)
    case failed(path: String, detail: String)

    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is no such store. Check the path; `recommender import` makes a store."
        case .isFolder(let path): "\(path) is a folder, and a store is a file, such as \(path)/shop.db."
        case .notAStore(let path, let reason): "\(path) is no event store: \(reason). It was left as it is; choose another path."
        case .newerSchema(let path):
            "\(path) was written by a newer version of this program. Use that version, or import the logs into a new store."
        case .notReadable(let path): "\(path) cannot be read. Check the permissions of the file and its folder."
        case .notWritable(let path):
            "\(path) cannot be written, only read. Check the permissions of the file and its folder (SQLite keeps two files beside it)."
        case .full(let path):
            "\(path) cannot grow: the disk is full, or a limit of file sizes is reached (ulimit -f). Everything acknowledged before is "
                + "kept; make room and do it again."
        case .busy(let path): "\(path) is being written by another program, and waiting took too long. Do it again."
        case .importAtWork(let path, let process):
            "another import\(process.isEmpty ? "" : " (process \(process))") is writing \(path). Wait for it to end and do it again, or import "
                + "with --wait."
        case .damaged(let path, let detail): "\(path) is damaged (\(detail)). Restore a copy, or import the logs into a new store."
        case .failed(let path, let detail): "\(path): \(detail)."
        }
    }

    /// What a failure of SQLite means for a store.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_NOTADB: throw notAStore(path: path, reason: "it is no SQLite database")
            case .SQLITE_READONLY: throw notWritable(path: path)
            case .SQLITE_PERM, .SQLITE_AUTH: throw notReadable(path: path)
            case .SQLITE_FULL: throw full(path: path)
            case .SQLITE_IOERR
            where [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode):
                throw full(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw busy(path: path)
            case .SQLITE_CORRUPT: throw damaged(path: path, detail: error.message ?? "its content contradicts itself")
            case .SQLITE_CANTOPEN:
                throw failed(path: path, detail: "it cannot be opened. Check that its folder exists and can be written")
            default:
                let code = error.extendedResultCode.rawValue
                throw failed(path: path, detail: "\(error.message ?? "unknown error") (SQLite code \(code))")
            }
        }
    }
}
