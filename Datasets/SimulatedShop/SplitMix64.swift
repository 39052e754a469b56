/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// The shop uses its own functions on top of the raw bits, not the standard library's `random(in:)`, so that a seed
/// makes the same shop whatever algorithm a later Swift chooses.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A generator for one member of a family, unrelated to those of its neighbors.
    init(seed: UInt64, stream: UInt64, index: UInt64) {
        var mixer = SplitMix64(seed: seed)
        mixer = SplitMix64(seed: mixer.next() ^ (stream &* 0xD1B5_4A32_D192_ED03))
        state = mixer.next() ^ (index &* 0x8CB9_2BA7_2F3D_8DD7)
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// In 0 ..< 1.
    @inline(__always)
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// In 0 ..< 1, with all the bits of a Double.
    mutating func preciseUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// In 0 ..< bound, every one as likely; `bound` is positive.
    @inline(__always)
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high) }

    @inline(__always)
    mutating func chance(_ probability: Float) -> Bool { unit() < probability }

    /// About normal, with mean 0 and deviation 1, never beyond 3.5: a sum of four even numbers, which needs no logarithm.
    mutating func normal() -> Float { (unit() + unit() + unit() + unit() - 2) * 1.7320508 }

    /// A direction, every one as likely.
    mutating func direction() -> SIMD8<Float> {
        while true {
            var vector = SIMD8<Float>()
            for axis in 0..<8 { vector[axis] = normal() }
            let length = (vector * vector).sum().squareRoot()
            if length > 0.01 { return vector / length }
        }
    }
}
