/// Value noise on a lattice: smooth, repeatable, and different for every seed.
package struct Noise: Sendable {
    let seed: UInt32

    package init(_ generator: inout SplitMix64) {
        seed = UInt32(truncatingIfNeeded: generator.next())
    }

    @inline(__always)
    private func lattice(_ x: Int32, _ y: Int32) -> Float {
        var h = UInt32(bitPattern: x) &* 0x85EB_CA6B ^ UInt32(bitPattern: y) &* 0xC2B2_AE35 ^ seed
        h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
        h = (h ^ (h >> 12)) &* 0x297A_2D39
        return Float((h ^ (h >> 15)) >> 8) * 0x1p-24
    }

    /// Smooth noise from 0 to 1 with one bump or so per unit of length.
    package func value(_ point: Point) -> Float {
        let floor = point.rounded(.down)
        let t = point - floor
        let s = t * t * (3 - 2 * t)
        // The drawing stays within a few thousand units; the limit only guards the conversion.
        let x = Int32(min(max(floor.x, -1e9), 1e9)), y = Int32(min(max(floor.y, -1e9), 1e9))
        let top = lattice(x, y) + (lattice(x &+ 1, y) - lattice(x, y)) * s.x
        let bottom = lattice(x, y &+ 1) + (lattice(x &+ 1, y &+ 1) - lattice(x, y &+ 1)) * s.x
        return top + (bottom - top) * s.y
    }

    /// Noise with finer and finer detail, 0 to 1, half as strong and twice as fine each octave.
    package func detailed(_ point: Point, octaves: Int = 3) -> Float {
        var sum: Float = 0, strength: Float = 1, total: Float = 0
        var place = point
        for _ in 0..<octaves {
            sum += value(place) * strength
            total += strength
            strength *= 0.5
            place = place * 2 + Point(17.3, 5.1)
        }
        return sum / total
    }
}
