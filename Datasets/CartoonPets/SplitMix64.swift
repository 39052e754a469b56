/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// The drawing code uses its own functions on top of the raw bits, not the standard library's `random(in:)`,
/// so that a seed draws the same picture whatever algorithm a later Swift chooses.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A generator for one item of a family, unrelated to those of its neighbours.
    package init(seed: UInt64, stream: UInt64, index: UInt64) {
        var mixer = SplitMix64(seed: seed)
        let first = mixer.next() ^ (stream &* 0xD1B5_4A32_D192_ED03)
        mixer = SplitMix64(seed: first)
        state = mixer.next() ^ (index &* 0x8CB9_2BA7_2F3D_8DD7)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number spread evenly over the range.
    package mutating func float(_ range: ClosedRange<Float>) -> Float {
        let unit = Float(next() >> 40) * 0x1p-24
        return range.lowerBound + (range.upperBound - range.lowerBound) * unit
    }

    /// A whole number of the range, every one as likely.
    package mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() >> 33) % (range.upperBound - range.lowerBound + 1)
    }

    /// True with the given probability.
    package mutating func chance(_ probability: Float) -> Bool {
        float(0...1) < probability
    }

    /// One of the choices, every one as likely; `choices` must not be empty.
    package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[integer(0...(choices.count - 1))]
    }

    /// -1 or 1.
    package mutating func sign() -> Float {
        chance(0.5) ? -1 : 1
    }
}
