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

    /// Lines longer than this are reported, not read: 16 MiB.
    public static let longestLine = 16 << 20

    /// Reads what can be read: a half-written last line is ignored and reported, a damaged line in between is reported
    /// and left out, empty lines are passed over.
    public static func read<Record: Decodable & Sendable>(
        _ type: Record.Type = Record.self, from file: URL
    ) throws(FileError) -> Contents<Record> {
        let path = file.path
        let descriptor = try FileDescriptor(opening: path, flags: O_RDONLY)
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
            let count = systemRead(descriptor.number, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(.read, path: path) }
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

    private static func decoder() -> JSONDecoder {
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
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
