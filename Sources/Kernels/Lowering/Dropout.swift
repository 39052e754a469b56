import ComputeGraph

extension ProgramBuilder {
    /// The seed of a layer's random numbers: a hash of its name (FNV-1a, 64 bits), so that a layer draws the
    /// same numbers whatever stands before it.
    static func seed(ofLayer layer: String) -> UInt64 {
        layer.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
