import CImageCodecs

/// From a decoded picture to a network's input. Training and inference share this one; it is stored with the
/// model.
public struct Preprocessing: Sendable, Hashable, Codable {
    public enum ResizeMode: String, Sendable, Hashable, Codable, CaseIterable {
        /// The whole picture, whatever its aspect ratio becomes.
        case squash
        /// The largest centered part with the input's aspect ratio.
        case centerCrop = "center-crop"
    }

    /// Of the network's input, in pixels.
    public var height: Int
    public var width: Int
    public var resizeMode: ResizeMode
    public var filter: ResamplingFilter
    public var statistics: ChannelStatistics

    public init(
        height: Int, width: Int, resizeMode: ResizeMode = .squash, filter: ResamplingFilter = .triangle,
        statistics: ChannelStatistics = .imageNet
    ) {
        precondition(height > 0 && width > 0, "an input of \(height) x \(width) pixels")
        self.height = height
        self.width = width
        self.resizeMode = resizeMode
        self.filter = filter
        self.statistics = statistics
    }

    /// Floats of one input: height x width x 3.
    public var elementCount: Int { height * width * 3 }

    /// What `DecodingOptions.minimumSide` should be for this input: scaled decoding then leaves at least two
    /// source pixels per input pixel, and the difference to full decoding cannot be seen.
    public var minimumDecodedSide: Int { 2 * max(height, width) }

    /// Writes the normalized picture, height x width x 3 (NHWC with N = 1), without taking memory once the scratch
    /// has seen pictures of this size.
    /// - Precondition: `destination` holds `elementCount` floats.
    public func fill(
        _ image: RGBImage, into destination: UnsafeMutableBufferPointer<Float>, scratch: PreprocessingScratch
    ) {
        image.pixels.withUnsafeBufferPointer {
            fill($0, width: image.width, height: image.height, into: destination, scratch: scratch)
        }
    }

    /// The same for pixels in memory that is not an `RGBImage`: `sourceHeight` x `sourceWidth` x 3 bytes.
    public func fill(
        _ source: UnsafeBufferPointer<UInt8>, width sourceWidth: Int, height sourceHeight: Int,
        into destination: UnsafeMutableBufferPointer<Float>, scratch: PreprocessingScratch
    ) {
        precondition(destination.count >= elementCount, "\(destination.count) floats for \(elementCount)")
        let resized = scratch.pixels(count: elementCount)
        scratch.resampler.resize(
            source, width: sourceWidth, height: sourceHeight,
            region: region(width: sourceWidth, height: sourceHeight), filter: filter, into: resized, width: width,
            height: height)
        normalize(UnsafeBufferPointer(resized), into: destination)
    }

    /// Normalizes pixels that already have the input's size.
    public func normalize(_ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<Float>) {
        precondition(source.count >= elementCount && destination.count >= elementCount)
        let scale = statistics.scale, offset = statistics.offset
        withUnsafeBytes(of: scale) { scale in
            withUnsafeBytes(of: offset) { offset in
                tc_normalize(
                    source.baseAddress, height * width, scale.assumingMemoryBound(to: Float.self).baseAddress,
                    offset.assumingMemoryBound(to: Float.self).baseAddress, destination.baseAddress)
            }
        }
    }

    /// The part of a picture that becomes the input, in pixels.
    public func region(width sourceWidth: Int, height sourceHeight: Int) -> ImageRegion {
        let w = Double(sourceWidth), h = Double(sourceHeight)
        switch resizeMode {
        case .squash:
            return ImageRegion(left: 0, top: 0, right: w, bottom: h)
        case .centerCrop:
            let scale = min(w / Double(width), h / Double(height))
            let left = max((w - scale * Double(width)) / 2, 0), top = max((h - scale * Double(height)) / 2, 0)
            return ImageRegion(left: left, top: top, right: w - left, bottom: h - top)
        }
    }
}

/// Memory that `Preprocessing` keeps from one picture to the next. One per thread; not `Sendable`.
public final class PreprocessingScratch {
    let resampler = Resampler()
    private var storage = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    public init() {}

    deinit { storage.deallocate() }

    func pixels(count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if storage.count < count {
            storage.deallocate()
            storage = .allocate(capacity: count)
        }
        return UnsafeMutableBufferPointer(rebasing: storage[0..<count])
    }
}
