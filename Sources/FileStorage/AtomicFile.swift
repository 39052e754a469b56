#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes files so that a reader, another process or a machine that lost power sees the old content or the new,
/// never half of it.
///
/// The content goes to a temporary file in the same folder, is forced to the disk, and takes the name of the
/// target in one step; then the folder is forced to the disk too. When anything fails, such as a full disk, the
/// temporary file is removed, whatever was at the path before stays, and the error names the path and a remedy.
public enum AtomicFile {
    /// Writes `data` to the file at `path`, replacing what was there.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ data: some ContiguousBytes, to path: String) throws {
        try write(to: path) { writer in
            try data.withUnsafeBytes { try writer.write($0) }
        }
    }

    /// Writes `data` to the file at `url`, replacing what was there.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ data: some ContiguousBytes, to url: URL) throws {
        try write(data, to: url.path)
    }

    /// Writes `text`, as UTF-8, to the file at `path`, replacing what was there.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path)
    }

    /// Writes a file piece by piece, for content that need not all be in memory.
    ///
    /// - Parameters:
    ///   - path: where the file appears once `body` has returned. A symbolic link there is replaced by the file;
    ///     a folder, device or pipe is refused. The permissions of a file that is replaced are kept.
    ///   - body: writes the content, in order. When it throws, nothing appears and its error is passed on.
    /// - Throws: ``FileError``, or what `body` throws.
    public static func write(to path: String, _ body: (Writer) throws -> Void) throws {
        var existing = stat()
        let replaces = lstat(path, &existing) == 0
        if replaces {
            switch existing.st_mode & S_IFMT {
            case S_IFREG, S_IFLNK: break
            case S_IFDIR: throw FileError(.write, path: path, code: EISDIR)
            default: throw FileError(.write, path: path, code: EINVAL)
            }
        }
        let (folder, _) = split(path)
        let (temporary, descriptor) = try createTemporary(for: path)
        do {
            if replaces, existing.st_mode & S_IFMT == S_IFREG {
                fchmod(descriptor.number, existing.st_mode & 0o7777)
            }
            try body(Writer(descriptor: descriptor))
            try descriptor.synchronize()
            guard rename(temporary, path) == 0 else { throw FileError(.rename, path: path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronizeFolder(folder)
    }

    /// Takes the bytes of a file being written.
    public struct Writer {
        let descriptor: FileDescriptor

        /// Appends `bytes` to the file.
        public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
            try descriptor.write(bytes)
        }

        /// Appends `data` to the file.
        public func write(_ data: some ContiguousBytes) throws {
            try data.withUnsafeBytes { try descriptor.write($0) }
        }
    }

    /// Removes temporary files that writers killed in the middle left in `folder`.
    ///
    /// Files of writers that are still at work, in whatever process, are left alone: a writer holds a lock on its
    /// temporary file, and the lock goes when the writer does. A folder that cannot be read is left as it is.
    ///
    /// - Returns: the names of the files removed.
    @discardableResult
    public static func removeLeftovers(in folder: String) -> [String] {
        guard let names = try? Folder.names(in: folder) else { return [] }
        var removed: [String] = []
        for name in names where name.hasPrefix(".") && name.hasSuffix(temporarySuffix) {
            let path = folder + "/" + name
            guard let file = try? FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW),
                let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG,
                file.tryLock()
            else { continue }
            if unlink(path) == 0 { removed.append(name) }
        }
        return removed
    }

    /// Forces a folder's list of names to the disk, after something was renamed in it.
    static func synchronizeFolder(_ folder: String) throws(FileError) {
        try FileDescriptor(opening: folder, flags: O_RDONLY | O_DIRECTORY, as: .synchronize).synchronize()
    }

    private static let temporarySuffix = ".partial"

    /// Creates and locks a temporary file beside `path`.
    private static func createTemporary(for path: String) throws(FileError) -> (path: String, FileDescriptor) {
        let (folder, name) = split(path)
        // Room for the dot, the random part and the suffix within the 255 bytes of a name.
        let stem = String(decoding: name.utf8.prefix(200), as: UTF8.self)
        while true {
            let random = String(UInt64.random(in: .min ... .max), radix: 16)
            let temporary = folder + "/." + stem + "." + random + temporarySuffix
            let descriptor: FileDescriptor
            do {
                descriptor = try FileDescriptor(
                    opening: temporary, reportedAs: path, flags: O_WRONLY | O_CREAT | O_EXCL, as: .write)
            } catch {
                if error.code == EEXIST { continue }
                throw error
            }
            // A cleaner may have found the file between its creation and its lock: then it holds the lock, or the
            // name is gone. Both are seen here, and another name is taken.
            let locked = descriptor.tryLock()
            if locked, try descriptor.status().st_nlink == 0 { continue }
            if !locked, errno == EWOULDBLOCK { continue }
            return (temporary, descriptor)
        }
    }

    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let name = String(path[path.utf8.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }
}
