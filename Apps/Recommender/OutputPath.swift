import ArgumentParser
import Foundation

/// Refuses to write where something lies that the command works with, however the two are spelled.
///
/// - Parameters:
///   - option: as the user knows it, such as `--report`.
///   - store: a store of events, with what SQLite keeps beside it, or a log.
/// - Throws: `ValidationError`.
func checkOutput(_ path: String?, _ option: String, isNot store: String) throws {
    guard let path, let own = FileIdentity(path) else { return }
    for name in ["", "-wal", "-shm"] where FileIdentity(store + name) == own {
        throw ValidationError("\(option) \(path) would replace \(store), and all that is in it; choose another file")
    }
}

/// What tells a file from all others: the same for every path that leads to it.
private struct FileIdentity: Equatable {
    var device: UInt64
    var number: UInt64

    /// Nil where there is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}
