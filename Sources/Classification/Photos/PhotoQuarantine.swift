#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Moves files that cannot be used out of a collection, and puts them back.
///
/// Files keep their relative paths below the quarantine folder. Nothing is ever overwritten. Every move is written down in
/// `quarantine.tsv` in that folder before it is made (old path, tab, new path, both absolute), so that it can be undone also
/// after an interruption.
public struct PhotoQuarantine: Sendable {
    /// A file that was moved, or is to be.
    public struct Move: Sendable, Hashable, Codable {
        public var from: String
        public var to: String
    }

    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// The quarantine folder is inside the folder of photos, where its files would be found again.
        case insideSource(folder: String, source: String)
        /// There is already a file where one is to be moved; nothing was overwritten.
        case occupied(path: String)
        /// The list of moves cannot be understood.
        case malformedList(path: String, line: Int)
        /// A path that cannot stand in the list: it holds a tab or a line break.
        case unlistable(path: String)

        public var description: String {
            switch self {
            case .insideSource(let folder, let source):
                "\(folder): the quarantine must not be inside \(source), or its files would be taken for photos again. Choose a "
                    + "folder elsewhere."
            case .occupied(let path):
                "\(path): there is already a file; nothing was overwritten. Move it away, or choose another folder."
            case .malformedList(let path, let line):
                "\(path), line \(line): not an old and a new path separated by a tab. Move the files back by hand."
            case .unlistable(let path):
                "\(path): the name holds a tab or a line break and cannot be written to the list of moves. Rename the file."
            }
        }
    }

    public static let listName = "quarantine.tsv"

    /// Where files go.
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// Moves the damaged and the unsupported files of a scan.
    ///
    /// - Returns: the moves made.
    /// - Throws: ``Failure``, `FileError`. Moves made before stay, and stay listed.
    @discardableResult
    public func move(_ scan: PhotoScan, of collection: PhotoCollection) throws -> [Move] {
        let paths = (scan.corrupt + scan.unsupported).map(\.path).sorted(by: bytewise)
        guard !paths.isEmpty else { return [] }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
        }
        let target = try Self.wholePath(folder), source = try Self.wholePath(collection.root)
        guard target != source, !target.hasPrefix(source + "/") else {
            throw Failure.insideSource(folder: folder, source: collection.root)
        }
        let moves = paths.map { path in
            // An absolute path of a label file goes below the folder as it is.
            let from = path.hasPrefix("/") ? path : source + "/" + path
            let below = path.split(separator: "/").filter { $0 != ".." }.joined(separator: "/")
            return Move(from: from, to: target + "/" + below)
        }
        for move in moves {
            for path in [move.from, move.to] where path.utf8.contains(where: { $0 == 9 || $0 == 10 || $0 == 13 }) {
                throw Failure.unlistable(path: path)
            }
            if Self.exists(move.to) { throw Failure.occupied(path: move.to) }
        }
        let list = target + "/" + Self.listName
        try Self.write(try Self.read(list) + moves, to: list)
        for move in moves { try Self.move(move.from, to: move.to) }
        return moves
    }

    /// Puts every file of the list back where it was. Files that are back already, because a move was interrupted, are
    /// passed over; the list is removed at the end.
    ///
    /// - Throws: ``Failure/occupied(path:)`` where another file has taken the place, `FileError`.
    @discardableResult
    public func undo() throws -> [Move] {
        let list = folder + "/" + Self.listName
        let moves = try Self.read(list).filter { Self.exists($0.to) }
        for move in moves where Self.exists(move.from) { throw Failure.occupied(path: move.from) }
        for move in moves { try Self.move(move.to, to: move.from) }
        unlink(list)
        return moves.map { Move(from: $0.to, to: $0.from) }
    }

    // MARK: Files

    /// Moves a file within a disk or to another one, never over an existing file.
    package static func move(_ from: String, to: String) throws {
        if let slash = to.lastIndex(of: "/"), slash != to.startIndex {
            let parent = String(to[..<slash])
            do {
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            } catch {
                throw FileError(.create, path: parent, code: errno == 0 ? EACCES : errno)
            }
        }
        // A second name and then the removal of the first: unlike a rename, this never replaces a file.
        if link(from, to) == 0 {
            guard unlink(from) == 0 else {
                let error = FileError(.remove, path: from)
                unlink(to)
                throw error
            }
            return
        }
        switch errno {
        case EEXIST: throw Failure.occupied(path: to)
        // Another disk, or a file system without second names.
        case EXDEV, EPERM, EOPNOTSUPP, EMLINK: try copy(from, to: to)
        default: throw FileError(.rename, path: from)
        }
    }

    /// Copies, forces the copy to the disk, and only then removes the original.
    package static func copy(_ from: String, to: String) throws {
        let input = open(from, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileError(.open, path: from) }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0 else { throw FileError(.read, path: from) }
        let output = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0o777)
        guard output >= 0 else {
            if errno == EEXIST { throw Failure.occupied(path: to) }
            throw FileError(.create, path: to)
        }
        defer { close(output) }
        do throws(FileError) {
            try transfer(from: input, from, to: output, to)
            var times = [status.st_atim, status.st_mtim]
            futimens(output, &times)
            guard fsync(output) == 0 else { throw FileError(.synchronize, path: to) }
            guard unlink(from) == 0 else { throw FileError(.remove, path: from) }
        } catch {
            unlink(to)
            throw error
        }
    }

    private static func transfer(from input: Int32, _ from: String, to output: Int32, _ to: String) throws(FileError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { readBytes(input, $0.baseAddress!, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path: from)
            }
            if count == 0 { return }
            var written = 0
            while written < count {
                let step = buffer.withUnsafeBytes { writeBytes(output, $0.baseAddress! + written, count - written) }
                if step < 0 {
                    if errno == EINTR { continue }
                    throw FileError(.write, path: to)
                }
                written += step
            }
        }
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func wholePath(_ path: String) throws(FileError) -> String {
        guard let whole = realpath(path, nil) else { throw FileError(.open, path: path) }
        defer { free(whole) }
        return String(cString: whole)
    }

    private static func read(_ list: String) throws -> [Move] {
        guard exists(list) else { return [] }
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: list)) else { throw FileError(.read, path: list) }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
        return try lines.enumerated().map { number, line in
            let fields = line.split(separator: "\t")
            guard fields.count == 2 else { throw Failure.malformedList(path: list, line: number + 1) }
            return Move(from: String(fields[0]), to: String(fields[1]))
        }
    }

    private static func write(_ moves: [Move], to list: String) throws {
        try AtomicFile.write(moves.map { "\($0.from)\t\($0.to)\n" }.joined(), to: list)
    }
}

// The system's names, which methods of this type hide.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func writeBytes(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
