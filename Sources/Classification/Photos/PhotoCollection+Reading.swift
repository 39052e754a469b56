#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PhotoCollection {
    /// Reads the names of the photos of a source.
    ///
    /// - Parameters:
    ///   - source: a folder, or a CSV file of path and label.
    ///   - layout: how classes are told; found out when `nil`: a regular file is a label file; a folder with photos in two
    ///     folders or more has a folder per class; else photos named `class.rest.extension` of two classes or more; else
    ///     a folder with one CSV file in it is read by that file.
    /// - Throws: ``PhotoCollectionError``. A collection of one class, or with few photos of one, is no error here: see
    ///   ``requireTrainable(minimumPerClass:)``.
    public init(reading source: String, layout: Layout? = nil) throws(PhotoCollectionError) {
        var source = source
        while source.count > 1, source.hasSuffix("/") { source.removeLast() }
        var status = stat()
        guard !source.isEmpty, !source.utf8.contains(0), stat(source, &status) == 0 else {
            if source.isEmpty || errno == ENOENT || errno == ENOTDIR { throw .missing(source: source) }
            throw .unreadable(path: source, code: errno)
        }
        if status.st_mode & S_IFMT != S_IFDIR {
            self = try Self.read(labelFile: source, ignored: [])
            return
        }
        let listing = try FolderListing(of: source)
        switch layout ?? Self.detectLayout(listing) {
        case .folders: self = Self.byFolder(listing)
        case .names: self = Self.byName(listing)
        case .csv:
            guard listing.labelFiles.count == 1 else {
                throw .malformedLabels(
                    file: source, line: 1,
                    problem: listing.labelFiles.isEmpty
                        ? "there is no CSV file in the folder; give the path of the file itself"
                        : "there are several CSV files (\(listing.labelFiles.joined(separator: ", "))); give the path of one")
            }
            self = try Self.read(labelFile: source + "/" + listing.labelFiles[0], ignored: listing.ignored)
        }
        guard !photos.isEmpty else {
            if let example = listing.photos.first { throw .classesUnknown(source: source, example: example) }
            throw .noPhotos(source: source, ignored: ignored.count)
        }
    }

    private static func detectLayout(_ listing: FolderListing) -> Layout {
        let folders = Set(listing.photos.compactMap(topFolder))
        if folders.count > 1 { return .folders }
        let names = Set(listing.photos.compactMap(classInName))
        if names.count > 1 { return .names }
        if listing.labelFiles.count == 1 { return .csv }
        return folders.isEmpty ? .names : .folders
    }

    /// `cat/2019/tom.jpg` is of the class `cat`. Where all top folders are called train, validation or test, they are parts
    /// and the folders below them are the classes.
    private static func byFolder(_ listing: FolderListing) -> PhotoCollection {
        let folders = Set(listing.photos.compactMap(topFolder))
        let isDivided = !folders.isEmpty && folders.allSatisfy { DataPart(folderName: $0) != nil }
            && listing.photos.contains { $0.split(separator: "/").count > 2 }
        var labeled: [(path: String, label: String, part: DataPart?)] = []
        var ignored = listing.ignored
        for path in listing.photos {
            let components = path.split(separator: "/", omittingEmptySubsequences: true)
            let depth = isDivided ? 1 : 0
            guard components.count > depth + 1 else {
                ignored.append(IgnoredFile(path: path, reason: "in no class folder"))
                continue
            }
            labeled.append((path, String(components[depth]), isDivided ? DataPart(folderName: String(components[0])) : nil))
        }
        return PhotoCollection(root: listing.root, layout: .folders, labeled: labeled, ignored: ignored)
    }

    private static func byName(_ listing: FolderListing) -> PhotoCollection {
        var labeled: [(path: String, label: String, part: DataPart?)] = []
        var ignored = listing.ignored
        for path in listing.photos {
            if let label = classInName(path) {
                labeled.append((path, label, topFolder(path).flatMap(DataPart.init(folderName:))))
            } else {
                ignored.append(IgnoredFile(path: path, reason: "its name does not start with a class and a dot"))
            }
        }
        return PhotoCollection(root: listing.root, layout: .names, labeled: labeled, ignored: ignored)
    }

    private static func read(
        labelFile path: String, ignored: [IgnoredFile]
    ) throws(PhotoCollectionError) -> PhotoCollection {
        let root = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = try LabelFile(contentsOf: path)
        var missing: [PhotoCollectionError.MissingFile] = []
        var rows: [String: LabelFile.Row] = [:]
        var labeled: [(path: String, label: String, part: DataPart?)] = []
        for row in file.rows {
            let relative = normalized(row.path)
            if let earlier = rows[relative] {
                if earlier.label == row.label { continue }
                throw .contradictingLabels(
                    file: path, path: row.path, lines: [earlier.line, row.line], labels: [earlier.label, row.label])
            }
            rows[relative] = row
            var status = stat()
            let full = relative.hasPrefix("/") ? relative : root + "/" + relative
            guard !full.utf8.contains(0), stat(full, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                missing.append(.init(line: row.line, path: row.path))
                continue
            }
            labeled.append((relative, row.label, row.part))
        }
        guard missing.isEmpty else {
            throw .labelsWithoutFile(file: path, count: missing.count, first: Array(missing.prefix(5)))
        }
        guard !labeled.isEmpty else { throw .noPhotos(source: path, ignored: 0) }
        return PhotoCollection(root: root, layout: .csv, labeled: labeled, ignored: ignored)
    }

    private init(
        root: String, layout: Layout, labeled: [(path: String, label: String, part: DataPart?)], ignored: [IgnoredFile]
    ) {
        let names = Set(labeled.map(\.label)).sorted(by: bytewise)
        let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let photos = labeled.map { Photo(path: $0.path, label: indices[$0.label]!, part: $0.part) }
        self.init(
            root: root, layout: layout, classNames: names, photos: photos.sorted { bytewise($0.path, $1.path) },
            ignored: ignored.sorted { bytewise($0.path, $1.path) })
    }

    private static func topFolder(_ path: String) -> String? {
        path.firstIndex(of: "/").map { String(path[..<$0]) }
    }

    /// `cat` of `cat.17.jpg`: what stands before the first of at least two dots.
    private static func classInName(_ path: String) -> String? {
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 2 && !parts[0].isEmpty ? String(parts[0]) : nil
    }

    /// Without `./` and doubled slashes, so that one file has one path.
    private static func normalized(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}

/// The order of the names' bytes: the same on every machine, whatever its language.
func bytewise(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
}
