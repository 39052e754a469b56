/// Reads strict JSON (RFC 8259) from left to right, one expected piece after the other.
///
/// The caller says what must come next, so nothing recurses: however deeply a hostile header nests, it is refused at
/// the first bracket that has no business there. The bytes must be UTF-8.
struct JSONCursor {
    /// What stands in the text where something else was expected.
    struct Failure: Error {
        let problem: SafetensorsError.Problem
        let offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    /// The position of the next byte to read.
    private(set) var offset = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
    }

    var isAtEnd: Bool { offset == bytes.count }

    func failure(expected: String) -> Failure {
        let found = switch next {
        case nil: "the end of the header"
        case let byte? where byte > 0x20 && byte < 0x7F: "'\(Character(Unicode.Scalar(byte)))'"
        case let byte?: "byte 0x\(String(byte, radix: 16))"
        }
        return Failure(problem: .unexpectedContent(expected: expected, found: found), offset: offset)
    }

    /// Skips space, then takes `character` or fails.
    mutating func take(_ character: Character) throws(Failure) {
        guard takeIfNext(character) else { throw failure(expected: "'\(character)'") }
    }

    /// Skips space, then takes `character` if it is next.
    mutating func takeIfNext(_ character: Character) -> Bool {
        skipSpace()
        guard let byte = next, byte == character.asciiValue else { return false }
        offset += 1
        return true
    }

    /// Reads the members of an object; `body` is called after each colon and reads the value.
    mutating func object(
        _ body: (inout JSONCursor, _ name: String, _ offset: Int) throws(Failure) -> Void
    ) throws(Failure) {
        try take("{")
        if takeIfNext("}") { return }
        repeat {
            skipSpace()
            let start = offset
            let name = try string(what: "a name in quotes")
            try take(":")
            try body(&self, name, start)
        } while takeIfNext(",")
        guard takeIfNext("}") else { throw failure(expected: "',' or '}'") }
    }

    /// Reads an array of at most `limit` whole numbers that are not negative.
    mutating func integers(limit: Int) throws(Failure) -> [Int] {
        try take("[")
        var values: [Int] = []
        if takeIfNext("]") { return values }
        repeat {
            guard values.count < limit else { throw Failure(problem: .tooManyDimensions, offset: offset) }
            values.append(try integer())
        } while takeIfNext(",")
        guard takeIfNext("]") else { throw failure(expected: "',' or ']'") }
        return values
    }

    /// Reads a whole number that is not negative.
    mutating func integer() throws(Failure) -> Int {
        skipSpace()
        let start = offset
        var value = 0
        while let byte = next, byte >= 0x30, byte <= 0x39 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(byte - 0x30))
            guard !overflow, !carry else { throw Failure(problem: .sizeOverflow, offset: start) }
            value = sum
            offset += 1
        }
        if offset == start { throw failure(expected: "a whole number that is not negative") }
        if offset - start > 1, bytes[start] == 0x30 {
            offset = start
            throw failure(expected: "a number without leading zeros")
        }
        if let byte = next, byte == 0x2E || byte == 0x65 || byte == 0x45 {
            throw failure(expected: "a whole number")
        }
        return value
    }

    /// Reads a string in quotes.
    mutating func string(what: String = "a string in quotes") throws(Failure) -> String {
        guard takeIfNext("\"") else { throw failure(expected: what) }
        var text: [UInt8] = []
        while true {
            let start = offset
            while let byte = next, byte != 0x22, byte != 0x5C, byte >= 0x20 { offset += 1 }
            text.append(contentsOf: bytes[start..<offset])
            guard let byte = next, byte >= 0x20 else { throw failure(expected: "the closing quote") }
            offset += 1
            if byte == 0x22 { return String(decoding: text, as: UTF8.self) }
            try appendEscape(to: &text)
        }
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(Failure) {
        guard let byte = next else { throw failure(expected: "an escaped character") }
        switch byte {
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            offset += 1
            text.append(contentsOf: String(try escapedScalar()).utf8)
            return
        default: throw failure(expected: "one of the escapes of JSON")
        }
        offset += 1
    }

    private mutating func escapedScalar() throws(Failure) -> Unicode.Scalar {
        let start = offset
        var code = UInt32(try fourHexDigits())
        if code & 0xFC00 == 0xD800, next == 0x5C, offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u") {
            offset += 2
            let low = UInt32(try fourHexDigits())
            // A high surrogate without its low one leaves a code that is no scalar, refused below.
            if low & 0xFC00 == 0xDC00 { code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF) }
        }
        guard let scalar = Unicode.Scalar(code) else {
            offset = start
            throw failure(expected: "a pair of surrogates")
        }
        return scalar
    }

    private mutating func fourHexDigits() throws(Failure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure(expected: "four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }
}

/// The JSON form of a string, in quotes; only what must be escaped is.
func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// The position of the first byte that is not well-formed UTF-8; `nil` when all are.
func firstInvalidUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = 0
    while index < bytes.count {
        let lead = bytes[index]
        if lead < 0x80 {
            index += 1
            continue
        }
        // The second byte has a narrower range after some leads: no overlong forms, surrogates or codes past U+10FFFF.
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch lead {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0x80...0x80)
            }
        guard length > 0, index + length <= bytes.count, second.contains(bytes[index + 1]) else { return index }
        for following in index + 2..<max(index + 2, index + length) where bytes[following] & 0xC0 != 0x80 { return index }
        index += length
    }
    return nil
}
