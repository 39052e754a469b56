#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// 64 bits that stay nearly the same when a picture is resized, recompressed or slightly recolored: the signs of
/// its lowest frequencies against their median ("pHash", Zauner 2010).
public struct PerceptualHash: Sendable, Hashable, Codable {
    public var bits: UInt64

    public init(bits: UInt64) {
        self.bits = bits
    }

    /// - Parameter resampler: kept by callers who hash many pictures; one per thread.
    public init(_ image: RGBImage, resampler: Resampler = Resampler()) {
        let side = Self.side
        let small = resampler.resize(image, toWidth: side, height: side)
        let luma = (0..<side * side).map { index -> Float in
            let red = Float(small.pixels[3 * index]), green = Float(small.pixels[3 * index + 1])
            return 0.299 * red + 0.587 * green + 0.114 * Float(small.pixels[3 * index + 2])
        }
        // The 64 lowest frequencies after the mean, by rows of the transform: first over x, then over y.
        let kept = Self.kept
        var across = [Float](repeating: 0, count: side * kept)
        for y in 0..<side {
            for frequency in 0..<kept {
                var sum: Float = 0
                for x in 0..<side { sum += luma[y * side + x] * Self.cosines[frequency * side + x] }
                across[y * kept + frequency] = sum
            }
        }
        var coefficients: [Float] = []
        coefficients.reserveCapacity(64)
        for (vertical, horizontal) in Self.frequencies {
            var sum: Float = 0
            for y in 0..<side { sum += across[y * kept + horizontal] * Self.cosines[vertical * side + y] }
            coefficients.append(sum)
        }
        let sorted = coefficients.sorted()
        let median = (sorted[31] + sorted[32]) / 2
        // Differences below what rounding makes (a flat picture has nothing else) count as none.
        bits = coefficients.enumerated().reduce(0) { $1.element > median + 0.5 ? $0 | 1 << UInt64($1.offset) : $0 }
    }

    /// How many bits differ, 0 to 64. Copies of one photo are within about 6, different photos near 32.
    public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

    private static let side = 32
    private static let kept = 9

    /// Pairs of frequencies, lowest first, without (0, 0).
    private static let frequencies: [(vertical: Int, horizontal: Int)] = {
        let all = (0..<kept).flatMap { vertical in (0..<kept).map { (vertical: vertical, horizontal: $0) } }
        let ordered = all.dropFirst().sorted { first, second in
            let a = first.vertical * first.vertical + first.horizontal * first.horizontal
            let b = second.vertical * second.vertical + second.horizontal * second.horizontal
            return (a, first.vertical) < (b, second.vertical)
        }
        return Array(ordered.prefix(64))
    }()

    private static let cosines: [Float] = (0..<kept).flatMap { frequency in
        (0..<side).map { Float(cos(Double.pi * Double(frequency) * (Double($0) + 0.5) / Double(side))) }
    }
}
