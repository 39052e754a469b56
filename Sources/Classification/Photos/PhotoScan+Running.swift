import Imaging
import Parallelism

extension PhotoScan {
    /// Photos with a side below this many pixels are reported as tiny.
    public static let tinySide = 32

    /// What one file gave.
    private enum Finding: Sendable {
        case photo(Readable)
        case failure(byteCount: Int, format: ImageFormat?, kind: String, reason: String)
    }

    private struct Readable: Sendable {
        var byteCount: Int
        var digest: ContentDigest
        var properties: ImageProperties
        var warning: String?
        var signature: PhotoSignature
    }

    /// Decodes every photo of a collection, on threads of its own, and gathers what there is to say. Blocks until done.
    ///
    /// - Parameters:
    ///   - threads: one per processor when `nil`.
    ///   - progress: called with photos done and photos in all, from several threads.
    public init(
        of collection: PhotoCollection, threads: Int? = nil,
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) {
        let start = ContinuousClock.now
        let counter = ProgressCounter(total: collection.photos.count)
        // No worker throws: what goes wrong with a file is a finding.
        let findings: [Finding] = (try? WorkerThreads.map(collection.photos.count, threads: threads ?? WorkerThreads.defaultCount) { () -> (Int) throws -> Finding in
            // Scaled decoding reads the whole file, so it finds the same damage in a fraction of the time.
            let decoder = ImageDecoder(options: DecodingOptions(minimumSide: PhotoCache.defaultSide))
            let resampler = Resampler()
            return { (index: Int) -> Finding in
                defer { counter.advance(progress) }
                return Self.look(at: collection.filePath(of: collection.photos[index]), decoder, resampler)
            }
        }) ?? []
        self.init(collection, findings)
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }

    private static func look(at path: String, _ decoder: ImageDecoder, _ resampler: Resampler) -> Finding {
        do throws(PhotoFile.Failure) {
            let file = try PhotoFile.read(path, decoder: decoder)
            let decoded = file.decoded
            return .photo(
                Readable(
                    byteCount: file.byteCount, digest: file.digest, properties: decoded.properties,
                    warning: decoded.firstWarning.map { text in
                        decoded.warningCount > 1 ? "\(text) (\(decoded.warningCount) warnings in all)" : text
                    },
                    signature: PhotoSignature(of: decoded.image, using: resampler)))
        } catch {
            return .failure(
                byteCount: error.byteCount, format: error.format, kind: error.error.kind,
                reason: error.error.reasonWithoutPath)
        }
    }

    private init(_ collection: PhotoCollection, _ findings: [Finding]) {
        root = collection.root
        layout = collection.layout
        photoCount = collection.photos.count
        ignored = collection.ignored
        classes = collection.classNames.map { ClassSummary(name: $0, photos: 0, readable: 0, bytes: 0) }
        (corrupt, unsupported, misnamed, warnings, tiny) = ([], [], [], [], [])
        (exactDuplicates, nearDuplicates, commonSizes, formats) = ([], [], [], [])
        (totalBytes, readableCount, sizeCount, seconds) = (0, 0, 0, 0)

        var readable: [(photo: Photo, finding: Readable)] = []
        var formatCounts: [ImageFormat: Int] = [:]
        for (photo, finding) in zip(collection.photos, findings) {
            let className = collection.classNames[photo.label]
            var bytes = 0
            var format: ImageFormat?
            switch finding {
            case .photo(let found):
                (bytes, format) = (found.byteCount, found.properties.format)
                readable.append((photo, found))
                classes[photo.label].readable += 1
                note(photo, found, className)
            case .failure(let count, let found, let kind, let reason):
                (bytes, format) = (count, found)
                let problem = Problem(path: photo.path, className: className, kind: kind, reason: reason)
                if found.map(Self.isForeignPicture) == true { unsupported.append(problem) } else { corrupt.append(problem) }
            }
            classes[photo.label].photos += 1
            classes[photo.label].bytes += bytes
            totalBytes += bytes
            if let format { formatCounts[format, default: 0] += 1 }
        }
        readableCount = readable.count
        formats = formatCounts.map { FormatCount(format: $0.key, photos: $0.value) }
            .sorted { ($1.photos, $0.format.rawValue) < ($0.photos, $1.format.rawValue) }
        summarizeSizes(readable.map(\.finding))
        findDuplicates(readable, collection.classNames)
    }

    /// A picture, whole as far as can be told, in a format that is not read.
    private static func isForeignPicture(_ format: ImageFormat) -> Bool {
        switch format {
        case .gif, .webP, .heic, .avif, .jpegXL, .jpeg2000, .bmp, .tiff, .ico, .photoshop, .svg: true
        default: false
        }
    }

    private mutating func note(_ photo: Photo, _ found: Readable, _ className: String) {
        let name = photo.path.split(separator: "/").last ?? ""
        let dot = name.lastIndex(of: ".")
        let fileExtension = dot.map { name[name.index(after: $0)...].lowercased() } ?? ""
        let fits = found.properties.format == .png ? fileExtension == "png" : ["jpg", "jpeg", "jpe", "jfif"].contains(fileExtension)
        if FolderListing.pictureExtensions.contains(fileExtension), !fits {
            misnamed.append(
                Misnamed(
                    path: photo.path, className: className, fileExtension: fileExtension, format: found.properties.format))
        }
        if let warning = found.warning {
            warnings.append(Problem(path: photo.path, className: className, kind: "warning", reason: warning))
        }
        let (width, height) = (found.properties.width, found.properties.height)
        if min(width, height) < Self.tinySide {
            tiny.append(SizedPhoto(path: photo.path, className: className, width: width, height: height))
        }
    }

    private mutating func summarizeSizes(_ photos: [Readable]) {
        fileBytes = Distribution(photos.map(\.byteCount))
        widths = Distribution(photos.map(\.properties.width))
        heights = Distribution(photos.map(\.properties.height))
        var counts: [[Int]: Int] = [:]
        for photo in photos { counts[[photo.properties.width, photo.properties.height], default: 0] += 1 }
        sizeCount = counts.count
        commonSizes = counts.map { SizeCount(width: $0.key[0], height: $0.key[1], photos: $0.value) }
            .sorted { ($1.photos, $0.width, $0.height) < ($0.photos, $1.width, $1.height) }.prefix(10).map { $0 }
    }

    private mutating func findDuplicates(_ photos: [(photo: Photo, finding: Readable)], _ classNames: [String]) {
        let duplicates = PhotoDuplicates(
            digests: photos.map(\.finding.digest), signatures: photos.map(\.finding.signature))
        let groups = { (indices: [[Int]]) in
            indices.map { members in
                DuplicateGroup(
                    photos: members.map { index in
                        let photo = photos[index].photo
                        return .init(path: photo.path, className: classNames[photo.label], part: photo.part)
                    })
            }
        }
        exactDuplicates = groups(duplicates.exact)
        nearDuplicates = groups(duplicates.near)
    }
}
