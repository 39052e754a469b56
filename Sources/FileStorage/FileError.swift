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

/// A call to the operating system on a file or folder that failed.
///
/// The description says what was tried, on which path, what the system answered and what to do.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was being done when the system refused.
    public enum Operation: String, Sendable {
        case open, read, write, create, synchronize, rename, remove, lock, list
    }

    /// What was being done.
    public let operation: Operation
    /// The file or folder it was done to, as the caller named it (never a temporary name).
    public let path: String
    /// The system's error number (`errno`), for example `ENOSPC`.
    public let code: Int32

    /// - Parameters:
    ///   - operation: what was being done.
    ///   - path: the file or folder as the caller named it.
    ///   - code: the system's error number; by default the current `errno`.
    public init(_ operation: Operation, path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    public var description: String {
        "cannot \(operation.rawValue) \(path): \(String(cString: strerror(code))) (errno \(code)). \(remedy)"
    }

    /// Whether the system refused for want of permission, or because the file system is read-only.
    public var isPermissionDenied: Bool { code == EACCES || code == EPERM || code == EROFS }

    /// Whether the file or folder does not exist.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    private var remedy: String {
        switch code {
        case ENOSPC, EDQUOT:
            "Free some space or choose another folder; what was at this path before is untouched."
        case EACCES, EPERM:
            "Check the permissions of the file and of its folder, or choose another folder."
        case EROFS:
            "The file system is read-only; choose another folder."
        case ENOENT:
            "Check the spelling, and that the folder exists."
        case ENOTDIR:
            "A part of the path is a file where a folder is needed."
        case EISDIR:
            "There is a folder of that name; choose another name."
        case EEXIST, ENOTEMPTY:
            "There is already something of that name; remove it or choose another name."
        case EFBIG:
            "The file would be larger than the limit set for this process or file system (see `ulimit -f`)."
        case EMFILE, ENFILE:
            "Too many files are open; raise the limit with `ulimit -n`."
        case ENAMETOOLONG:
            "The name is too long for this file system; choose a shorter one."
        case EIO:
            "The disk reported a fault; check it before trusting this folder again."
        case EINVAL:
            "This needs a regular file; choose another path."
        default:
            "Try another folder, or check the disk."
        }
    }
}
