import ComputeGraph
import Foundation
import Imaging
import Kernels
import Reporting
import Training

extension PhotoTraining {
    /// Photos of each class that the rule for *neither* learns the look of the classes from.
    static let knownPhotos = 8_000

    /// Turns trained parameters into a model: temperature and rule for *neither* fitted on validation photos, worth
    /// measured once on the held-out ones, model, provenance and report written into the run's folder.
    func finish(
        _ result: TrainingResult, graph: Graph, configuration: TrainingConfiguration, collection: PhotoCollection,
        cache: PhotoCache, split: PhotoSplit,
        report: @Sendable (Event) -> Void
    ) throws -> Outcome {
        var metrics = ModelMetrics()
        metrics.validationAccuracy = result.metrics.best?.validationAccuracy
        metrics.validationLoss = result.metrics.best?.validationLoss
        let last = result.metrics.epochs.last
        let size = options.evaluationSize
        var model = PhotoModel(
            graph: try graph.resized(to: [size, size, 3]), parameters: result.parameters,
            preprocessing: Preprocessing(height: size, width: size), classes: cache.classNames, provenance: Provenance(
                created: ISO8601DateFormatter().string(from: Date()), dataFingerprint: cache.dataFingerprint.description,
                trainingPhotos: split.train.count, validationPhotos: split.validation.count, testPhotos: split.test.count,
                seed: options.seed, epochs: result.metrics.epochs.count, trainingSeconds: last?.seconds ?? 0,
                cpuSeconds: last?.cpuSeconds ?? 0,
                processor: MachineDescription.current().processor + ", " + InstructionSet.current.rawValue,
                precision: options.precision.rawValue,
                versions: ["tandem": Tandem.version, "oneDNN": InstructionSet.libraryVersion], parent: options.startingModel),
            metrics: metrics)

        report(.note("fitting the temperature and the rule for neither"))
        let others = try options.others.map { try OtherPhotos($0, half: .fitting, side: cache.side) }
        // Evenly over the photos, which are in the order of their classes.
        let known = stride(from: 0, to: split.train.count, by: max(1, split.train.count / Self.knownPhotos)).map { split.train[$0] }
        let summary = try model.calibrate(
            known: PhotoSamples(cache, indices: known, augmentation: .none, seed: options.seed),
            validation: PhotoSamples(cache, indices: split.validation, seed: options.seed), outliers: others, threads: options.threads)
        report(.note("temperature \(HumanReadable.decimal(Double(summary.temperature), places: 3)): calibration error \(HumanReadable.decimal(summary.errorBefore, places: 4)) to \(HumanReadable.decimal(summary.errorAfter, places: 4)) on validation"))

        var sections: [ReportSection] = []
        if !split.test.isEmpty {
            report(.note("measuring on the held-out photos"))
            let evaluation = try model.evaluate(
                PhotoSamples(cache, indices: split.test, seed: options.seed),
                path: { cache.entries[split.test[$0]].photo.path },
                others: try options.others.map { try OtherPhotos($0, half: .reporting, side: cache.side) }, threads: options.threads)
            model.metrics.testAccuracy = evaluation.accuracy.estimate
            model.metrics.testPhotos = evaluation.photos
            model.metrics.expectedCalibrationError = evaluation.expectedCalibrationError
            let thumbnails = PhotoThumbnails(collection: collection)
            sections = evaluation.sections { thumbnails.image(of: $0) }
        }
        try run.write(model.provenance, to: .provenance)
        try model.write(to: run.path(of: .model), halved: true)
        try TrainingReport(
            model: model, metrics: result.metrics, configuration: configuration, arenaByteCount: result.arenaByteCount, evaluation: sections
        ).page.write(to: URL(fileURLWithPath: run.path(of: .report)))
        return Outcome(
            model: model, metrics: result.metrics, stoppedEarly: result.stoppedEarly, arenaByteCount: result.arenaByteCount)
    }
}
