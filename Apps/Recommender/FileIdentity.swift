import ArgumentParser
import Foundation

/// What tells a file from all others: the same for every path that leads to it.
struct FileIdentity: Equatable {
    private var path: String?
    private var device: UInt64 = 0
    private var number: UInt64 = 0

    /// A file need not exist yet.
    init(_ path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
        } else {
            self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        }
    }

    /// Whether a path leads to a store of events, or to what is kept beside it.
    static func isStore(_ path: String, _ store: String) -> Bool {
        let own = FileIdentity(path)
        return ["", "-wal", "-shm", "-journal", "-import"].contains { FileIdentity(store + $0) == own }
    }
}

/// Refuses to write where something lies that the command works with, however the two are spelled.
///
/// - Parameters:
///   - option: as the user knows it, such as `--report`.
///   - input: a store of events, with what is kept beside it, or a log.
/// - Throws: `ValidationError`.
func checkOutput(_ path: String?, _ option: String, isNot input: String) throws {
    guard let path, FileIdentity.isStore(path, input) else { return }
    throw ValidationError("\(option) \(path) would replace \(input), and all that is in it; choose another file")
}
