import Imaging
import FileStorage
import Parallelism
import Synchronization
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes a cache file: decodes every photo, on several threads, straight into its place.
struct PhotoCacheBuilder {
    let collection: PhotoCollection
    let side: Int
    let fingerprint: ContentDigest
    /// Where the file appears when it is whole.
    let path: String
    var threads = WorkerThreads.defaultCount
    var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

    private enum Outcome: Sendable {
        case record(PhotoCacheFormat.Record)
        case rejected(PhotoCache.RejectedPhoto)
    }

    init(collection: PhotoCollection, side: Int, fingerprint: ContentDigest, path: String) {
        self.collection = collection
        self.side = side
        self.fingerprint = fingerprint
        self.path = path
    }

    /// - Throws: ``PhotoCacheError/notEnoughSpace(folder:needed:available:)``, `FileError`, or
    ///   ``PhotoCollectionError/allCorrupt(count:first:)``; nothing is left behind then.
    func build() throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        // Paths and reasons vary; 1.5 kB for a photo's part of the index is more than they take.
        let needed = PhotoCacheFormat.headerLength + collection.photos.count * (side * side * 3 + 1536) + (1 << 16)
        try Self.requireSpace(needed, in: folder)
        let file = try TemporaryCacheFile(for: path)
        do {
            try file.reserve(needed)
            try fill(file)
            try file.moveIntoPlace()
        } catch {
            file.discard()
            // The space may have been taken by others between the check and the writing.
            if let error = error as? FileError, error.code == ENOSPC || error.code == EDQUOT {
                throw PhotoCacheError.notEnoughSpace(folder: folder, needed: needed, available: Self.freeBytes(in: folder) ?? 0)
            }
            throw error
        }
    }

    private func fill(_ file: TemporaryCacheFile) throws {
        let outcomes = try decodeAll(into: file)
        var records: [PhotoCacheFormat.Record] = []
        var rejected: [PhotoCache.RejectedPhoto] = []
        for outcome in outcomes {
            switch outcome {
            case .record(let record): records.append(record)
            case .rejected(let photo): rejected.append(photo)
            }
        }
        guard !records.isEmpty else {
            throw PhotoCollectionError.allCorrupt(
                count: rejected.count, first: rejected.prefix(5).map { .init(path: $0.path, reason: $0.reason) })
        }
        let index = PhotoCacheFormat.encode(
            .init(
                root: collection.root, layout: collection.layout, classNames: collection.classNames, rejected: rejected,
                records: records))
        let header = PhotoCacheFormat.Header(
            side: side, slots: collection.photos.count, indexLength: index.count, fingerprint: fingerprint,
            indexDigest: ContentDigest(index))
        try index.withUnsafeBytes { try file.write($0, at: header.indexOffset) }
        try PhotoCacheFormat.encode(header).withUnsafeBytes { try file.write($0, at: 0) }
        try file.truncate(to: header.fileLength)
    }

    private func decodeAll(into file: TemporaryCacheFile) throws -> [Outcome] {
        let (collection, side, progress) = (collection, side, progress)
        let counter = ProgressCounter(total: collection.photos.count)
        return try WorkerThreads.map(collection.photos.count, threads: threads) {
            let decoder = ImageDecoder(options: DecodingOptions(minimumSide: side))
            let resampler = Resampler()
            let slot = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: side * side * 3)
            let scratch = Scratch(slot)
            return { index in
                let photo = collection.photos[index]
                defer { counter.advance(progress) }
                let content: PhotoFile
                do throws(PhotoFile.Failure) {
                    content = try PhotoFile.read(collection.filePath(of: photo), decoder: decoder)
                } catch {
                    return .rejected(
                        .init(
                            path: photo.path, label: photo.label, kind: error.error.kind,
                            reason: error.error.reasonWithoutPath))
                }
                let image = content.decoded.image
                let buffer = scratch.buffer
                image.pixels.withUnsafeBufferPointer { pixels in
                    if image.width == side, image.height == side {
                        _ = buffer.update(fromContentsOf: pixels)
                    } else {
                        resampler.resize(
                            pixels, width: image.width, height: image.height, into: buffer, width: side, height: side)
                    }
                }
                let offset = PhotoCacheFormat.headerLength + index * buffer.count
                try file.write(UnsafeRawBufferPointer(buffer), at: offset)
                return .record(
                    .init(
                        slot: index, photo: photo, width: content.decoded.properties.width,
                        height: content.decoded.properties.height, digest: content.digest,
                        signature: PhotoSignature(of: image, using: resampler)))
            }
        }
    }

    /// The pixels of one photo, freed with the thread's worker.
    private final class Scratch {
        let buffer: UnsafeMutableBufferPointer<UInt8>
        init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }
        deinit { buffer.deallocate() }
    }

    /// Bytes that this user may still write to the folder's disk; `nil` when the system does not say.
    static func freeBytes(in folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    static func requireSpace(_ needed: Int, in folder: String) throws(PhotoCacheError) {
        if let available = freeBytes(in: folder), available < needed {
            throw .notEnoughSpace(folder: folder, needed: needed, available: available)
        }
    }
}

/// Counts what several threads have done.
final class ProgressCounter: Sendable {
    private let done = Atomic<Int>(0)
    private let total: Int

    init(total: Int) { self.total = total }

    func advance(_ report: (@Sendable (Int, Int) -> Void)?) {
        let count = done.wrappingAdd(1, ordering: .relaxed).newValue
        report?(count, total)
    }
}
