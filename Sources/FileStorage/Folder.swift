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

/// What is done with folders, with the system's own error numbers.
package enum Folder {
    /// The names in a folder, sorted, without `.` and `..`.
    package static func names(in path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError(.list, path: path) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileError(.list, path: path) }
                return names.sorted()
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Creates a folder, and those above it that are missing.
    package static func create(_ path: String) throws(FileError) {
        if mkdir(path, 0o777) == 0 { return }
        switch errno {
        case EEXIST where exists(path): return
        case ENOENT:
            let (above, _) = AtomicFile.split(path)
            guard above != path, above != ".", !path.isEmpty else { throw FileError(.create, path: path) }
            do { try create(above) } catch { throw FileError(.create, path: path, code: error.code) }
            // Another process may have been faster.
            guard mkdir(path, 0o777) == 0 || (errno == EEXIST && exists(path)) else {
                throw FileError(.create, path: path)
            }
        default: throw FileError(.create, path: path)
        }
    }

    /// Gives a folder another name, in one step, and forces that to the disk.
    package static func rename(_ old: String, to new: String) throws(FileError) {
        #if canImport(Glibc)
        let result = Glibc.rename(old, new)
        #else
        let result = Musl.rename(old, new)
        #endif
        guard result == 0 else { throw FileError(.rename, path: new) }
        try AtomicFile.synchronizeFolder(AtomicFile.split(new).folder)
    }

    /// Removes a folder with all it holds; what cannot be removed stays for the next attempt.
    package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
