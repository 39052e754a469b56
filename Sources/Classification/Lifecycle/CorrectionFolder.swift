import ComputeGraph
import Foundation
import Imaging
import FileStorage

/// The folder of a store where every corrected photo is kept as it was given, so that no later retraining forgets it:
/// `train/CLASS/DIGEST.jpg`, and a part of them under `test`, which are never trained on.
public struct CorrectionFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// What became of corrections.
    public struct Kept: Sendable, Codable {
        /// Photos that were new here.
        public var added = 0
        /// Photos that were here with another label, which the new one replaces.
        public var relabeled = 0
        /// Photos that were here already.
        public var known = 0
        /// Files that give no picture: path and reason. They were left where they are.
        public var unreadable: [Unreadable] = []

        public struct Unreadable: Sendable, Codable, Hashable {
            public var path: String
            public var reason: String
        }
    }

    /// Copies corrected photos here. A photo is told by its content; a second label for the same photo replaces the first.
    ///
    /// - Parameters:
    ///   - heldOut: share of the new photos of each class to measure on and never train on.
    ///   - seed: decides which.
    /// - Throws: `FileError` when the folder cannot be written; photos already copied stay.
    public func keep(_ corrections: Corrections, heldOut: Double, seed: UInt64) throws -> Kept {
        var kept = Kept()
        var known = try stored()
        var fresh: [String: [(digest: ContentDigest, path: String)]] = [:]
        var given: [ContentDigest: String] = [:]
        let decoder = ImageDecoder(options: DecodingOptions(minimumSide: PhotoCache.defaultSide, truncationTolerance: 0.95))
        for item in corrections.items {
            let file: PhotoFile
            do { file = try PhotoFile.read(item.path, decoder: decoder) } catch {
                kept.unreadable.append(.init(path: item.path, reason: error.error.description))
                continue
            }
            // The last label a photo was given counts.
            if let earlier = given.updateValue(item.label, forKey: file.digest) { fresh[earlier]?.removeAll { $0.digest == file.digest } }
            fresh[item.label, default: []].append((file.digest, item.path))
        }
        for (label, files) in fresh.sorted(by: { $0.key < $1.key }) {
            let new = files.filter { known[$0.digest] == nil }.sorted { order($0.digest, seed) < order($1.digest, seed) }
            let tests = Int((Double(new.count) * heldOut).rounded(.down))
            for (position, file) in new.enumerated() { try copy(file, label: label, part: position < tests ? .test : .train) }
            kept.added += new.count
            for file in files {
                guard let old = known[file.digest] else { continue }
                if old.label == label {
                    kept.known += 1
                } else {
                    try copy(file, label: label, part: old.part)
                    try? FileManager.default.removeItem(atPath: old.path)
                    kept.relabeled += 1
                }
            }
            for file in files { known[file.digest] = nil }
        }
        return kept
    }

    /// A photo as it is kept here.
    public struct Stored: Sendable {
        public var path: String
        public var label: String
        public var part: DataPart
    }

    /// All corrected photos by content.
    public func stored() throws -> [ContentDigest: Stored] {
        var result: [ContentDigest: Stored] = [:]
        let manager = FileManager.default
        for part in [DataPart.train, .test] {
            let folder = path + "/" + part.rawValue
            for label in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] {
                for name in (try? manager.contentsOfDirectory(atPath: folder + "/" + label)) ?? [] {
                    guard let digest = ContentDigest(String(name.prefix { $0 != "." })) else { continue }
                    result[digest] = Stored(path: folder + "/" + label + "/" + name, label: Self.label(folder: label), part: part)
                }
            }
        }
        return result
    }

    private func copy(_ file: (digest: ContentDigest, path: String), label: String, part: DataPart) throws {
        let folder = path + "/" + part.rawValue + "/" + Self.folder(label: label)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
        }
        let bytes = try FileBytes(path: file.path, limit: DecodingOptions().maximumFileBytes)
        let isPNG = ImageFormat(startOfFile: bytes.bytes) == .png
        try AtomicFile.write(Data(bytes.bytes), to: "\(folder)/\(file.digest)\(isPNG ? ".png" : ".jpg")")
    }

    private func order(_ digest: ContentDigest, _ seed: UInt64) -> UInt64 {
        var random = RandomSource(seed, digest.high, digest.low)
        return random.next()
    }

    /// A class's name as a folder's; only what no folder can be called is changed.
    static func folder(label: String) -> String {
        let name = label.replacing("%", with: "%25").replacing("/", with: "%2F")
        return name.hasPrefix(".") ? "%2E" + name.dropFirst() : name
    }

    static func label(folder: String) -> String {
        folder.replacing("%2E", with: ".").replacing("%2F", with: "/").replacing("%25", with: "%")
    }
}
