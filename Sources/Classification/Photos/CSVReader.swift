/// Cuts CSV text into rows of fields by the rules of RFC 4180: fields in double quotes may hold separators, line breaks and
/// doubled quotes. Lines may end in CR LF, LF or CR; a byte order mark is skipped; empty lines are passed over.
struct CSVReader {
    /// A row and the line, from 1, that it starts in.
    struct Row: Equatable {
        var line: Int
        var fields: [String]
    }

    struct Malformed: Error, Equatable {
        var line: Int
        var problem: String
    }

    private let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8], separator: UInt8? = nil) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        self.separator = separator ?? Self.separator(of: bytes)
    }

    /// The next row; `nil` at the end.
    mutating func next() throws(Malformed) -> Row? {
        while position < bytes.count {
            let start = line
            var fields = [try field()]
            while position < bytes.count, bytes[position] == separator {
                position += 1
                fields.append(try field())
            }
            endLine()
            if fields == [""] { continue }
            return Row(line: start, fields: fields)
        }
        return nil
    }

    private mutating func field() throws(Malformed) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else {
            let start = position
            while position < bytes.count, bytes[position] != separator, !isLineBreak(bytes[position]) {
                if bytes[position] == Self.quote {
                    throw Malformed(
                        line: line,
                        problem: "a quotation mark inside a field that does not start with one; put the whole field in "
                            + "quotation marks and double those inside it")
                }
                position += 1
            }
            return try text(bytes[start..<position])
        }
        let start = line
        position += 1
        var content: [UInt8] = []
        while true {
            guard position < bytes.count else {
                throw Malformed(line: start, problem: "a quotation mark is opened and never closed")
            }
            let byte = bytes[position]
            position += 1
            if byte == Self.quote {
                guard position < bytes.count, bytes[position] == Self.quote else { break }
                position += 1
            } else if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isLineFeed(at: position)) {
                line += 1
            }
            content.append(byte)
        }
        guard position >= bytes.count || bytes[position] == separator || isLineBreak(bytes[position]) else {
            throw Malformed(line: line, problem: "text after the closing quotation mark of a field")
        }
        return try text(content[...])
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Malformed(line: line, problem: "the text is not UTF-8; save the file as UTF-8")
        }
        return text
    }

    private mutating func endLine() {
        guard position < bytes.count else { return }
        if bytes[position] == UInt8(ascii: "\r"), isLineFeed(at: position + 1) { position += 1 }
        position += 1
        line += 1
    }

    private func isLineFeed(at index: Int) -> Bool { index < bytes.count && bytes[index] == UInt8(ascii: "\n") }
    private func isLineBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    /// A comma, unless the first line has none and has a tab or a semicolon, as spreadsheets write them.
    private static func separator(of bytes: [UInt8]) -> UInt8 {
        let first = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        for candidate in [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")] where first.contains(candidate) {
            return candidate
        }
        return UInt8(ascii: ",")
    }

    private static let quote = UInt8(ascii: "\"")
}
