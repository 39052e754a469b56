import Imaging

/// A digest is written as its hexadecimal digits.
private let digestLength = 32

/// Appends numbers and text to bytes, least significant byte first.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ digest: ContentDigest) {
        bytes += digest.description.utf8
    }

    mutating func write(_ more: [UInt8]) { bytes += more }

    /// A text with its length before it.
    mutating func write(_ text: String) {
        write(UInt32(text.utf8.count))
        bytes += text.utf8
    }
}

/// Reads what a ``ByteWriter`` wrote. Past the end, or for text that is not UTF-8, it gives `nil`.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        guard let start = take(MemoryLayout<Number>.size) else { return nil }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Number.self))
    }

    mutating func digest() -> ContentDigest? {
        bytes(digestLength).flatMap { ContentDigest(String(decoding: $0, as: UTF8.self)) }
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        take(count).map { Array(bytes[$0..<($0 + count)]) }
    }

    mutating func text() -> String? {
        guard let length = number(UInt32.self), let start = take(Int(length)) else { return nil }
        return String(validating: bytes[start..<(start + Int(length))], as: UTF8.self)
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    private mutating func take(_ count: Int) -> Int? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return position
    }
}
