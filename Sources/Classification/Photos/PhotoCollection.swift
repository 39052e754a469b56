/// The labeled photos of a source: which files, which class each.
///
/// Three layouts are understood, and told apart by themselves (see ``Layout``). Photos come in the order of their paths,
/// byte by byte, and classes in the order of their names, so that the same files give the same collection on every machine.
/// Reading a collection looks at names only; ``PhotoScan`` and ``PhotoCache`` open the files.
public struct PhotoCollection: Sendable, Hashable {
    /// How a source says which class a photo belongs to.
    public enum Layout: String, Sendable, Hashable, Codable, CaseIterable {
        /// A folder per class: `cat/tom.jpg`, `dog/2019/rex.png`; also below `train`, `validation` and `test` folders.
        case folders
        /// The class is the part of the file's name before the first dot: `cat.17.jpg`.
        case names
        /// A CSV file of path and label (see ``LabelFile``).
        case csv
    }

    /// A file in the source that is not taken for a photo.
    public struct IgnoredFile: Sendable, Hashable, Codable {
        public var path: String
        public var reason: String
    }

    /// The folder that relative paths start from.
    public let root: String
    public let layout: Layout
    public let classNames: [String]
    public let photos: [Photo]
    /// Files passed over: other kinds of files, names that are not UTF-8, photos outside any class folder.
    public let ignored: [IgnoredFile]

    /// Fewer photos than this in a class are refused unless told otherwise: nothing can be learned from them and nothing
    /// measured.
    public static let defaultMinimumPerClass = 10

    package init(root: String, layout: Layout, classNames: [String], photos: [Photo], ignored: [IgnoredFile] = []) {
        self.root = root
        self.layout = layout
        self.classNames = classNames
        self.photos = photos
        self.ignored = ignored
    }

    /// Where the file of a photo is.
    public func filePath(of photo: Photo) -> String {
        photo.path.hasPrefix("/") ? photo.path : root + "/" + photo.path
    }

    /// Number of photos of each class.
    public var classCounts: [Int] {
        var counts = [Int](repeating: 0, count: classNames.count)
        for photo in photos { counts[photo.label] += 1 }
        return counts
    }

    /// Whether the source itself divides its photos into training, validation and test.
    public var hasParts: Bool { photos.contains { $0.part != nil } }

    /// Checks that there is something to learn: two classes or more, each with enough photos.
    ///
    /// - Throws: ``PhotoCollectionError``.
    public func requireTrainable(
        minimumPerClass: Int = PhotoCollection.defaultMinimumPerClass
    ) throws(PhotoCollectionError) {
        guard !photos.isEmpty else { throw .noPhotos(source: root, ignored: ignored.count) }
        guard classNames.count > 1 else { throw .oneClassOnly(source: root, className: classNames[0], photos: photos.count) }
        let counts = classCounts
        let small = counts.indices.filter { counts[$0] < minimumPerClass }.map { (name: classNames[$0], photos: counts[$0]) }
        if !small.isEmpty { throw .classTooSmall(classes: small.map { .init(name: $0.name, photos: $0.photos) }, minimum: minimumPerClass) }
    }

    /// The collection with only the photos for which `isKept` holds; class names stay.
    public func filtered(_ isKept: (Photo) throws -> Bool) rethrows -> PhotoCollection {
        PhotoCollection(
            root: root, layout: layout, classNames: classNames, photos: try photos.filter(isKept), ignored: ignored)
    }
}
