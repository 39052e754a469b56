import ComputeGraph
import Imaging
import Training

/// Photos of none of the classes, decoded once and kept as they will be seen, to fit and to measure the rule
/// for *neither*.
public struct OtherPhotos: SampleSource {
    /// Which half of a folder: rules are chosen on one and reported on the other. A photo's half follows from
    /// its file name alone.
    public enum Half: Sendable {
        case fitting, reporting
    }

    public let paths: [String]
    private let images: [RGBImage]
    private let statistics: ChannelStatistics

    /// - Parameters:
    ///   - folder: photos at any depth; files that cannot be decoded are left out.
    ///   - half: nil takes all.
    ///   - side: to which photos are squashed while they wait.
    /// - Throws: `PhotoCollectionError` when the folder cannot be read, `ImageError` of the first photo when none can be decoded.
    public init(_ folder: String, half: Half? = nil, side: Int = PhotoCache.defaultSide, statistics: ChannelStatistics = .imageNet) throws {
        let names = try FolderListing(of: folder).photos.filter { half == nil || Self.half(of: $0) == half }
        let decoder = ImageDecoder()
        var paths: [String] = []
        var images: [RGBImage] = []
        var failure: (any Error)?
        for name in names {
            do {
                images.append(try decoder.decode(contentsOf: folder + "/" + name).image.resized(toWidth: side, height: side))
                paths.append(folder + "/" + name)
            } catch {
                failure = failure ?? error
            }
        }
        if images.isEmpty, let failure { throw failure }
        self.paths = paths
        self.images = images
        self.statistics = statistics
    }

    /// - Throws: `PhotoCollectionError` when the folder cannot be read or holds no photos.
    static func requirePhotos(in folder: String) throws(PhotoCollectionError) {
        let listing = try FolderListing(of: folder)
        guard !listing.photos.isEmpty else { throw .noPhotos(source: folder, ignored: listing.ignored.count) }
    }

    /// By the parity of a hash of the name (FNV-1a).
    static func half(of path: String) -> Half {
        let name = path.split(separator: "/").last ?? ""
        let hash = name.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return (hash >> 32) & 1 == 0 ? .fitting : .reporting
    }

    public var count: Int { images.count }

    /// No class.
    public func label(of index: Int) -> Int32 { -1 }

    public func write(sample index: Int, epoch: Int?, shape: Shape, into destination: UnsafeMutableBufferPointer<Float>) {
        Preprocessing(height: shape[0], width: shape[1], statistics: statistics)
            .fill(images[index], into: destination, scratch: PreprocessingScratch())
    }
}
