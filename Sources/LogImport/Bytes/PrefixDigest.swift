import FileStorage

/// A 128-bit digest of everything read so far, for knowing a log again: XXH64 under two seeds. It does not withstand
/// somebody who forges collisions.
struct PrefixDigest {
    private var high: XXHash64
    private var low: XXHash64

    /// - Parameter settings: how the bytes are understood. The same file read as purchases is not the same log as when
    ///   read as cart additions.
    init(settings: String) {
        high = XXHash64(seed: 0)
        low = XXHash64(seed: 0x9E37_79B9_7F4A_7C15)
        high.update(settings)
        low.update(settings)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        high.update(bytes)
        low.update(bytes)
    }

    /// 32 hexadecimal digits.
    var hexadecimal: String { high.hexadecimal + low.hexadecimal }
}
