#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Interactions

/// Walks over the entries of one JSON object without reading the values, which is many times faster than decoding it.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes.trimmed }

    typealias Entry = (key: String, value: UnsafeRawBufferPointer)

    /// The next key with its value as it stands; nil at the end of the object.
    mutating func nextEntry() throws(Reject) -> Entry? {
        skipBlanks()
        if index == 0 {
            guard take(0x7B) else { throw Reject("not a JSON object") }
            skipBlanks()
            if take(0x7D) { return try atEnd() }
        } else if take(0x7D) {
            return try atEnd()
        } else {
            guard take(0x2C) else { throw Reject("not JSON: a comma is missing at byte \(index + 1)") }
            skipBlanks()
        }
        return try entry()
    }

    /// A key and its value without the braces around them.
    mutating func entry() throws(Reject) -> Entry {
        let keyBytes = try value()
        guard keyBytes.first == 0x22 else { throw Reject("not JSON: a key is missing at byte \(index + 1)") }
        let key = try Self.text(keyBytes)
        skipBlanks()
        guard take(0x3A) else { throw Reject("not JSON: a colon is missing at byte \(index + 1)") }
        skipBlanks()
        return (key, try value())
    }

    private func atEnd() throws(Reject) -> Entry? {
        guard index == bytes.count else { throw Reject("something follows the JSON object at byte \(index + 1)") }
        return nil
    }

    private mutating func value() throws(Reject) -> UnsafeRawBufferPointer {
        let start = index
        var depth = 0
        var isInText = false
        while index < bytes.count {
            let byte = bytes[index]
            if isInText {
                if byte == 0x5C { index += 1 } else if byte == 0x22 { isInText = false }
                if !isInText, depth == 0 {
                    index += 1
                    break
                }
            } else if byte == 0x22 {
                isInText = true
            } else if byte == 0x5B || byte == 0x7B {
                depth += 1
            } else if byte == 0x5D || byte == 0x7D {
                if depth == 0 { break }
                depth -= 1
                if depth == 0 {
                    index += 1
                    break
                }
            } else if depth == 0, byte == 0x2C || byte == 0x3A || byte <= 0x20 {
                break
            }
            index += 1
        }
        guard index > start, index <= bytes.count, !isInText, depth == 0 else { throw Reject("not JSON: it ends in the middle") }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<index])
    }

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    static func keys(of object: UnsafeRawBufferPointer) throws(Reject) -> Set<String> {
        var scanner = JSONScanner(object)
        var keys: Set<String> = []
        while let entry = try scanner.nextEntry() { keys.insert(entry.key) }
        return keys
    }

    /// The text of a JSON string, with its quotes.
    static func text(_ value: UnsafeRawBufferPointer) throws(Reject) -> String {
        guard value.count >= 2, value[0] == 0x22 else { throw Reject("\"\(value.text.prefix(40))\" is not a JSON text") }
        let inside = UnsafeRawBufferPointer(rebasing: value[1..<(value.count - 1)])
        guard inside.contains(0x5C) else { return inside.text }
        guard case .text(let text) = try property(value) else { throw Reject("not a JSON text") }
        guard !text.utf8.contains(0) else { throw Reject("a text with \\u0000 inside") }
        return text
    }

    static func property(_ value: UnsafeRawBufferPointer) throws(Reject) -> PropertyValue {
        do {
            return try JSONDecoder().decode(PropertyValue.self, from: Data(value))
        } catch {
            throw Reject("not JSON: \"\(value.text.prefix(40))\"")
        }
    }
}
