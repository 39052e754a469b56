import CImageCodecs

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Random variation of training pictures: one affine warp (crop, aspect ratio, rotation, flip), color changes and
/// a cutout, sampled straight from 8-bit pixels into the network's input.
///
/// What happens to a picture depends on its seed alone. Random resized crop follows Szegedy et al. 2015, cutout
/// DeVries and Taylor 2017.
public struct Augmentation: Sendable, Hashable, Codable {
    /// Part of the picture's area that the crop keeps; within 0 (exclusive) to 1.
    public var areaRange: ClosedRange<Double>
    /// The crop's aspect ratio relative to the picture's; drawn evenly on a logarithmic scale.
    public var aspectRange: ClosedRange<Double>
    /// Rotation to either side, in degrees; where the crop then leaves the picture its edge is repeated.
    public var rotationDegrees: Double
    /// All channels are multiplied by a factor in 1 - brightness to 1 + brightness.
    public var brightness: Double
    /// Distance from the mean is multiplied by a factor in 1 - contrast to 1 + contrast.
    public var contrast: Double
    /// Each channel apart is multiplied by a factor in 1 - color to 1 + color.
    public var color: Double
    /// Part of the input's area that a rectangle of the mean color covers; 0 for none.
    public var cutoutArea: Double
    /// How often there is a cutout, 0 to 1.
    public var cutoutProbability: Double

    public init(
        areaRange: ClosedRange<Double> = 0.35...1, aspectRange: ClosedRange<Double> = 0.76...1.32,
        rotationDegrees: Double = 11, brightness: Double = 0.3, contrast: Double = 0.3, color: Double = 0.05,
        cutoutArea: Double = 0.0625, cutoutProbability: Double = 1
    ) {
        precondition(areaRange.lowerBound > 0 && areaRange.upperBound <= 1, "crop area \(areaRange)")
        precondition(aspectRange.lowerBound > 0, "crop aspect ratio \(aspectRange)")
        precondition((0...1).contains(cutoutArea) && (0...1).contains(cutoutProbability), "cutout \(cutoutArea)")
        self.areaRange = areaRange
        self.aspectRange = aspectRange
        self.rotationDegrees = rotationDegrees
        self.brightness = brightness
        self.contrast = contrast
        self.color = color
        self.cutoutArea = cutoutArea
        self.cutoutProbability = cutoutProbability
    }

    /// Changes nothing: the whole picture, resized.
    public static let none = Augmentation(
        areaRange: 1...1, aspectRange: 1...1, rotationDegrees: 0, brightness: 0, contrast: 0, color: 0, cutoutArea: 0,
        cutoutProbability: 0)

    /// One draw: everything that will happen to one picture.
    public struct Draw: Sendable, Hashable {
        /// Sides of the crop as fractions of the picture's.
        public var cropWidth, cropHeight: Double
        /// Center of the crop, 0 to 1 across and down.
        public var centerX, centerY: Double
        public var rotationRadians: Double
        public var isFlipped: Bool
        public var brightness, contrast: Double
        public var color: SIMD3<Double>
        /// Sides of the cutout as a fraction of the input's, 0 for none, and its place, 0 to 1 of the room there is.
        public var cutoutSide, cutoutX, cutoutY: Double
    }

    /// Draws from a seed. `isFlipped` is the caller's, who may alternate it rather than draw it.
    public func draw(seed: UInt64, isFlipped: Bool) -> Draw {
        var generator = SampleGenerator(seed: seed)
        // Every value is drawn, used or not, so that changing one setting leaves the others' draws alone.
        let area = generator.uniform(areaRange)
        let aspect = exp(generator.uniform(log(aspectRange.lowerBound)...log(aspectRange.upperBound)))
        let cropWidth = min((area * aspect).squareRoot(), 1), cropHeight = min((area / aspect).squareRoot(), 1)
        let centerX = generator.uniform(cropWidth / 2...1 - cropWidth / 2)
        let centerY = generator.uniform(cropHeight / 2...1 - cropHeight / 2)
        let rotation = generator.uniform(-1...1) * rotationDegrees * .pi / 180
        let brightness = 1 + generator.uniform(-1...1) * self.brightness
        let contrast = 1 + generator.uniform(-1...1) * self.contrast
        let red = generator.uniform(-1...1), green = generator.uniform(-1...1), blue = generator.uniform(-1...1)
        let hasCutout = generator.uniform(0...1) < cutoutProbability
        return Draw(
            cropWidth: cropWidth, cropHeight: cropHeight, centerX: centerX, centerY: centerY,
            rotationRadians: rotation, isFlipped: isFlipped, brightness: brightness, contrast: contrast,
            color: SIMD3(repeating: 1) + SIMD3(red, green, blue) * self.color,
            cutoutSide: hasCutout ? cutoutArea.squareRoot() : 0, cutoutX: generator.uniform(0...1),
            cutoutY: generator.uniform(0...1))
    }

    /// Draws from `seed` and writes the varied, normalized picture: `height` x `width` x 3 floats.
    ///
    /// - Parameters:
    ///   - source: `sourceHeight` x `sourceWidth` x 3 bytes.
    ///   - scratch: one per thread.
    public func apply(
        to source: UnsafePointer<UInt8>, sourceWidth: Int, sourceHeight: Int, isFlipped: Bool, seed: UInt64,
        statistics: ChannelStatistics, into destination: UnsafeMutablePointer<Float>, width: Int, height: Int,
        scratch: AugmentationScratch
    ) {
        draw(seed: seed, isFlipped: isFlipped).render(
            source, sourceWidth: sourceWidth, sourceHeight: sourceHeight, statistics: statistics, into: destination,
            width: width, height: height, scratch: scratch)
    }
}

extension Augmentation.Draw {
    /// Writes the varied, normalized picture: `height` x `width` x 3 floats.
    ///
    /// Where the crop is 1.5 times the input or more, sampling goes from a copy of the source halved (twice,
    /// ...) by averaging, since bilinear sampling alone would alias.
    public func render(
        _ source: UnsafePointer<UInt8>, sourceWidth: Int, sourceHeight: Int, statistics: ChannelStatistics,
        into destination: UnsafeMutablePointer<Float>, width: Int, height: Int, scratch: AugmentationScratch
    ) {
        precondition(sourceWidth > 0 && sourceHeight > 0 && width > 0 && height > 0)
        // Source pixels per destination pixel.
        let stepX = cropWidth * Double(sourceWidth) / Double(width)
        let stepY = cropHeight * Double(sourceHeight) / Double(height)
        var level = ImageLevel(pixels: source, width: sourceWidth, height: sourceHeight)
        var reduction = 1.0
        while (stepX * stepY).squareRoot() >= 1.5 * reduction && level.width >= 2 && level.height >= 2 {
            level = scratch.halved(level)
            reduction *= 2
        }
        var warp = tc_warp()
        setGeometry(&warp, stepX: stepX, stepY: stepY, reduction: reduction, sourceWidth, sourceHeight, width, height)
        setColor(&warp, statistics)
        let cutWidth = Int((cutoutSide * Double(width)).rounded()), cutHeight = Int((cutoutSide * Double(height)).rounded())
        if cutWidth > 0 && cutHeight > 0 {
            let left = Int((cutoutX * Double(width - cutWidth)).rounded())
            let top = Int((cutoutY * Double(height - cutHeight)).rounded())
            warp.cutout_left = Int32(left)
            warp.cutout_top = Int32(top)
            warp.cutout_right = Int32(left + cutWidth)
            warp.cutout_bottom = Int32(top + cutHeight)
        }
        tc_warp_bilinear(
            level.pixels, Int32(level.width), Int32(level.height), &warp, destination, Int32(width), Int32(height))
    }

    private func setGeometry(
        _ warp: inout tc_warp, stepX: Double, stepY: Double, reduction: Double, _ sourceWidth: Int, _ sourceHeight: Int,
        _ width: Int, _ height: Int
    ) {
        // Destination (x, y) -> offset from the crop's center -> rotated -> source -> level of the pyramid.
        let cosine = cos(rotationRadians), sine = sin(rotationRadians), mirror = isFlipped ? -1.0 : 1.0
        let xx = mirror * stepX * cosine, xy = -stepY * sine, yx = mirror * stepX * sine, yy = stepY * cosine
        let middleX = Double(width - 1) / 2, middleY = Double(height - 1) / 2
        let u = centerX * Double(sourceWidth) - xx * middleX - xy * middleY
        let v = centerY * Double(sourceHeight) - yx * middleX - yy * middleY
        warp.xx = Float(xx / reduction)
        warp.xy = Float(xy / reduction)
        warp.x0 = Float(u / reduction - 0.5)
        warp.yx = Float(yx / reduction)
        warp.yy = Float(yy / reduction)
        warp.y0 = Float(v / reduction - 0.5)
    }

    private func setColor(_ warp: inout tc_warp, _ statistics: ChannelStatistics) {
        // ((value - mean) * contrast + mean) * brightness * color, then normalized
        let factor = SIMD3<Float>(color * brightness)
        let scale = factor * Float(contrast) * statistics.scale
        let offset = (statistics.mean * Float(1 - contrast) * factor - statistics.mean) / statistics.standardDeviation
        warp.scale = (scale.x, scale.y, scale.z)
        warp.offset = (offset.x, offset.y, offset.z)
    }
}

/// A source picture at some size.
struct ImageLevel {
    var pixels: UnsafePointer<UInt8>
    var width: Int
    var height: Int
}

/// Memory that `Augmentation` keeps from one picture to the next. One per thread; not `Sendable`.
public final class AugmentationScratch {
    // Two, because a picture is halved from one into the other.
    private var first = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    private var second = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    public init() {}

    deinit {
        first.deallocate()
        second.deallocate()
    }

    func halved(_ level: ImageLevel) -> ImageLevel {
        swap(&first, &second)
        let width = level.width / 2, height = level.height / 2
        if first.count < width * height * 3 {
            first.deallocate()
            first = .allocate(capacity: width * height * 3)
        }
        tc_halve(level.pixels, Int32(level.width), Int32(level.height), first.baseAddress!)
        return ImageLevel(pixels: UnsafePointer(first.baseAddress!), width: width, height: height)
    }
}
