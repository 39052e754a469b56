import Foundation

/// Red, green and blue, 0 to 1, as a screen shows them (gamma-encoded sRGB).
package typealias Color = SIMD3<Float>

extension SIMD3<Float> {
    /// A color written as on the web, for example `0xFF8800`.
    static func hex(_ code: UInt32) -> Self {
        Self(Float((code >> 16) & 255), Float((code >> 8) & 255), Float(code & 255)) / 255
    }

    /// A color of the hue circle; all three from 0 to 1.
    static func hue(_ hue: Float, saturation: Float, brightness: Float) -> Self {
        let sector = (hue - hue.rounded(.down)) * 6
        func channel(_ offset: Float) -> Float {
            let k = (offset + sector).truncatingRemainder(dividingBy: 6)
            return brightness * (1 - saturation * Swift.max(0, Swift.min(Swift.min(k, 4 - k), 1)))
        }
        return Self(channel(5), channel(3), channel(1))
    }

    func mixed(_ other: Self, _ share: Float) -> Self { self + (other - self) * share }
    func darker(_ share: Float) -> Self { self * (1 - share) }
    func lighter(_ share: Float) -> Self { mixed(Self(repeating: 1), share) }
    var luminance: Float { x * 0.299 + y * 0.587 + z * 0.114 }

    /// The color with each channel moved by at most `spread`, and all of them together by as much.
    func varied(_ spread: Float, _ generator: inout SplitMix64) -> Self {
        let together = generator.float(-spread...spread)
        let apart = Self(
            generator.float(-spread...spread), generator.float(-spread...spread), generator.float(-spread...spread))
        return (self + together + apart * 0.5).clamped(lowerBound: Self(repeating: 0), upperBound: Self(repeating: 1))
    }
}
