import Imaging
import FileStorage
import Synchronization
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Photos decoded once and squeezed to one size, in a file mapped into memory.
///
/// Get one with ``prepare(_:side:in:threads:progress:)``, which builds the file when there is none or the photos have changed.
/// The picture of a photo is `side` x `side` x 3 bytes (RGB, rows from top to bottom), made from the upright photo by the
/// same resampling as everywhere; the aspect ratio is not kept, as it is not at inference.
public final class PhotoCache: Sendable {
    /// A photo whose picture is in the cache.
    public struct Entry: Sendable, Hashable {
        public var photo: Photo
        /// Of the file's content.
        public var digest: ContentDigest
        /// Of the upright photo in the file, in pixels.
        public var width: Int
        public var height: Int
    }

    /// A photo that gave no picture and is left out.
    public struct RejectedPhoto: Sendable, Hashable, Codable {
        public var path: String
        public var label: Int
        /// A short, stable name of the problem, as `ImageError.kind` gives it.
        public var kind: String
        public var reason: String
    }

    /// 200 pixels: a little above what training uses, so that crops stay sharp.
    public static let defaultSide = 200
    public static let allowedSides = 8...2048

    /// The file.
    public let path: String
    /// Width and height of the pictures in pixels.
    public let side: Int
    public let root: String
    public let layout: PhotoCollection.Layout
    public let classNames: [String]
    public let entries: [Entry]
    public let rejected: [RejectedPhoto]
    /// Of the source's paths, labels, sizes and times of change, and of the size of the pictures.
    public let fingerprint: ContentDigest

    let signatures: [PhotoSignature]
    private let offsets: [Int]
    private let mapping: FileMapping
    /// Bytes read since the pages were last given back.
    private let bytesRead = Atomic<Int>(0)

    /// Pages of the file stay mapped until so many bytes were read; then they go back, so that a large cache does not count
    /// as memory of this process. The system keeps them cached, and reading them again costs a microsecond or two.
    private static let residentBudget = 256 << 20

    /// Opens a cache file.
    ///
    /// - Throws: ``PhotoCacheError`` when the file is damaged or of another version, `FileError` when it cannot be read.
    public init(contentsOf path: String) throws {
        mapping = try FileMapping(path: path)
        let bytes = mapping.bytes
        let header = try PhotoCacheFormat.decodeHeader(bytes, fileLength: bytes.count, path: path)
        let indexBytes = UnsafeRawBufferPointer(rebasing: bytes[header.indexOffset...])
        guard ContentDigest(indexBytes) == header.indexDigest else {
            throw PhotoCacheError.damaged(path: path, problem: "its index was altered")
        }
        guard let index = PhotoCacheFormat.decodeIndex(indexBytes, slots: header.slots) else {
            throw PhotoCacheError.damaged(path: path, problem: "its index makes no sense")
        }
        self.path = path
        side = header.side
        root = index.root
        layout = index.layout
        classNames = index.classNames
        rejected = index.rejected
        fingerprint = header.fingerprint
        entries = index.records.map { Entry(photo: $0.photo, digest: $0.digest, width: $0.width, height: $0.height) }
        signatures = index.records.map(\.signature)
        offsets = index.records.map { PhotoCacheFormat.headerLength + $0.slot * header.slotLength }
        mapping.releasePages()
    }

    /// Gives the pixels of a photo to `body`: `side` x `side` x 3 bytes, valid until it returns. Any thread may call this.
    public func withPixels<Result, Failure: Error>(
        of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let length = side * side * 3
        let pixels = UnsafeRawBufferPointer(rebasing: mapping.bytes[offsets[index]..<(offsets[index] + length)])
        let result = try body(pixels.bindMemory(to: UInt8.self))
        if bytesRead.wrappingAdd(length, ordering: .relaxed).newValue > Self.residentBudget {
            bytesRead.store(0, ordering: .relaxed)
            mapping.releasePages()
        }
        return result
    }

    /// One digest for all the photos and their classes, whatever the files are called and wherever they are: the data's
    /// fingerprint in the provenance of a model.
    public var dataFingerprint: ContentDigest {
        let lines = entries.map { "\($0.digest) \(classNames[$0.photo.label])\n" }.sorted(by: bytewise)
        return ContentDigest(Array(lines.joined().utf8))
    }

    /// Photos of each class.
    public var classCounts: [Int] {
        var counts = [Int](repeating: 0, count: classNames.count)
        for entry in entries { counts[entry.photo.label] += 1 }
        return counts
    }
}

/// A whole file, mapped for reading.
final class FileMapping: Sendable {
    // Safe to share: the pages are mapped read-only, the address never changes, and they stay mapped until the last
    // reference is gone. Files that are mapped are only ever replaced by renaming, never written to or cut short.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// - Throws: `FileError`.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.open, path: path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.open, path: path, code: EINVAL) }
        let length = Int(status.st_size)
        guard length > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
            throw FileError(.read, path: path)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: length)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    /// Takes the pages out of this process's memory; they are found again when read. Safe while others read.
    func releasePages() {
        guard let address = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: address), bytes.count, MADV_DONTNEED)
    }
}
