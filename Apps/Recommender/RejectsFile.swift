import FileStorage
import Foundation
import LogImport

/// Lines that were not imported, in a file that is made with the first of them: source, line, reason and text,
/// separated by tabs.
///
/// What a file holds stays. Only what an interrupted import wrote behind its last part that counts is cut off when it goes
/// on, because it comes again.
final class RejectsFile {
    private enum Place {
        case file(String)
        case folder(String, name: String)
    }

    private let place: Place
    private var file: FileDescriptor?
    /// The file of the import that goes on, until it is opened.
    private var resumed: String?
    private var cutsRest = false
    /// The file, once it is known; an absolute path.
    private(set) var path: String?
    /// Bytes before the next line, those of earlier imports included.
    private(set) var byteCount = 0
    /// Bytes whose parts are in the store.
    private var countedBytes = 0
    /// Whether there was no file before this import.
    private var isMade = false

    private static let header = Array("source\tline\treason\ttext\n".utf8)
    /// As much as is looked at when an import goes on: an import writes less between two parts.
    private static let longestRest = 64 << 20

    /// A file for any number of logs.
    init(at path: String) { place = .file(Self.absolute(path)) }

    /// A new file in a folder, by the first of the names `NAME.rejects.tsv`, `NAME.2.rejects.tsv`, … that is free.
    init(in folder: String, named name: String) { place = .folder(Self.absolute(folder), name: name) }

    /// Goes on with the file of an earlier import of the log, if it is where this one writes. Does nothing once something
    /// was written, for another log into the same file.
    ///
    /// - Parameter isInterrupted: whether that import was cut short, so that lines behind `length` come again.
    func resume(_ path: String?, at length: Int, isInterrupted: Bool) {
        guard file == nil, let path, length > byteCount, Self.isOurs(path), Self.size(path) >= length else { return }
        switch place {
        case .file(let told): guard path == told else { return }
        case .folder(let folder, _): guard (path as NSString).deletingLastPathComponent == folder else { return }
        }
        (resumed, self.path, byteCount, cutsRest) = (path, path, length, isInterrupted)
    }

    /// - Throws: `FileError`.
    func append(_ rejects: [Reject], from source: String) throws {
        guard !rejects.isEmpty else { return }
        let source = Self.escaped(Array(source.utf8))
        let file: FileDescriptor
        if let opened = self.file {
            file = opened
        } else {
            file = try open(for: source)
            (self.file, countedBytes) = (file, byteCount)
        }
        var text: [UInt8] = byteCount == 0 ? Self.header : []
        for reject in rejects {
            text += source + [0x09] + Array("\(reject.line)".utf8) + [0x09] + Self.escaped(Array(reject.reason.utf8)) + [0x09]
            text += Self.escaped(reject.text) + [0x0A]
        }
        try text.withUnsafeBytes { try file.write($0) }
        byteCount += text.count
    }

    /// Waits until the lines are on the disk, before the part of the import that counts on them.
    func synchronize() { try? file?.synchronize() }

    /// Notes that the parts of all lines so far are in the store.
    func countAll() { countedBytes = byteCount }

    /// Takes lines back whose part did not come into the store: they come again with the part.
    func dropUncounted() {
        guard let file, let path, byteCount > countedBytes else { return }
        if countedBytes == 0, isMade {
            unlink(path)
            self.file = nil
        } else {
            ftruncate(file.number, off_t(countedBytes))
        }
        byteCount = countedBytes
    }

    private func open(for source: [UInt8]) throws -> FileDescriptor {
        if let resumed {
            let file = try FileDescriptor(opening: resumed, flags: O_RDWR | O_APPEND)
            if cutsRest, try holdsOnly(source, behind: byteCount, file) { ftruncate(file.number, off_t(byteCount)) }
            byteCount = Int(try file.status().st_size)
            return file
        }
        switch place {
        case .file(let told):
            path = told
            let file = try FileDescriptor(opening: told, flags: O_WRONLY | O_CREAT | O_APPEND, as: .create)
            byteCount = Int(try file.status().st_size)
            return file
        case .folder(let folder, let name):
            var number = 1
            while true {
                let candidate = "\(folder)/\(name)\(number == 1 ? "" : ".\(number)").rejects.tsv"
                do {
                    let file = try FileDescriptor(opening: candidate, flags: O_WRONLY | O_CREAT | O_EXCL | O_APPEND, as: .create)
                    (path, isMade) = (candidate, true)
                    return file
                } catch {
                    guard error.code == EEXIST else { throw error }
                    number += 1
                }
            }
        }
    }

    /// Whether all lines behind a place are of one log: then they are what its import wrote before it was interrupted.
    private func holdsOnly(_ source: [UInt8], behind length: Int, _ file: FileDescriptor) throws -> Bool {
        let rest = Int(try file.status().st_size) - length
        guard rest <= Self.longestRest else { return false }
        var bytes = [UInt8](repeating: 0, count: rest)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: length) }
        return bytes[..<count].split(separator: 0x0A).allSatisfy { $0.starts(with: source + [0x09]) }
    }

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case 0x09: text += [0x5C, 0x74]
            case 0x0A: text += [0x5C, 0x6E]
            case 0x0D: text += [0x5C, 0x72]
            case 0x00: text += [0x5C, 0x30]
            case 0x5C: text += [0x5C, 0x5C]
            default: text.append(byte)
            }
        }
        return text
    }
}

extension RejectsFile {
    /// A file that bad lines may not be written to.
    struct Refused: Error, CustomStringConvertible {
        var path: String
        var reason: String

        var description: String { "--rejects \(path): \(reason). Choose another file; nothing was imported." }
    }

    /// Looks whether bad lines may be written to a file.
    ///
    /// - Throws: `Refused` where it is the store, one of the logs, or holds anything but bad lines.
    static func check(_ path: String, store: String?, logs: [String]) throws {
        if let store, FileIdentity.isStore(path, store) { throw Refused(path: path, reason: "it is the store") }
        if logs.contains(where: { $0 != "-" && FileIdentity($0) == FileIdentity(path) }) { throw Refused(path: path, reason: "it is one of the logs") }
        guard let status = status(path) else { return }
        if status.st_mode & S_IFMT == S_IFDIR { throw Refused(path: path, reason: "it is a folder") }
        // What is no file, such as /dev/null, holds nothing that could be lost.
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0, !isOurs(path) else { return }
        throw Refused(path: path, reason: "there is a file of that name that holds something else")
    }

    fileprivate static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    fileprivate static func size(_ path: String) -> Int { status(path).map { Int($0.st_size) } ?? 0 }

    /// Whether a file begins as ours do.
    fileprivate static func isOurs(_ path: String) -> Bool {
        guard let file = try? FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK) else { return false }
        var start = [UInt8](repeating: 0, count: header.count)
        let count = try? start.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        return count == header.count && start == header
    }
}
