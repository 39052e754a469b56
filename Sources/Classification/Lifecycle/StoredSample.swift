import ComputeGraph
import Foundation
import Imaging
import FileStorage

/// Small pictures of a part of the photos a model was trained on and measured on, kept beside its versions, so that it
/// can be retrained without the old photos: `train/CLASS/DIGEST.jpg`, and `validation` and `test` likewise. A picture is
/// what the cache holds, 200 x 200 pixels as a JPEG of about 12 kB.
public struct StoredSample: Sendable {
    public let folder: String

    public init(_ folder: String) { self.folder = folder }

    /// Photos in each part, for a sample of `total`: two thirds to train on, a quarter held out, the rest for validation.
    public static func counts(of total: Int) -> [DataPart: Int] {
        let train = total * 2 / 3, test = total / 4
        return [.train: train, .test: test, .validation: total - train - test]
    }

    /// Whether there is a sample.
    public var exists: Bool { FileManager.default.fileExists(atPath: folder) }

    /// Writes a sample, whole or not at all.
    ///
    /// - Parameters:
    ///   - parts: of each entry of the cache; nil for those that are in no part.
    ///   - total: how many photos; fewer when the parts have fewer.
    ///   - seed: decides which.
    /// - Returns: photos written.
    /// - Throws: `FileError`, `ImageError`.
    @discardableResult
    public func write(_ cache: PhotoCache, parts: [DataPart?], total: Int, seed: UInt64) throws -> Int {
        let manager = FileManager.default
        let staging = folder + ".writing"
        try? manager.removeItem(atPath: staging)
        var written = 0
        do {
            for (part, count) in Self.counts(of: total) {
                let chosen = Self.choose(count, of: cache.entries.indices.filter { parts[$0] == part }, in: cache, seed: seed)
                for index in chosen {
                    let entry = cache.entries[index]
                    let place = staging + "/" + part.rawValue + "/" + CorrectionFolder.folder(label: cache.classNames[entry.photo.label])
                    try manager.createDirectory(atPath: place, withIntermediateDirectories: true)
                    let picture = cache.withPixels(of: index) { RGBImage(width: cache.side, height: cache.side, pixels: Array($0)) }
                    try Data(ImageEncoder.jpeg(picture, quality: 92)).write(to: URL(fileURLWithPath: "\(place)/\(entry.digest).jpg"))
                    written += 1
                }
            }
            guard written > 0 else { return 0 }
            try manager.moveItem(atPath: staging, toPath: folder)
        } catch let error as ImageError {
            try? manager.removeItem(atPath: staging)
            throw error
        } catch {
            let code = errno
            try? manager.removeItem(atPath: staging)
            throw FileError(.write, path: folder, code: code == 0 ? EACCES : code)
        }
        return written
    }

    /// Entries of a cache, drawn by content, so that the same photos are drawn wherever they stand.
    static func choose(_ count: Int, of indices: [Int], in cache: PhotoCache, seed: UInt64) -> [Int] {
        func draw(_ index: Int) -> UInt64 {
            let digest = cache.entries[index].digest
            var random = RandomSource(seed, digest.high, digest.low)
            return random.next()
        }
        return Array(indices.map { (draw($0), $0) }.sorted { $0 < $1 }.prefix(count).map(\.1))
    }
}
