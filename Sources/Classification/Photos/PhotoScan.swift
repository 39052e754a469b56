import Imaging

/// What a look at every photo of a collection found: how many of what, and everything that is wrong with them.
///
/// As JSON (`--json`) its keys are the names of these properties; new ones may come, none changes its meaning while `version`
/// stays the same. Paths are relative to `root`.
public struct PhotoScan: Sendable, Codable, Equatable {
    /// Of this format.
    public var version = 1
    public var root: String
    public var layout: PhotoCollection.Layout
    /// Files taken for photos.
    public var photoCount: Int
    /// Those that could be decoded.
    public var readableCount: Int
    public var classes: [ClassSummary]
    /// Of all photo files together.
    public var totalBytes: Int
    /// Of one photo file, in bytes; of readable photos, as the following ones.
    public var fileBytes: Distribution?
    /// Of the upright photo, in pixels.
    public var widths: Distribution?
    public var heights: Distribution?
    /// The most frequent sizes in pixels, at most ten.
    public var commonSizes: [SizeCount]
    /// How many sizes there are.
    public var sizeCount: Int
    /// Photos of each format by content, most frequent first.
    public var formats: [FormatCount]
    /// Damaged and unreadable files.
    public var corrupt: [Problem]
    /// Intact files in a format that is not read, such as GIF or WebP.
    public var unsupported: [Problem]
    /// Photos whose name says one format and whose content is another; they are used all the same.
    public var misnamed: [Misnamed]
    /// Photos that were decoded with a complaint of the decoder.
    public var warnings: [Problem]
    /// Photos with a side below 32 pixels.
    public var tiny: [SizedPhoto]
    /// Files with the same bytes.
    public var exactDuplicates: [DuplicateGroup]
    /// Files that show the same picture in other bytes: another size, quality or brightness, or mirrored. Of files with the
    /// same bytes only the first is listed.
    public var nearDuplicates: [DuplicateGroup]
    /// Files in the source that were not taken for photos.
    public var ignored: [PhotoCollection.IgnoredFile]
    /// Time the scan took.
    public var seconds: Double

    public struct ClassSummary: Sendable, Codable, Hashable {
        public var name: String
        public var photos: Int
        public var readable: Int
        /// Of its files together.
        public var bytes: Int
    }

    /// How numbers are spread: quantiles, and the mean.
    public struct Distribution: Sendable, Codable, Hashable {
        public var minimum: Int
        public var fifthPercentile: Int
        public var median: Int
        public var ninetyFifthPercentile: Int
        public var maximum: Int
        public var mean: Double

        /// `nil` for no values.
        public init?(_ values: some Sequence<Int>) {
            let sorted = values.sorted()
            guard !sorted.isEmpty else { return nil }
            let at = { (share: Double) in sorted[Int((share * Double(sorted.count - 1)).rounded())] }
            (minimum, fifthPercentile, median) = (sorted[0], at(0.05), at(0.5))
            (ninetyFifthPercentile, maximum) = (at(0.95), sorted[sorted.count - 1])
            mean = sorted.reduce(0) { $0 + Double($1) } / Double(sorted.count)
        }
    }

    public struct SizeCount: Sendable, Codable, Hashable {
        public var width: Int
        public var height: Int
        public var photos: Int
    }

    public struct FormatCount: Sendable, Codable, Hashable {
        public var format: ImageFormat
        public var photos: Int
    }

    public struct Problem: Sendable, Codable, Hashable {
        public var path: String
        public var className: String
        /// A short, stable name of the problem, as `ImageError.kind` gives it; `warning` for warnings.
        public var kind: String
        public var reason: String
    }

    public struct Misnamed: Sendable, Codable, Hashable {
        public var path: String
        public var className: String
        /// After the last dot of the file's name.
        public var fileExtension: String
        public var format: ImageFormat
    }

    public struct SizedPhoto: Sendable, Codable, Hashable {
        public var path: String
        public var className: String
        public var width: Int
        public var height: Int
    }

    public struct DuplicateGroup: Sendable, Codable, Hashable {
        public struct Member: Sendable, Codable, Hashable {
            public var path: String
            public var className: String
            public var part: DataPart?
        }

        public let photos: [Member]
        /// Whether the same picture is in two classes: one of the labels is wrong.
        public let isLabelConflict: Bool
        /// Whether the same picture is in two parts of the data, so that what is measured may have been learned by heart.
        public let crossesParts: Bool

        public init(photos: [Member]) {
            self.photos = photos
            isLabelConflict = Set(photos.map(\.className)).count > 1
            crossesParts = Set(photos.compactMap(\.part)).count > 1
        }
    }

    /// Groups of copies and near copies with different labels.
    public var labelConflicts: [DuplicateGroup] { (exactDuplicates + nearDuplicates).filter(\.isLabelConflict) }
    /// Groups of copies and near copies on both sides of a division into training, validation and test.
    public var leaks: [DuplicateGroup] { (exactDuplicates + nearDuplicates).filter(\.crossesParts) }
    /// Photos more than there are pictures, counting files with the same bytes.
    public var redundantCopies: Int { exactDuplicates.reduce(0) { $0 + $1.photos.count - 1 } }

    /// Whether nothing at all is to be reported.
    public var isClean: Bool {
        corrupt.isEmpty && unsupported.isEmpty && misnamed.isEmpty && warnings.isEmpty && tiny.isEmpty
            && exactDuplicates.isEmpty && nearDuplicates.isEmpty
    }
}
