/// SplitMix64 (Steele, Lea and Flood 2014): a small random generator, one per sample, so that what happens to a
/// sample depends on its seed alone and not on the order or the thread in which samples are made.
public struct SampleGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// A generator for one of many samples; neighbouring indices give unrelated streams.
    public init(seed: UInt64, epoch: Int, index: Int) {
        var mixer = SampleGenerator(seed: seed)
        mixer.state ^= mixer.next() &+ UInt64(bitPattern: Int64(epoch))
        mixer.state ^= mixer.next() &+ UInt64(bitPattern: Int64(index))
        state = mixer.next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in the range, from the upper 53 bits; the same on every platform and Swift version.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        let unit = Double(next() >> 11) * 0x1p-53
        return range.lowerBound + (range.upperBound - range.lowerBound) * unit
    }
}
