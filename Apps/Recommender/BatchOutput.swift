import FileStorage
import Foundation

/// A long file that is written in parts, and continued after an interruption.
///
/// What is written lies in `PATH.partial`; `PATH.progress` says how much of it counts and what it belongs to. The file takes
/// its name in one step when it is complete, so that whoever finds it there finds all of it.
final class BatchOutput {
    /// What a file is made from. A half-written file of another origin is not continued.
    struct Origin: Codable, Equatable {
        var modelVersion: Int
        var modelChecksum: String
        /// Of the store's last event that counts.
        var position: Int64
        /// Digest of what the items are.
        var items: String
        /// Digest of the users, in their order.
        var users: String
        /// How it was asked, in words.
        var request: String
    }

    private struct Progress: Codable {
        var origin: Origin
        /// Milliseconds since 1970 at which the file was begun: one time for all its answers.
        var begun: Int64
        var users: Int
        var bytes: Int
    }

    /// Another program is at the same file.
    struct InUse: Error, CustomStringConvertible {
        var path: String
        var description: String {
            "\(path).partial is being written by another `recommender batch`; wait for it, or choose another name"
        }
    }

    let path: String
    private let partial: FileDescriptor
    private var progress: Progress

    private var partialPath: String { path + ".partial" }
    private var progressPath: String { path + ".progress" }

    /// Users whose answers are there already.
    var users: Int { progress.users }
    /// Milliseconds since 1970 at which the file was begun.
    var begun: Int64 { progress.begun }

    /// Continues the file of an interrupted run, or begins a new one.
    ///
    /// - Parameter now: the time for a new one.
    /// - Throws: `InUse` and `FileError`.
    init(_ path: String, origin: Origin, header: String, now: Int64) throws {
        self.path = path
        partial = try Self.locked(path)
        progress = Progress(origin: origin, begun: now, users: 0, bytes: 0)
        let length = Int(try partial.status().st_size)
        if let data = try? Data(contentsOf: URL(filePath: path + ".progress")),
            let found = try? JSONDecoder().decode(Progress.self, from: data),
            found.origin == origin, (0...length).contains(found.bytes), found.users >= 0
        {
            progress = found
            try cut(to: found.bytes)
        } else {
            try cut(to: 0)
            try append(header, users: 0)
        }
    }

    /// Opens the partial file and holds it: the lock goes with the process.
    private static func locked(_ path: String) throws -> FileDescriptor {
        while true {
            let file = try FileDescriptor(opening: path + ".partial", flags: O_RDWR | O_CREAT, as: .create)
            guard file.tryLock() else { throw InUse(path: path) }
            // Who held it before may have completed it meanwhile, and then this is the complete file.
            var named = stat()
            let own = try file.status()
            if stat(path + ".partial", &named) == 0, named.st_ino == own.st_ino, named.st_dev == own.st_dev { return file }
        }
    }

    private func cut(to length: Int) throws {
        guard ftruncate(partial.number, off_t(length)) == 0, lseek(partial.number, 0, SEEK_END) >= 0 else {
            throw FileError(.write, path: partialPath)
        }
    }

    /// Adds the answers for some users more. They are on the disk when this returns.
    ///
    /// - Throws: `FileError`; a later run then continues with the same users.
    func append(_ text: String, users: Int) throws {
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBytes { try partial.write($0) }
        try partial.synchronize()
        progress.users += users
        progress.bytes += bytes.count
        try AtomicFile.write(try JSONEncoder().encode(progress), to: progressPath)
    }

    /// Gives the complete file its name.
    func complete() throws {
        guard rename(partialPath, path) == 0 else { throw FileError(.rename, path: path) }
        let folder = (path as NSString).deletingLastPathComponent
        try FileDescriptor(opening: folder.isEmpty ? "." : folder, flags: O_RDONLY | O_DIRECTORY).synchronize()
        unlink(progressPath)
    }
}
