import ComputeGraph
import Kernels
import Reporting
import Training

extension PhotoTrainingOptions {
    /// What raising the learning rate from step to step showed.
    public struct RateFinding: Codable, Sendable {
        public var curve: [LearningRateFinder.Point]
        /// Where the loss fell fastest.
        public var suggestion: Double

        /// The curve as bars, at ten rates from the lowest to where the loss had risen fourfold.
        public var text: String {
            let shown = stride(from: 0, to: curve.count, by: max(curve.count / 12, 1)).map { curve[$0] }
            let highest = shown.map(\.loss).max() ?? 1
            let bars = shown.map { point in
                "\(HumanReadable.significant(point.rate))\tloss \(HumanReadable.decimal(point.loss, places: 3))\t"
                    + String(repeating: "=", count: Int((point.loss / highest * 40).rounded()))
            }
            return bars.joined(separator: "\n")
                + "\nThe loss falls fastest near \(HumanReadable.significant(suggestion)): try --rate \(HumanReadable.significant(suggestion))."
        }
    }

    /// Finds a learning rate for these options by a few hundred steps that change nothing on the disk but the cache.
    ///
    /// Blocks; call it from a thread of its own.
    ///
    /// - Throws: errors of the photos, the cache and the training.
    public func findRate(
        cacheFolder: String = PhotoCache.defaultFolder, report: @escaping @Sendable (PhotoTraining.Event) -> Void = { _ in }
    ) throws -> RateFinding {
        let collection = try PhotoCollection(reading: source)
        try collection.requireTrainable()
        let (cache, _) = try PhotoCache.prepare(collection, side: cacheSide, in: cacheFolder, threads: threads) {
            report(.caching(done: $0, total: $1))
        }
        let split = try cache.split(test: testPhotos, validation: validationPhotos, seed: seed, keeping: nil)
        let samples = PhotoSamples(cache, indices: split.train, augmentation: augmentation, seed: seed)
        let phase = phases[0]
        let graph = try network.graph(size: phase.shape[0], classes: cache.classNames.count)
        return try ComputeThread(name: "rate", threads: threads).perform {
            let found = try LearningRateFinder().find(
                graph, samples, shape: phase.shape, batch: min(batchSize, max(samples.count / 4, 1)), precision: precision,
                loss: .crossEntropy(labelSmoothing: labelSmoothing), optimizer: optimizer, seed: seed)
            return RateFinding(curve: found.curve, suggestion: found.suggestion)
        }
    }
}
