/// A small, fast, seedable generator (SplitMix64: Steele, Lea and Flood, 2014). The whole state is one
/// number, so that a checkpoint can store it and a run can be repeated.
public struct RandomSource: RandomNumberGenerator, Hashable, Codable, Sendable {
    public var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// A generator of its own for each combination of numbers, such as (seed, epoch, sample): what one
    /// sample draws then does not depend on which thread drew before it.
    public init(_ keys: UInt64...) {
        state = 0x9E37_79B9_7F4A_7C15
        for key in keys {
            state ^= key &+ 0x9E37_79B9_7F4A_7C15 &+ (state << 6) &+ (state >> 2)
            _ = next()
        }
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in [0, 1).
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }
}
