#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Imaging
import FileStorage
import Parallelism
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PhotoCache {
    /// What ``prepare(_:side:in:threads:progress:)`` did.
    public enum Preparation: Sendable, Hashable {
        /// The file was there, and fits the photos.
        case reused
        /// It was built, because of this.
        case built(reason: String)
    }

    /// The folder for caches unless another is chosen: `$XDG_CACHE_HOME/tandem`, or `~/.cache/tandem`.
    public static var defaultFolder: String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/tandem" }
        return (environment["HOME"] ?? "/tmp") + "/.cache/tandem"
    }

    /// The cache of a collection: as it is when it fits the photos, built anew when there is none, when photos were added,
    /// removed, changed or relabeled, or when the file is damaged.
    ///
    /// A file being built becomes visible only when it is whole and on the disk; when anything fails, the disk is as before.
    /// Several processes may prepare the same cache at once: one builds, the others wait and use it.
    ///
    /// - Parameters:
    ///   - side: width and height of the pictures in pixels.
    ///   - folder: where the file goes; made when it is not there.
    ///   - progress: called with photos done and photos in all, from several threads.
    /// - Throws: ``PhotoCacheError``, `FileError`, ``PhotoCollectionError/allCorrupt(count:first:)``.
    public static func prepare(
        _ collection: PhotoCollection, side: Int = defaultSide, in folder: String = defaultFolder,
        threads: Int? = nil, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> (cache: PhotoCache, preparation: Preparation) {
        guard allowedSides.contains(side) else { throw PhotoCacheError.unusableSide(side, allowed: allowedSides) }
        let path = folder + "/" + fileName(of: collection, side: side)
        let fingerprint = fingerprint(of: collection, side: side)
        if let cache = try? PhotoCache(contentsOf: path), cache.fingerprint == fingerprint { return (cache, .reused) }

        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
        }
        // Held while building; another process waits here. It goes with the process, however that ends.
        let lock = try BuildLock(path: path + ".lock")
        defer { lock.release() }
        let reason: String
        do {
            let cache = try PhotoCache(contentsOf: path)
            if cache.fingerprint == fingerprint { return (cache, .reused) }
            reason = "the photos have changed"
        } catch let error as FileError where error.isMissing {
            reason = "there was none"
        } catch let error as PhotoCacheError {
            reason = error.description
        }
        AtomicFile.removeLeftovers(in: folder)
        var builder = PhotoCacheBuilder(collection: collection, side: side, fingerprint: fingerprint, path: path)
        builder.threads = threads ?? WorkerThreads.defaultCount
        builder.progress = progress
        try builder.build()
        return (try PhotoCache(contentsOf: path), .built(reason: reason))
    }

    /// Named after the folder, with a digest of its whole path and the size, so that sources do not meet.
    static func fileName(of collection: PhotoCollection, side: Int) -> String {
        let whole = realpath(collection.root, nil).map { path in
            defer { free(path) }
            return String(cString: path)
        } ?? collection.root
        let name = whole.split(separator: "/").last.map(String.init) ?? "photos"
        let harmless = String(String.UnicodeScalarView(name.unicodeScalars.prefix(40).map { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_".unicodeScalars.contains(scalar) ? scalar : "-"
        }))
        // The layout is part of the name: a folder and a label file in it are two sources.
        let digest = ContentDigest(Array("\(whole)\n\(collection.layout.rawValue)".utf8)).description.prefix(12)
        return "\(harmless)-\(digest)-\(side)px.photos"
    }

    /// Changes whenever a photo is added, removed, renamed, relabeled, or written to.
    static func fingerprint(of collection: PhotoCollection, side: Int) -> ContentDigest {
        var writer = ByteWriter()
        writer.write(UInt32(PhotoCacheFormat.version))
        writer.write(UInt32(side))
        writer.write(collection.layout.rawValue)
        for name in collection.classNames { writer.write(name) }
        for photo in collection.photos {
            writer.write(photo.path)
            writer.write(UInt32(photo.label))
            writer.write(photo.part?.rawValue ?? "")
            var status = stat()
            // A file that has gone is a change as well.
            if stat(collection.filePath(of: photo), &status) != 0 { status = stat() }
            writer.write(Int64(status.st_size))
            writer.write(Int64(status.st_mtim.tv_sec))
            writer.write(Int64(status.st_mtim.tv_nsec))
        }
        return ContentDigest(writer.bytes)
    }
}

/// The exclusive right to build one cache, held through a lock file that stays behind, empty.
private struct BuildLock {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(.create, path: path) }
        // On a file system without locks two processes may both build; each still puts a whole file in place.
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    func release() {
        // A child that is just being started shares the open file until it has become another program, and would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

