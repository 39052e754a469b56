#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Imaging
import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A division as it is stored with a run, in JSON: for every part the photos, each with its class and the digest of its file.
///
/// Reading it back finds photos by their content, so it holds also when files were renamed or moved.
public struct PhotoSplitFile: Sendable, Codable, Equatable {
    public struct Member: Sendable, Codable, Hashable {
        public var path: String
        public var `class`: String
        /// Of the file's content.
        public var digest: ContentDigest
    }

    /// Of this format.
    public var version: Int
    public var seed: UInt64
    /// The data's fingerprint: a digest of all photos and their classes.
    public var dataFingerprint: ContentDigest
    public var train: [Member]
    public var validation: [Member]
    public var test: [Member]

    public static let currentVersion = 1

    public init(_ split: PhotoSplit, of cache: PhotoCache) {
        version = Self.currentVersion
        seed = split.seed
        dataFingerprint = cache.dataFingerprint
        let members = { (part: DataPart) in
            split.indices(part).map { index in
                let entry = cache.entries[index]
                return Member(
                    path: entry.photo.path, class: cache.classNames[entry.photo.label], digest: entry.digest)
            }
        }
        train = members(.train)
        validation = members(.validation)
        test = members(.test)
    }

    /// The part of every photo, by content.
    public var partsByDigest: [ContentDigest: DataPart] {
        var parts: [ContentDigest: DataPart] = [:]
        // The strictest last: a picture that was held out once stays held out.
        for (part, members) in [(DataPart.train, train), (.validation, validation), (.test, test)] {
            for member in members { parts[member.digest] = part }
        }
        return parts
    }

    /// Writes the file at `path`, atomically.
    ///
    /// - Throws: `FileError`.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(self), to: path)
    }

    /// Reads the file at `path`.
    ///
    /// - Throws: `FileError` when it cannot be read, ``Malformed`` when it is not what it should be.
    public init(contentsOf path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw FileError(.read, path: path, code: errno == 0 ? ENOENT : errno)
        }
        do {
            self = try JSONDecoder().decode(PhotoSplitFile.self, from: data)
        } catch {
            throw Malformed(path: path, problem: "\(error)")
        }
        guard version == Self.currentVersion else {
            throw Malformed(path: path, problem: "it is of version \(version), this program reads version \(Self.currentVersion)")
        }
    }

    /// A split file that cannot be understood.
    public struct Malformed: Error, Sendable, CustomStringConvertible {
        public var path: String
        public var problem: String
        public var description: String {
            "\(path): not a stored split: \(problem). Delete it to have the photos divided anew (held-out photos then change)."
        }
    }
}

extension PhotoCache {
    /// The photos as a division sees them, copies and near copies grouped.
    public var splitItems: [PhotoSplit.Item] {
        let groups = PhotoDuplicates(digests: entries.map(\.digest), signatures: signatures).groups
        return entries.indices.map { index in
            PhotoSplit.Item(
                digest: entries[index].digest, label: entries[index].photo.label, group: groups[index],
                part: entries[index].photo.part)
        }
    }

    /// Divides the photos (see ``PhotoSplit``).
    ///
    /// - Throws: ``PhotoSplitError``.
    public func split(
        test: PhotoSplit.Amount, validation: PhotoSplit.Amount, seed: UInt64, keeping previous: PhotoSplitFile? = nil
    ) throws(PhotoSplitError) -> PhotoSplit {
        try PhotoSplit(
            splitItems, test: test, validation: validation, seed: seed, keeping: previous?.partsByDigest ?? [:],
            classNames: classNames)
    }
}
