import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that several threads write pieces of, and that takes its name when it is whole.
///
/// The temporary name and the lock on it are as `AtomicFile` has them, so that what a killed process leaves behind is
/// removed by `AtomicFile.removeLeftovers`.
final class TemporaryCacheFile: Sendable {
    private let path: String
    private let temporary: String
    private let descriptor: Int32

    /// Creates the temporary file beside `path`.
    init(for path: String) throws(FileError) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        while true {
            let candidate = "\(folder)/.\(name).\(String(UInt64.random(in: .min ... .max), radix: 16)).partial"
            let number = open(candidate, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if number < 0, errno == EEXIST { continue }
            guard number >= 0 else { throw FileError(.create, path: path) }
            // A cleaner that came between sees no lock and removes the file: then another name is taken.
            let isLocked = flock(number, LOCK_EX | LOCK_NB) == 0
            var status = stat()
            if (!isLocked && errno == EWOULDBLOCK) || (fstat(number, &status) == 0 && status.st_nlink == 0) {
                close(number)
                continue
            }
            descriptor = number
            temporary = candidate
            return
        }
    }

    deinit { close(descriptor) }

    /// Takes the space on the disk now, so that a full disk shows before the work and not after it.
    func reserve(_ count: Int) throws(FileError) {
        var result: Int32
        repeat { result = posix_fallocate(descriptor, 0, off_t(count)) } while result == EINTR
        // Not every file system can.
        if result == EOPNOTSUPP || result == EINVAL || result == ENOSYS { return }
        guard result == 0 else { throw FileError(.write, path: path, code: result) }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.write, path: path)
            }
            written += count
        }
    }

    func truncate(to length: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw FileError(.write, path: path) }
    }

    /// Forces the content to the disk and gives the file its name, replacing what had it.
    func moveIntoPlace() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(.synchronize, path: path) }
        guard rename(temporary, path) == 0 else { throw FileError(.rename, path: path) }
        let folder = open(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    func discard() { unlink(temporary) }
}
