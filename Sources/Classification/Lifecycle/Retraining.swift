import Foundation
import Imaging
import Kernels
import FileStorage
import Training

/// Improves the promoted model of a store by photos whose labels a person corrected, and puts the result in service only
/// if it is no worse.
///
/// The corrections are copied into the store first; a part of them is held out. The promoted model is fine-tuned on all
/// corrections ever given, mixed with old photos, so that it does not forget. Old and new model answer the same held-out
/// photos; the new one is always added to the store, and promoted by ``PromotionRule``.
public struct Retraining: Sendable {
    public struct Options: Codable, Sendable {
        /// Folder of the store.
        public var store: String
        /// What ``Corrections`` reads; nil for those the store has already.
        public var corrections: String?
        /// Folder or CSV of the old photos; nil takes the store's sample.
        public var photos: String?
        /// Old photos to train on, at most; nil for four for each correction, and at least 1,000.
        public var oldPhotos: Int?
        /// Share of new corrections that are measured on and never trained on.
        public var heldOutCorrections: Double
        public var rule: PromotionRule
        public var epochs: Int
        /// Nil for a tenth of what is usual for the optimizer.
        public var peakLearningRate: Float?
        public var batchSize: Int
        public var augmentation: Augmentation
        public var precision: Precision
        public var threads: Int
        public var seed: UInt64

        public init(
            store: String, corrections: String?, photos: String? = nil, oldPhotos: Int? = nil, heldOutCorrections: Double = 0.25,
            rule: PromotionRule = PromotionRule(), epochs: Int = 8, peakLearningRate: Float? = nil, batchSize: Int = 64,
            augmentation: Augmentation = Augmentation(), precision: Precision = InstructionSet.current.preferredPrecision,
            threads: Int, seed: UInt64 = 1
        ) {
            self.store = store
            self.corrections = corrections
            self.photos = photos
            self.oldPhotos = oldPhotos
            self.heldOutCorrections = heldOutCorrections
            self.rule = rule
            self.epochs = epochs
            self.peakLearningRate = peakLearningRate
            self.batchSize = batchSize
            self.augmentation = augmentation
            self.precision = precision
            self.threads = threads
            self.seed = seed
        }
    }

    /// What stands when retraining has ended; also written into the run's folder as `retraining.json`.
    public struct Outcome: Codable, Sendable {
        public var run: String
        /// The version that was in service before.
        public var oldVersion: Int
        /// The version added.
        public var newVersion: Int
        public var promoted: Bool
        /// Why it was promoted or not.
        public var reasons: [String]
        public var rule: PromotionRule
        /// On old photos held out.
        public var heldOut: PromotionRule.Comparison
        /// On corrections held out.
        public var corrections: PromotionRule.Comparison
        /// On the corrections that the new model was trained on: what it has learned by heart, not what it is worth.
        public var learnedCorrections: PromotionRule.Comparison
        public var kept: CorrectionFolder.Kept
    }

    /// The course of a retraining, stored in its folder so that it can be resumed.
    private struct Plan: Codable {
        var options: Options
        var oldVersion: Int
        var kept: CorrectionFolder.Kept
    }

    public let options: Options
    /// Folder of the run.
    public let run: String
    private let resumed: Plan?
    private var store: PhotoModelStore { PhotoModelStore(at: options.store) }
    private static let planName = "retraining-plan.json", outcomeName = "retraining.json", parentName = "parent.safetensors"

    /// - Parameter run: folder of the run; by default a new one under the store's `runs`.
    public init(_ options: Options, run: String? = nil) {
        self.options = options
        self.run = run ?? Self.freshRun(in: PhotoModelStore(at: options.store).runsFolder)
        resumed = nil
    }

    /// A retraining that was interrupted.
    ///
    /// - Throws: `TrainingError.noRun` when the folder holds none.
    public init(resuming run: String, threads: Int) throws {
        guard let data = FileManager.default.contents(atPath: run + "/" + Self.planName),
            var plan = try? JSONDecoder().decode(Plan.self, from: data)
        else { throw TrainingError.noRun(path: run) }
        plan.options.threads = threads
        options = plan.options
        self.run = run
        resumed = plan
    }

    /// Retrains. Blocks; call it from a thread of its own.
    ///
    /// - Throws: errors of the corrections, the store, the photos and the training, each with its remedy. Corrections that
    ///   were read stay in the store whatever happens.
    public func perform(
        cacheFolder: String = PhotoCache.defaultFolder, isCancelled: () -> Bool = { false },
        report: @escaping @Sendable (PhotoTraining.Event) -> Void = { _ in }
    ) throws -> Outcome {
        let plan = try resumed ?? prepare(cacheFolder: cacheFolder, report: report)
        report(.note("the rule: \(options.rule.description)"))
        let parent = try PhotoModel(contentsOf: run + "/" + Self.parentName)
        let side = Int((Double(parent.preprocessing.height) / 1.25 / 16).rounded()) * 16
        let training = try PhotoTraining(
            PhotoTrainingOptions(
                source: run + "/photos.csv", size: max(side, 32), epochs: options.epochs, batchSize: options.batchSize,
                peakLearningRate: options.peakLearningRate, augmentation: options.augmentation, testPhotos: .fraction(0.2),
                validationPhotos: .fraction(0.1), precision: options.precision, threads: options.threads, seed: options.seed,
                startingModel: run + "/" + Self.parentName),
            runFolder: run, resuming: FileManager.default.fileExists(atPath: run + "/" + RunFolder.File.configuration.rawValue))
        let ownCache = run + "/cache"
        let trained = try training.perform(cacheFolder: ownCache, isCancelled: isCancelled, report: report)
        let outcome = try conclude(plan, parent: parent, trained: trained.model, cacheFolder: ownCache)
        try? FileManager.default.removeItem(atPath: ownCache)
        return outcome
    }

    // MARK: - Before

    private func prepare(cacheFolder: String, report: @escaping @Sendable (PhotoTraining.Event) -> Void) throws -> Plan {
        let (version, model) = try store.promoted()
        let folder = CorrectionFolder(store.correctionsFolder)
        var kept = CorrectionFolder.Kept()
        if let source = options.corrections {
            let corrections = try Corrections(reading: source)
            try corrections.check(against: model.classes)
            kept = try folder.keep(corrections, heldOut: options.heldOutCorrections, seed: options.seed)
            for photo in kept.unreadable.prefix(5) { report(.note("left out \(photo.path): \(photo.reason)")) }
            report(.note("\(kept.added) new corrections, \(kept.relabeled) relabeled, \(kept.known) known already, \(kept.unreadable.count) unreadable"))
        }
        let stored = try folder.stored()
        let corrections = stored.values.sorted { $0.path < $1.path }
        guard !corrections.isEmpty else { throw NoCorrections(source: options.corrections ?? store.correctionsFolder) }

        let mixture = RetrainingPhotos(store: store, model: model)
        let wanted = options.oldPhotos ?? max(4 * corrections.count, 1_000)
        let old = try mixture.old(from: options.photos, atMost: wanted, without: Set(stored.keys), cacheFolder: cacheFolder, seed: options.seed, report: report)
        report(.note("\(corrections.count) corrections and \(old.count) old photos"))
        try RetrainingPhotos.write(
            old + corrections.map { .init(path: $0.path, label: $0.label, part: $0.part) }, to: run + "/photos.csv")
        try store.versions.export(version.number, to: run + "/" + Self.parentName)
        let plan = Plan(options: options, oldVersion: version.number, kept: kept)
        try AtomicFile.write(try JSONEncoder().encode(plan), to: run + "/" + Self.planName)
        return plan
    }

    // MARK: - After

    private func conclude(_ plan: Plan, parent: PhotoModel, trained: PhotoModel, cacheFolder: String) throws -> Outcome {
        let (cache, _) = try PhotoCache.prepare(PhotoCollection(reading: run + "/photos.csv"), in: cacheFolder, threads: options.threads)
        let parts = try PhotoSplitFile(contentsOf: run + "/" + RunFolder.File.split.rawValue).partsByDigest
        let own = RetrainingPhotos.absolute(store.correctionsFolder) + "/"
        func compare(_ isWanted: (PhotoCache.Entry) -> Bool) throws -> PromotionRule.Comparison {
            let indices = cache.entries.indices.filter { isWanted(cache.entries[$0]) }
            guard !indices.isEmpty else { return .init(photos: 0, oldCorrect: 0, newCorrect: 0) }
            let samples = PhotoSamples(cache, indices: indices, seed: options.seed)
            func correct(_ model: PhotoModel) throws -> Int {
                let answers = try model.predictions(of: samples, precision: options.precision, threads: options.threads)
                return zip(indices, answers).count { model.classes[$1] == cache.classNames[cache.entries[$0].photo.label] }
            }
            return .init(photos: indices.count, oldCorrect: try correct(parent), newCorrect: try correct(trained))
        }
        let heldOut = try compare { parts[$0.digest] == .test && !$0.photo.path.hasPrefix(own) }
        let corrections = try compare { parts[$0.digest] == .test && $0.photo.path.hasPrefix(own) }
        let learned = try compare { parts[$0.digest] != .test && $0.photo.path.hasPrefix(own) }

        var decision = options.rule.decide(heldOut: heldOut, corrections: corrections)
        if decision.promotes, let now = try store.versions.promoted()?.number, now != plan.oldVersion {
            decision = .init(
                promotes: false, reasons: ["version \(now) was promoted in the meantime, and the comparison was with \(plan.oldVersion)"])
        }
        var metrics = trained.metrics.byName
        metrics["held-out accuracy"] = heldOut.photos > 0 ? heldOut.newAccuracy : nil
        metrics["corrections accuracy"] = corrections.photos > 0 ? corrections.newAccuracy : nil
        let added = try store.versions.importModel(
            from: run + "/" + RunFolder.File.model.rawValue, metrics: metrics,
            note: "retrained from version \(plan.oldVersion) with \(corrections.photos + learned.photos) corrections")
        if decision.promotes { try store.versions.promote(added.number) }
        let outcome = Outcome(
            run: run, oldVersion: plan.oldVersion, newVersion: added.number, promoted: decision.promotes, reasons: decision.reasons,
            rule: options.rule, heldOut: heldOut, corrections: corrections, learnedCorrections: learned, kept: plan.kept)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(outcome), to: run + "/" + Self.outcomeName)
        return outcome
    }

    private static func freshRun(in folder: String) -> String {
        let taken = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        return folder + "/retrain-\((1...).first { !taken.contains("retrain-\($0)") }!)"
    }

    /// There is nothing to learn from.
    public struct NoCorrections: Error, Sendable, CustomStringConvertible {
        public var source: String
        public var description: String { "\(source): not one corrected photo could be read. Give photos with their right labels." }
    }
}

extension Retraining.Outcome {
    /// The outcome for people.
    public var text: String {
        var lines = [
            heldOut.sentence("Held-out photos"),
            corrections.photos > 0 ? corrections.sentence("Held-out corrections") : "Held-out corrections: none",
            learnedCorrections.sentence("Corrections learned from"),
        ]
        lines.append(
            promoted
                ? "Version \(newVersion) is promoted: \(reasons.joined(separator: "; ")). Version \(oldVersion) is kept; "
                    + "`models rollback` returns to it."
                : "Version \(oldVersion) stays promoted: version \(newVersion) is \(reasons.joined(separator: "; ")).")
        lines.append("Report: \(run)/\(RunFolder.File.report.rawValue)")
        return lines.joined(separator: "\n")
    }
}
