import ComputeGraph
import Foundation
import Kernels
import Training

/// A training run on photos, from the folder to the model file: cache, split, plan, training, and what the
/// trained network is worth.
public struct PhotoTraining: Sendable {
    /// What a run tells while it works.
    public enum Event: Sendable {
        case caching(done: Int, total: Int)
        case note(String)
        case progress(TrainingProgress)
    }

    /// What stands when a run has ended.
    public struct Outcome: Sendable {
        public var model: PhotoModel
        public var metrics: MetricStore
        public var stoppedEarly: Bool
        public var arenaByteCount: Int
    }

    /// The plan of a run, stored in its folder so that it can be resumed.
    struct Plan: Codable {
        var options: PhotoTrainingOptions
        var epochs: Int
        var batchSize: Int
        var classes: [String]
        var dataFingerprint: String
    }

    public let options: PhotoTrainingOptions
    public let run: RunFolder
    private let resuming: Bool

    /// Opens the run's folder.
    ///
    /// - Parameter resuming: continues with the options stored in the folder.
    /// - Throws: `TrainingError` when the folder holds a run, holds none to resume, or is in use.
    public init(_ options: PhotoTrainingOptions, runFolder: String, resuming: Bool) throws {
        run = try RunFolder(runFolder, resuming: resuming)
        self.resuming = resuming
        if resuming {
            var stored = try run.read(Plan.self, from: .configuration).options
            stored.threads = options.threads
            self.options = stored
        } else {
            self.options = options
        }
    }

    /// Trains and writes the model and the metrics into the folder.
    ///
    /// Blocks; call it from a thread of its own.
    ///
    /// - Throws: errors of the photos, the cache, the split, the folder and the training, each with its remedy.
    public func perform(
        cacheFolder: String = PhotoCache.defaultFolder, isCancelled: () -> Bool = { false },
        report: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws -> Outcome {
        let collection = try PhotoCollection(reading: options.source)
        try collection.requireTrainable()
        // Now, and not when hours of training have passed.
        if let others = options.others { try OtherPhotos.requirePhotos(in: others) }
        let (cache, preparation) = try PhotoCache.prepare(
            collection, side: options.cacheSide, in: cacheFolder, threads: options.threads
        ) { report(.caching(done: $0, total: $1)) }
        if case .built(let reason) = preparation { report(.note("decoded the photos into a cache, since \(reason)")) }
        for rejected in cache.rejected.prefix(5) { report(.note("left out \(rejected.path): \(rejected.reason)")) }
        if cache.rejected.count > 5 { report(.note("and \(cache.rejected.count - 5) more photos left out; `scan` lists them")) }

        let previous = resuming && run.exists(.split) ? try PhotoSplitFile(contentsOf: run.path(of: .split)) : nil
        let split = try cache.split(
            test: options.testPhotos, validation: options.validationPhotos, seed: options.seed, keeping: previous)
        if previous == nil { try PhotoSplitFile(split, of: cache).write(to: run.path(of: .split)) }
        report(.note("\(split.train.count) photos to train on, \(split.validation.count) to validate, \(split.test.count) held out"))

        let training = PhotoSamples(cache, indices: split.train, augmentation: options.augmentation, seed: options.seed)
        let validation = PhotoSamples(cache, indices: split.validation, seed: options.seed)
        return try ComputeThread(name: "training", threads: options.threads).perform {
            try train(training, validation, collection: collection, cache: cache, split: split, isCancelled: isCancelled, report: report)
        }
    }

    private func train(
        _ training: PhotoSamples, _ validation: PhotoSamples, collection: PhotoCollection, cache: PhotoCache, split: PhotoSplit,
        isCancelled: () -> Bool,
        report: @Sendable (Event) -> Void
    ) throws -> Outcome {
        let parent = try options.startingModel.map { try PhotoModel(contentsOf: $0) }
        let graph = try parent?.graph(size: options.size, classes: cache.classNames)
            ?? options.network.graph(size: options.size, classes: cache.classNames.count)
        let fingerprint = cache.dataFingerprint.description
        let plan = try resuming ? run.read(Plan.self, from: .configuration) : makePlan(graph, cache: cache, samples: training.count, report: report)
        let configuration = options.configuration(epochs: plan.epochs, batchSize: plan.batchSize)
        report(.note("\(plan.epochs) epochs of \(training.count / plan.batchSize) batches of \(plan.batchSize), in \(options.precision.rawValue) on \(InstructionSet.current.rawValue) with oneDNN \(InstructionSet.libraryVersion)"))

        let trainer = try Trainer(
            graph, configuration: configuration, initial: parent.map { $0.parameters(for: graph, classes: cache.classNames, seed: options.seed) },
            run: run, fingerprint: fingerprint)
        if resuming { try trainer.resume() } else { try run.write(plan, to: .configuration) }
        let result = try trainer.fit(
            training, validatingOn: validation, progress: { report(.progress($0)) }, isCancelled: isCancelled)

        return try finish(result, graph: graph, configuration: configuration, collection: collection, cache: cache, split: split, report: report)
    }

    /// Decides how many epochs fit the time, by timing a few steps at each size.
    private func makePlan(
        _ graph: Graph, cache: PhotoCache, samples: Int, report: @Sendable (Event) -> Void
    ) throws -> Plan {
        let batchSize = min(options.batchSize, max(samples / 4, 1))
        var epochs = options.epochs ?? PhotoTrainingOptions.defaultEpochs
        if let seconds = options.seconds {
            var rates: [(share: Double, samplesPerSecond: Double)] = []
            var reached = 0.0
            for phase in options.phases {
                let rate = try ThroughputProbe.samplesPerSecond(
                    graph, shape: phase.shape, batch: batchSize, precision: options.precision,
                    loss: .crossEntropy(labelSmoothing: options.labelSmoothing), optimizer: options.optimizer)
                report(.note("\(phase.shape[0]) px: \(Int(rate)) photos a second"))
                rates.append((phase.until - reached, rate))
                reached = phase.until
            }
            epochs = ThroughputProbe.epochs(rates: rates, samples: samples, seconds: seconds, overhead: 0.1)
            if let limit = options.epochs { epochs = min(epochs, limit) }
        }
        return Plan(
            options: options, epochs: epochs, batchSize: batchSize, classes: cache.classNames,
            dataFingerprint: cache.dataFingerprint.description)
    }
}
