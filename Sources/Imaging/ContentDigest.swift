/// A 128-bit fingerprint of bytes, for finding exact copies and for noticing that a file changed: XXH64 (Collet)
/// under two seeds. Fast, and not meant to withstand somebody who forges collisions.
public struct ContentDigest: Sendable, Hashable, Codable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(_ bytes: UnsafeRawBufferPointer) {
        high = xxHash64(bytes, seed: 0)
        low = xxHash64(bytes, seed: 0x9E37_79B9_7F4A_7C15)
    }

    public init(_ bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { ContentDigest($0) }
    }

    /// Of the size and the pixels: equal for equal pictures whatever file they came from.
    public init(_ image: RGBImage) {
        let size = UInt64(image.width) << 32 | UInt64(image.height)
        (high, low) = image.pixels.withUnsafeBytes {
            (xxHash64($0, seed: size), xxHash64($0, seed: size ^ 0x9E37_79B9_7F4A_7C15))
        }
    }

    /// Of a file's bytes.
    /// - Throws: `ImageError` (`unreadable`, `tooLarge`) with the path.
    public init(contentsOf path: String, maximumBytes: Int = 256 << 20) throws(ImageError) {
        let file = try FileBytes(path: path, limit: maximumBytes)
        self.init(UnsafeRawBufferPointer(file.bytes))
    }

    /// 32 hexadecimal digits.
    public var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// - Parameter description: 32 hexadecimal digits.
    public init?(_ description: String) {
        guard description.utf8.count == 32, let high = UInt64(description.prefix(16), radix: 16),
            let low = UInt64(description.suffix(16), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = ContentDigest(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no digest of 32 hexadecimal digits")
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// XXH64, as its specification has it.
package func xxHash64(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    let prime1: UInt64 = 0x9E37_79B1_85EB_CA87, prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    let prime3: UInt64 = 0x1656_67B1_9E37_79F9, prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
    func round(_ lane: UInt64, _ input: UInt64) -> UInt64 { rotated(lane &+ input &* prime2, 31) &* prime1 }
    func word(_ offset: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }

    var offset = 0
    var hash: UInt64
    if bytes.count >= 32 {
        var lane1 = seed &+ prime1 &+ prime2, lane2 = seed &+ prime2, lane3 = seed, lane4 = seed &- prime1
        while offset + 32 <= bytes.count {
            lane1 = round(lane1, word(offset))
            lane2 = round(lane2, word(offset + 8))
            lane3 = round(lane3, word(offset + 16))
            lane4 = round(lane4, word(offset + 24))
            offset += 32
        }
        hash = rotated(lane1, 1) &+ rotated(lane2, 7) &+ rotated(lane3, 12) &+ rotated(lane4, 18)
        for lane in [lane1, lane2, lane3, lane4] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
    } else {
        hash = seed &+ prime5
    }
    hash &+= UInt64(bytes.count)
    while offset + 8 <= bytes.count {
        hash = rotated(hash ^ round(0, word(offset)), 27) &* prime1 &+ prime4
        offset += 8
    }
    if offset + 4 <= bytes.count {
        let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        hash = rotated(hash ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
        offset += 4
    }
    while offset < bytes.count {
        hash = rotated(hash ^ UInt64(bytes[offset]) &* prime5, 11) &* prime1
        offset += 1
    }
    hash = (hash ^ (hash >> 33)) &* prime2
    hash = (hash ^ (hash >> 29)) &* prime3
    return hash ^ (hash >> 32)
}
