import FileStorage
import Foundation
import LogImport

/// Lines that were not imported, in a file that is made with the first of them: source, line, reason and text,
/// separated by tabs.
final class RejectsFile {
    let path: String
    private(set) var count = 0
    private var file: FileHandle?
    private var length = 0

    init(path: String) { self.path = path }

    /// Bytes written so far, by an interrupted import as well.
    var byteCount: Int { length }

    /// Continues the file of an interrupted import: what it wrote behind its last part that counts is cut off. Does
    /// nothing once something was written, for another log into the same file.
    func resume(at length: Int) {
        guard self.file == nil, length > 0, let file = FileHandle(forUpdatingAtPath: path) else { return }
        let present = (try? file.seekToEnd()) ?? 0
        guard present >= UInt64(length) else { return }
        try? file.truncate(atOffset: UInt64(length))
        self.file = file
        self.length = length
    }

    /// - Throws: `FileError`.
    func append(_ rejects: [Reject], from source: String) throws {
        guard !rejects.isEmpty else { return }
        let isNew = file == nil
        if isNew {
            guard FileManager.default.createFile(atPath: path, contents: nil), let made = FileHandle(forWritingAtPath: path) else {
                throw FileError(.create, path: path)
            }
            file = made
        }
        var text: [UInt8] = isNew ? Array("source\tline\treason\ttext\n".utf8) : []
        for reject in rejects {
            let parts = [Array(source.utf8), Array("\(reject.line)".utf8), Array(reject.reason.utf8), reject.text]
            for (index, part) in parts.enumerated() {
                if index > 0 { text.append(0x09) }
                for byte in part { Self.append(byte, to: &text) }
            }
            text.append(0x0A)
        }
        do { try file?.write(contentsOf: text) } catch { throw FileError(.write, path: path) }
        length += text.count
        count += rejects.count
    }

    /// Waits until the lines are on the disk, before the part of the import that counts on them.
    func synchronize() { try? file?.synchronize() }

    private static func append(_ byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case 0x09: text += [0x5C, 0x74]
        case 0x0A: text += [0x5C, 0x6E]
        case 0x0D: text += [0x5C, 0x72]
        case 0x00: text += [0x5C, 0x30]
        case 0x5C: text += [0x5C, 0x5C]
        default: text.append(byte)
        }
    }
}
