import FileStorage
import Foundation

/// Held by the one import that may write a store at a time. It goes with the process, also when that is killed.
final class ImportLock {
    private let file: FileDescriptor

    /// - Throws: `EventStoreError.importAtWork`, `FileError`.
    init(store: String) throws {
        // A file of its own: opening and closing the store's file would drop SQLite's locks on it.
        let path = store + "-import"
        file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT, as: .lock)
        guard file.tryLock() else {
            let process = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            throw EventStoreError.importAtWork(path: store, process: process)
        }
        ftruncate(file.number, 0)
        try Array("\(getpid())\n".utf8).withUnsafeBytes { try file.write($0) }
    }
}
