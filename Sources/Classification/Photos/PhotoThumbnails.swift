import Imaging
import Reporting

/// Small pictures of photos for a page, made when asked for.
public struct PhotoThumbnails: Sendable {
    public let collection: PhotoCollection
    /// Of the longer side, in pixels.
    public let side: Int

    public init(collection: PhotoCollection, side: Int = 160) {
        self.collection = collection
        self.side = side
    }

    /// The photo at a path of the collection, its aspect ratio kept; `nil` when it cannot be decoded.
    public func image(of path: String) -> EmbeddedImage? {
        let decoder = ImageDecoder(options: DecodingOptions(minimumSide: side))
        let file = collection.filePath(of: Photo(path: path, label: 0))
        guard let image = try? decoder.decode(contentsOf: file).image else { return nil }
        return Self.embedded(image, side: side)
    }

    /// A picture made small enough, as a JPEG file in the page.
    public static func embedded(_ image: RGBImage, side: Int = 160) -> EmbeddedImage? {
        let scale = min(1, Double(side) / Double(max(image.width, image.height)))
        let width = max(1, Int((Double(image.width) * scale).rounded()))
        let height = max(1, Int((Double(image.height) * scale).rounded()))
        let small = scale < 1 ? image.resized(toWidth: width, height: height) : image
        return (try? ImageEncoder.jpeg(small, quality: 80)).flatMap { EmbeddedImage($0) }
    }
}
