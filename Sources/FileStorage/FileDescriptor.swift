#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An open file, closed when the last reference goes.
///
/// Holds nothing but an immutable number, and `pread` and `write` are safe from any thread.
package final class FileDescriptor: Sendable {
    package let number: Int32
    /// The path as the caller named it, for errors.
    package let path: String

    package init(opening path: String, reportedAs reported: String? = nil, flags: Int32, mode: mode_t = 0o666,
         as operation: FileError.Operation = .open) throws(FileError) {
        // A path with a NUL inside would be cut short by the system and name another file.
        guard !path.utf8.contains(0), !path.isEmpty else {
            throw FileError(operation, path: reported ?? path, code: ENOENT)
        }
        var number: Int32
        repeat { number = open(path, flags | O_CLOEXEC, mode) } while number < 0 && errno == EINTR
        guard number >= 0 else { throw FileError(operation, path: reported ?? path) }
        self.number = number
        self.path = reported ?? path
    }

    deinit {
        // A child that is just being started shares the open file until it has become another program, and would keep the lock.
        flock(number, LOCK_UN)
        close(number)
    }

    package func status() throws(FileError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw FileError(.open, path: path) }
        return status
    }

    /// Writes every byte, however many calls that takes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try Self.write(bytes, to: number, reportedAs: path)
    }

    /// The same for a file that is open already, such as standard error.
    package static func write(_ bytes: UnsafeRawBufferPointer, to number: Int32, reportedAs path: String) throws(FileError) {
        var written = 0
        while written < bytes.count {
            // Linux moves at most 2 GiB in one call; asking for 1 GiB keeps clear of it.
            let amount = min(bytes.count - written, 1 << 30)
            #if canImport(Glibc)
            let count = Glibc.write(number, bytes.baseAddress! + written, amount)
            #else
            let count = Musl.write(number, bytes.baseAddress! + written, amount)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.write, path: path)
            }
            written += count
        }
    }

    /// Fills `buffer` from `offset`.
    ///
    /// - Returns: how many bytes there were; fewer than asked for only at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = pread(
                number, buffer.baseAddress! + filled, min(buffer.count - filled, 1 << 30), off_t(offset + filled))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path: path)
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Waits until the file's content, or a folder's list of names, is on the disk.
    package func synchronize() throws(FileError) {
        // EINVAL: some file systems cannot synchronize a folder; there is then nothing more to be done.
        guard fsync(number) == 0 || errno == EINVAL else { throw FileError(.synchronize, path: path) }
    }

    /// Takes the exclusive lock of this open file if no other holds it. It goes when the file is closed,
    /// also when the process is killed.
    ///
    /// - Returns: whether the lock was taken. File systems without locks answer `false`.
    package func tryLock() -> Bool {
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
