import Foundation
import Imaging
import FileStorage

/// The old photos that corrections are mixed with.
struct RetrainingPhotos {
    struct Row: Sendable, Hashable {
        var path: String
        var label: String
        var part: DataPart
    }

    var store: PhotoModelStore
    /// The model to be retrained.
    var model: PhotoModel

    /// Old photos in the parts they were in when the model was trained, from their folder or the store's sample.
    ///
    /// - Parameters:
    ///   - source: folder or CSV of the photos the model was trained on; nil for the store's sample.
    ///   - count: photos to train on, at most; those held out and for validation come in proportion.
    ///   - corrected: photos that have a corrected label now, which counts.
    /// - Throws: ``NoOldPhotos`` when there is neither, errors of the photos and the cache.
    func old(
        from source: String?, atMost count: Int, without corrected: Set<ContentDigest>, cacheFolder: String, seed: UInt64,
        report: @escaping @Sendable (PhotoTraining.Event) -> Void
    ) throws -> [Row] {
        guard let source else {
            guard StoredSample(store.sampleFolder).exists else { throw NoOldPhotos(store: store.path) }
            let collection = try PhotoCollection(reading: store.sampleFolder)
            // Pictures are named by the digest of the photo they were made from.
            let photos = collection.photos.filter { photo in
                let name = photo.path.split(separator: "/").last?.prefix { $0 != "." } ?? ""
                return ContentDigest(String(name)).map { !corrected.contains($0) } ?? true
            }
            let rows = photos.map {
                Row(path: collection.filePath(of: $0), label: CorrectionFolder.label(folder: collection.classNames[$0.label]), part: $0.part ?? .train)
            }
            // In the order of digests, which means nothing.
            return Self.limit(rows, to: count)
        }
        let collection = try PhotoCollection(reading: source)
        let (cache, _) = try PhotoCache.prepare(collection, in: cacheFolder) { report(.caching(done: $0, total: $1)) }
        let splitPath = store.path + "/split.json"
        let origin = model.provenance
        let parts: [ContentDigest: DataPart]
        if FileManager.default.fileExists(atPath: splitPath) {
            let stored = try PhotoSplitFile(contentsOf: splitPath)
            let split = try cache.split(test: .fraction(0.1), validation: .fraction(0.05), seed: stored.seed, keeping: stored)
            parts = PhotoSplitFile(split, of: cache).partsByDigest
        } else {
            if origin.dataFingerprint != cache.dataFingerprint.description {
                report(.note("\(source) is not exactly what the promoted model was trained on: some photos held out now may have been in its training, which favors the old model"))
            }
            let split = try cache.split(
                test: .count(origin.testPhotos), validation: .count(origin.validationPhotos), seed: origin.seed)
            parts = PhotoSplitFile(split, of: cache).partsByDigest
        }
        var rows: [Row] = []
        for part in DataPart.allCases {
            let indices = cache.entries.indices.filter {
                let digest = cache.entries[$0].digest
                return parts[digest] == part && !corrected.contains(digest)
            }
            for index in StoredSample.choose(indices.count, of: indices, in: cache, seed: seed) {
                let photo = cache.entries[index].photo
                rows.append(Row(path: collection.filePath(of: photo), label: cache.classNames[photo.label], part: part))
            }
        }
        return Self.limit(rows, to: count)
    }

    /// The first `count` of the photos to train on, and others in the proportion of ``StoredSample``, but all that are
    /// held out up to 1,000.
    private static func limit(_ rows: [Row], to count: Int) -> [Row] {
        let limits: [DataPart: Int] = [.train: count, .validation: max(count / 8, 100), .test: max(count / 2, 1_000)]
        return DataPart.allCases.flatMap { part in rows.filter { $0.part == part }.prefix(limits[part]!) }
    }

    /// Writes a label file with absolute paths, making its folder.
    static func write(_ rows: [Row], to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
        }
        func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        let lines = rows.map { "\(quoted(absolute($0.path))),\(quoted($0.label)),\($0.part.rawValue)\n" }
        try AtomicFile.write("path,label,part\n" + lines.joined(), to: path)
    }

    /// A path from the root of the file system.
    static func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let parts = whole.split(separator: "/").filter { $0 != "." }
        return "/" + parts.joined(separator: "/")
    }

    /// Neither a folder of old photos nor a sample: the model would forget.
    struct NoOldPhotos: Error, CustomStringConvertible {
        var store: String
        var description: String {
            "\(store): there is no sample of old photos, and a model that sees corrections only forgets the rest. Give the old "
                + "photos with --photos, or keep a sample by `train --store`."
        }
    }
}
