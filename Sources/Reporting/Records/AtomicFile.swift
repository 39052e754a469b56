#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a file could not be written.
public struct FileWriteError: Error, CustomStringConvertible, Equatable {
    public var path: String
    /// What was being done: "create", "write", "flush" or "rename".
    public var step: String
    /// The system's error number.
    public var code: Int32

    public init(path: String, step: String, code: Int32) {
        self.path = path
        self.step = step
        self.code = code
    }

    public var description: String {
        let remedy = switch code {
        case ENOSPC, EDQUOT: "Free some space on that disk and try again."
        case EACCES, EPERM, EROFS: "Choose a folder you may write to, or change its permissions."
        case ENOENT, ENOTDIR: "Create the folder first, or correct the path."
        default: "Nothing was changed there."
        }
        return "cannot \(step) \(path): \(String(cString: strerror(code))). \(remedy)"
    }
}

/// Whole files, written beside their destination and renamed into place.
package enum AtomicFile {
    package static func write(_ bytes: [UInt8], to file: URL) throws(FileWriteError) {
        let path = file.path
        // The process and a random number keep two writers of the same file apart.
        let suffix = "\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let temporary = file.deletingLastPathComponent().appendingPathComponent(".\(file.lastPathComponent).\(suffix)").path
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileWriteError(path: path, step: "create", code: errno) }
        do throws(FileWriteError) {
            try writeAll(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw FileWriteError(path: path, step: "flush", code: errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileWriteError(path: path, step: "rename", code: code)
        }
    }

    /// Writes every byte, however the system cuts it up.
    package static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileWriteError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw FileWriteError(path: path, step: "write", code: errno)
            }
            offset += written
        }
    }
}

/// `write(2)` under a name that the methods called `write` do not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
