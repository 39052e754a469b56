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

/// A file of JSON records, one a line.
public enum JSONLines {
    /// What a file held.
    public struct Contents<Record: Sendable>: Sendable {
        /// The records that could be read, in the order of the file.
        public var records: [Record]
        /// The lines that could not.
        public var problems: [Problem]
        /// Whether the file ends in the middle of a line, as after a program was killed. That line is in no list.
        public var endsInHalfLine: Bool
    }

    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        public var path: String
        /// Counted from 1.
        public var line: Int
        public var reason: String

        public var description: String { "\(path):\(line): \(reason); the line is left out" }
    }

    /// Why a file could not be read at all.
    public struct ReadError: Error, Hashable, CustomStringConvertible {
        public var path: String
        public var code: Int32

        public var description: String {
            "cannot read \(path): \(String(cString: strerror(code))). Check the path and its permissions."
        }
    }

    /// Lines longer than this are reported, not read: 16 MiB.
    public static let longestLine = 16 << 20

    /// Reads what can be read: a half-written last line is ignored and reported, a damaged line in between is reported
    /// and left out, empty lines are passed over.
    public static func read<Record: Decodable & Sendable>(
        _ type: Record.Type = Record.self, from file: URL
    ) throws(ReadError) -> Contents<Record> {
        let path = file.path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReadError(path: path, code: errno) }
        defer { close(descriptor) }
        var contents = Contents<Record>(records: [], problems: [], endsInHalfLine: false)
        let decoder = decoder()
        var pending: [UInt8] = []
        var isTooLong = false
        var line = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)

        func finishLine(_ bytes: [UInt8]) {
            line += 1
            if isTooLong {
                contents.problems.append(Problem(path: path, line: line, reason: "longer than \(longestLine) bytes"))
            } else if bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
                do {
                    contents.records.append(try decoder.decode(Record.self, from: Data(bytes)))
                } catch {
                    contents.problems.append(Problem(path: path, line: line, reason: reason(error)))
                }
            }
            isTooLong = false
        }

        while true {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ReadError(path: path, code: errno) }
            if count == 0 { break }
            var rest = chunk[..<count]
            while let end = rest.firstIndex(of: 0x0A) {
                if !isTooLong { pending += rest[..<end] }
                finishLine(pending)
                pending.removeAll(keepingCapacity: true)
                rest = rest[(end + 1)...]
            }
            if !isTooLong { pending += rest }
            if pending.count > longestLine {
                isTooLong = true
                pending = []
            }
        }
        if isTooLong {
            contents.endsInHalfLine = true
        } else if !pending.isEmpty {
            // Whole but for its line break: nothing of it is missing.
            if let record = try? decoder.decode(Record.self, from: Data(pending)) {
                contents.records.append(record)
            } else {
                contents.endsInHalfLine = true
            }
        }
        return contents
    }

    /// Replaces the whole file, atomically: for a run that resumes and must drop the records after its checkpoint.
    public static func write(_ records: some Sequence<some Encodable>, to file: URL) throws {
        let encoder = encoder()
        var bytes: [UInt8] = []
        for record in records {
            bytes += try encoder.encode(record)
            bytes.append(0x0A)
        }
        try AtomicFile.write(bytes, to: file)
    }

    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }

    private static func reason(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "" : " at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): "no value for \"\(key.stringValue)\"\(place(context))"
        case DecodingError.typeMismatch(let type, let context): "not a \(type)\(place(context))"
        case DecodingError.valueNotFound(let type, let context): "null where a \(type) should be\(place(context))"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(context.debugDescription)\(place(context))"
        default: "not JSON"
        }
    }
}

/// `read(2)` under a name that the method called `read` does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
