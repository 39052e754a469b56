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
import Synchronization

/// Appends records to a file, one JSON object a line, so that a program that is killed loses at most the line it was
/// writing.
///
/// Keys are sorted and slashes left alone, so equal records give equal bytes. JSON knows no NaN and no infinity: they
/// are written as the strings "NaN", "Infinity" and "-Infinity", and read back as numbers. Safe to use from many
/// threads; lines never mix.
public final class JSONLinesWriter<Record: Encodable & Sendable>: Sendable {
    public let file: URL
    private let synchronizesEachLine: Bool
    /// The open file; -1 once closed.
    private let descriptor: Mutex<Int32>

    /// Opens `file`, creating it when there is none. A half-written last line, left by a program that was killed, is
    /// removed; a whole one that only lacks its line break gets it.
    ///
    /// - Parameter synchronizesEachLine: whether each line is forced to the disk (`fsync`) before `append` returns, so
    ///   that it survives a power failure too. Costs milliseconds a line.
    public init(appendingTo file: URL, synchronizesEachLine: Bool = false) throws(FileWriteError) {
        self.file = file
        self.synchronizesEachLine = synchronizesEachLine
        let path = file.path
        let opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw FileWriteError(path: path, step: "open", code: errno) }
        do throws(FileWriteError) {
            try Self.repairTail(of: opened, path: path)
        } catch {
            _ = systemClose(opened)
            throw error
        }
        descriptor = Mutex(opened)
    }

    deinit {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { _ = systemClose(descriptor) }
            descriptor = -1
        }
    }

    /// Appends one line, in a single write. Throws `EncodingError` when the record cannot be JSON, ``FileWriteError``
    /// when the disk is full or the writer is closed; the file then still ends with the last whole line.
    public func append(_ record: Record) throws {
        var line = Array(try JSONLines.encoder().encode(record))
        line.append(0x0A)
        let path = file.path
        try descriptor.withLock { descriptor throws(FileWriteError) in
            guard descriptor >= 0 else { throw FileWriteError(path: path, step: "write", code: EBADF) }
            let end = lseek(descriptor, 0, SEEK_END)
            do throws(FileWriteError) {
                try AtomicFile.writeAll(line, to: descriptor, path: path)
            } catch {
                if end >= 0 { _ = ftruncate(descriptor, end) }
                throw error
            }
            if synchronizesEachLine, fsync(descriptor) != 0, errno != EINVAL {
                throw FileWriteError(path: path, step: "flush", code: errno)
            }
        }
    }

    /// Forces everything to the disk and closes the file. Closing twice does nothing.
    public func close() throws(FileWriteError) {
        let path = file.path
        try descriptor.withLock { descriptor throws(FileWriteError) in
            guard descriptor >= 0 else { return }
            // A pipe or a terminal cannot be synchronized (EINVAL), and need not be.
            let failure = fsync(descriptor) != 0 && errno != EINVAL ? errno : 0
            _ = systemClose(descriptor)
            descriptor = -1
            if failure != 0 { throw FileWriteError(path: path, step: "flush", code: failure) }
        }
    }

    /// Makes the file end with a line break.
    private static func repairTail(of descriptor: Int32, path: String) throws(FileWriteError) {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 0 else { return }
        var tail: [UInt8] = []
        var start = size
        var chunk = [UInt8](repeating: 0, count: 4_096)
        // Backward, a block at a time, until a line break.
        while start > 0, !tail.contains(0x0A), tail.count <= JSONLines.longestLine {
            let count = min(Int64(chunk.count), Int64(start))
            start -= off_t(count)
            let got = pread(descriptor, &chunk, Int(count), start)
            guard got == Int(count) else { throw FileWriteError(path: path, step: "read", code: got < 0 ? errno : EIO) }
            tail.insert(contentsOf: chunk[..<got], at: 0)
        }
        let lineStart = tail.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let rest = Array(tail[lineStart...])
        guard !rest.isEmpty else { return }
        if (try? JSONDecoder().decode(AnyJSON.self, from: Data(rest))) != nil {
            try AtomicFile.writeAll([0x0A], to: descriptor, path: path)
        } else if ftruncate(descriptor, size - off_t(rest.count)) != 0 {
            throw FileWriteError(path: path, step: "repair", code: errno)
        }
    }
}

/// Accepts any JSON object, and only to see whether it is whole.
private struct AnyJSON: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Key.self) }
}

/// `close(2)` under a name that the method called `close` does not hide.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
