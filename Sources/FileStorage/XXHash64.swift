/// The 64-bit xxHash of a stream of bytes: fast, and fit to notice damage, not to withstand an attacker.
///
/// Algorithm: Yann Collet, <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.
package struct XXHash64: Sendable {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    private var lanes: SIMD4<UInt64>
    private let seed: UInt64
    /// Bytes that do not yet fill a stripe of 32.
    private var pending: [UInt8] = []
    private var total: UInt64 = 0

    package init(seed: UInt64 = 0) {
        self.seed = seed
        lanes = SIMD4(seed &+ Self.prime1 &+ Self.prime2, seed &+ Self.prime2, seed, seed &- Self.prime1)
        pending.reserveCapacity(32)
    }

    /// Adds `bytes` to the stream.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        total &+= UInt64(bytes.count)
        var start = 0
        if !pending.isEmpty {
            start = min(32 - pending.count, bytes.count)
            pending.append(contentsOf: bytes[..<start])
            guard pending.count == 32 else { return }
            var lanes = lanes
            pending.withUnsafeBytes { Self.consume($0, at: 0, &lanes) }
            self.lanes = lanes
            pending.removeAll(keepingCapacity: true)
        }
        // In four variables: vectors of 64-bit products are no faster where the processor has no instruction for them.
        var (first, second, third, fourth) = (lanes[0], lanes[1], lanes[2], lanes[3])
        while bytes.count - start >= 32 {
            first = Self.round(first, Self.word(bytes, at: start))
            second = Self.round(second, Self.word(bytes, at: start + 8))
            third = Self.round(third, Self.word(bytes, at: start + 16))
            fourth = Self.round(fourth, Self.word(bytes, at: start + 24))
            start += 32
        }
        lanes = SIMD4(first, second, third, fourth)
        pending.append(contentsOf: bytes[start...])
    }

    /// Adds the UTF-8 of `text` to the stream.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The hash of everything added so far.
    package var value: UInt64 {
        var hash: UInt64
        if total >= 32 {
            hash =
                Self.rotate(lanes[0], 1) &+ Self.rotate(lanes[1], 7) &+ Self.rotate(lanes[2], 12)
                &+ Self.rotate(lanes[3], 18)
            for lane in 0..<4 { hash = (hash ^ Self.round(0, lanes[lane])) &* Self.prime1 &+ Self.prime4 }
        } else {
            hash = seed &+ Self.prime5
        }
        hash = hash &+ total
        pending.withUnsafeBytes { rest in
            var index = 0
            while rest.count - index >= 8 {
                hash = Self.rotate(hash ^ Self.round(0, Self.word(rest, at: index)), 27) &* Self.prime1 &+ Self.prime4
                index += 8
            }
            if rest.count - index >= 4 {
                let word = UInt64(UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
                hash = Self.rotate(hash ^ (word &* Self.prime1), 23) &* Self.prime2 &+ Self.prime3
                index += 4
            }
            for byte in rest[index...] { hash = Self.rotate(hash ^ (UInt64(byte) &* Self.prime5), 11) &* Self.prime1 }
        }
        hash = (hash ^ (hash >> 33)) &* Self.prime2
        hash = (hash ^ (hash >> 29)) &* Self.prime3
        return hash ^ (hash >> 32)
    }

    /// The hash as 16 hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ lanes: inout SIMD4<UInt64>) {
        for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, at: offset + 8 * lane)) }
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func round(_ accumulator: UInt64, _ input: UInt64) -> UInt64 {
        rotate(accumulator &+ (input &* prime2), 31) &* prime1
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}
