import CImageCodecs

/// How pixels are weighted when a picture is resized. Each filter is widened by the reduction, so that
/// every source pixel counts and nothing aliases.
public enum ResamplingFilter: String, Sendable, Hashable, Codable, CaseIterable {
    /// The mean of the covered area.
    case box
    /// Bilinear, antialiased; no ringing. The filter that training and inference use.
    case triangle
    /// Bicubic with a = -1/2: sharper, rings a little.
    case catmullRom = "catmull-rom"
    /// Three-lobed windowed sinc: sharpest, rings.
    case lanczos3

    var codecFilter: tc_filter {
        switch self {
        case .box: TC_FILTER_BOX
        case .triangle: TC_FILTER_TRIANGLE
        case .catmullRom: TC_FILTER_CATMULL_ROM
        case .lanczos3: TC_FILTER_LANCZOS3
        }
    }
}

/// Part of a picture, in pixels from its upper left corner; edges may fall between pixels.
public struct ImageRegion: Sendable, Hashable {
    public var left, top, right, bottom: Double

    public init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

/// Resizes pictures, keeping filter weights and intermediate rows from one picture to the next: no memory is
/// taken when sizes repeat. One per thread; not `Sendable`.
public final class Resampler {
    private let state: OpaquePointer

    public init() {
        guard let state = tc_resampler_create() else { fatalError("no memory for a resampler") }
        self.state = state
    }

    deinit { tc_resampler_destroy(state) }

    /// Resizes a region (nil for all) of `source` into `destination`: `height` x `width` x 3 bytes.
    /// - Precondition: sizes are positive, the region lies inside the picture, the buffers hold the pixels.
    public func resize(
        _ source: UnsafeBufferPointer<UInt8>, width sourceWidth: Int, height sourceHeight: Int,
        region: ImageRegion? = nil, filter: ResamplingFilter = .triangle,
        into destination: UnsafeMutableBufferPointer<UInt8>, width: Int, height: Int
    ) {
        precondition(source.count >= sourceWidth * sourceHeight * 3 && destination.count >= width * height * 3)
        let all = ImageRegion(left: 0, top: 0, right: Double(sourceWidth), bottom: Double(sourceHeight))
        let part = region ?? all
        let status = tc_resample(
            state, source.baseAddress, UInt32(sourceWidth), UInt32(sourceHeight), part.left, part.top, part.right,
            part.bottom, filter.codecFilter, destination.baseAddress, UInt32(width), UInt32(height))
        precondition(status != TC_INVALID_ARGUMENT, "region \(part) of \(sourceWidth) x \(sourceHeight) to \(width) x \(height)")
        guard status == TC_OK else { fatalError("no memory to resize \(sourceWidth) x \(sourceHeight) pixels") }
    }

    /// Resizes a region (nil for all) of a picture. The aspect ratio is what `width` and `height` make it.
    public func resize(
        _ image: RGBImage, region: ImageRegion? = nil, toWidth width: Int, height: Int,
        filter: ResamplingFilter = .triangle
    ) -> RGBImage {
        RGBImage(width: width, height: height) { destination in
            image.pixels.withUnsafeBufferPointer { source in
                resize(
                    source, width: image.width, height: image.height, region: region, filter: filter,
                    into: destination, width: width, height: height)
            }
        }
    }
}

extension RGBImage {
    /// This picture at another size; for many pictures in a row keep a `Resampler`.
    public func resized(toWidth width: Int, height: Int, filter: ResamplingFilter = .triangle) -> RGBImage {
        Resampler().resize(self, toWidth: width, height: height, filter: filter)
    }
}
