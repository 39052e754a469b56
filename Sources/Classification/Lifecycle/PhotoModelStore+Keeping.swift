import Foundation
import Imaging
import ModelStore
import Training

extension PhotoModelStore {
    /// What ``keep(run:sample:cacheFolder:)`` did.
    public struct Keeping: Sendable {
        public var version: ModelVersion
        /// Whether it is in service now: the first version is promoted at once.
        public var promoted: Bool
        /// Pictures kept for retraining; nil when the store has a sample already.
        public var sample: Int?
    }

    /// Adds the model of a finished training run, and, if the store has none, a sample of its photos for retraining.
    /// The first version is promoted.
    ///
    /// - Parameters:
    ///   - run: folder of the run.
    ///   - sample: photos to keep small pictures of; 0 for none.
    /// - Throws: errors of the run, the photos and the store.
    @discardableResult
    public func keep(run: String, sample: Int = 1_200, cacheFolder: String = PhotoCache.defaultFolder) throws -> Keeping {
        let folder = try RunFolder(run, resuming: true)
        let version = try importModel(from: folder.path(of: .model), note: "trained in \(run)")
        let isFirst = try versions.promoted() == nil
        if isFirst { try versions.promote(version.number) }

        var kept: Int?
        let stored = StoredSample(sampleFolder)
        if sample > 0, !stored.exists {
            let options = try folder.read(PhotoTraining.Plan.self, from: .configuration).options
            let (cache, _) = try PhotoCache.prepare(
                PhotoCollection(reading: options.source), side: options.cacheSide, in: cacheFolder, threads: options.threads)
            let split = try PhotoSplitFile(contentsOf: folder.path(of: .split))
            let parts = split.partsByDigest
            kept = try stored.write(cache, parts: cache.entries.map { parts[$0.digest] }, total: sample, seed: options.seed)
            try split.write(to: path + "/split.json")
        }
        return Keeping(version: version, promoted: isFirst, sample: kept)
    }
}
