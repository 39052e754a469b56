import ComputeGraph
import Interactions
import Kernels
import Training

/// Trains a sequence model. Every beginning of every user's sequence is a sample of its own, whose loss is taken at its
/// last position alone; batches hold histories of one length, so that nothing is padded or masked.
public struct SequenceTraining: Sendable {
    public let configuration: SequenceConfiguration
    public let data: TrainingData
    private let initial: SequenceModel?
    private let network: SequenceGraph

    /// - Parameters:
    ///   - initial: a model to go on from, whose items are the first of the data's. Items added since begin at random.
    /// - Throws: `SequenceConfiguration.Invalid`; `StartMismatch` when `initial` is of another network or has more items.
    public init(
        _ data: TrainingData, configuration: SequenceConfiguration = SequenceConfiguration(), from initial: SequenceModel? = nil
    ) throws {
        try configuration.validate()
        if let initial {
            let (own, other) = (configuration, initial.configuration)
            guard (own.width, own.layers, own.maximumLength) == (other.width, other.layers, other.maximumLength) else {
                throw StartMismatch(
                    problem: "has other layers", remedy: "train from the beginning, or keep width, layers and maximumLength")
            }
            guard initial.itemCount <= data.log.itemCount else {
                throw StartMismatch(
                    problem: "knows \(initial.itemCount) items and the data \(data.log.itemCount)",
                    remedy: "number the data's items as the model does, new ones last")
            }
        }
        self.configuration = configuration
        self.data = data
        self.initial = initial
        network = SequenceGraph(configuration: configuration, itemCount: data.log.itemCount)
    }

    /// Why training cannot go on from a model.
    public struct StartMismatch: Error, Hashable, Sendable, CustomStringConvertible {
        public let problem: String
        public let remedy: String

        public var description: String { "the sequence model to start from \(problem); \(remedy)" }
    }

    /// The caller wanted no more of it; nothing is left behind.
    public struct Interrupted: Error, Hashable, Sendable, CustomStringConvertible {
        public let epoch: Int

        public var description: String { "training of the sequence model was interrupted in epoch \(epoch + 1); train again" }
    }

    /// Where training stands.
    public struct Progress: Sendable {
        public var epoch: Int
        public var epochs: Int
        /// Within the epoch.
        public var step: Int
        public var steps: Int
        /// Mean over the epoch so far.
        public var loss: Double
        public var samplesPerSecond: Double
        /// Since training began.
        public var seconds: Double
        /// Epochs done.
        public var history: [Epoch]
    }

    /// What was measured of an epoch.
    public struct Epoch: Codable, Hashable, Sendable {
        public var epoch: Int
        /// Mean over the samples, with dropout.
        public var loss: Double
        public var samplesPerSecond: Double
        /// Since training began, at the epoch's end.
        public var seconds: Double
        /// What the caller measured; nil without validation.
        public var validation: Double?
    }

    public struct Result: Sendable {
        /// Of the best validation, or of the last epoch without one.
        public var model: SequenceModel
        public var history: [Epoch]
        /// The epoch that the model is from; nil when none was run.
        public var bestEpoch: Int?
        public var stoppedEarly: Bool
        public var sampleCount: Int
        /// Bytes of the plans' memory.
        public var arenaByteCount: Int
    }

    /// Trains to the end, blocking the caller's thread while a compute thread works.
    ///
    /// - Parameters:
    ///   - validate: measures the model after each epoch, more being better; nil trains for all epochs.
    ///   - progress: called after every step.
    ///   - isCancelled: asked before every step; true ends training with `Interrupted`.
    /// - Throws: `TrainingError` when the loss diverges, `Interrupted`, `KernelError` when memory is short, `GraphError` when
    ///   the catalog is too large or empty, and what `validate` throws.
    public func run(
        validatingBy validate: ((SequenceModel) throws -> Double)? = nil, progress: (Progress) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> Result {
        let thread = ComputeThread(name: "sequence train", threads: data.threads)
        return try thread.perform { try train(validate, progress, isCancelled) }
    }

    private func train(
        _ validate: ((SequenceModel) throws -> Double)?, _ progress: (Progress) -> Void, _ isCancelled: () -> Bool
    ) throws -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        func seconds() -> Double { (clock.now - start) / .seconds(1) }
        let samples = PrefixSamples(data, maximumLength: configuration.maximumLength)
        let training = try makeTraining()
        let plans = try makePlans(samples, training)
        let stepsPerEpoch = batches(samples, epoch: 0).count
        let steps = Double(max(stepsPerEpoch * configuration.epochs, 1))
        var history: [Epoch] = []
        var best: (epoch: Int, value: Double, parameters: [[Float]])?
        var stoppedEarly = false

        for epoch in 0..<(stepsPerEpoch > 0 ? configuration.epochs : 0) {
            let began = clock.now
            var total = TrainingPlan.StepResult()
            for (index, batch) in batches(samples, epoch: epoch).enumerated() {
                if isCancelled() { throw Interrupted(epoch: epoch) }
                guard let plan = plans[batch.length - 1] else { continue }
                samples.write(batch, histories: plan.indices[0], answers: plan.targets)
                Self.writePlaces(length: batch.length, into: plan.indices[1])
                let share = configuration.schedule.factor(progress: Double(training.step) / steps)
                let result = try training.step(
                    plan, rate: configuration.learningRate * Float(share), seed: data.seed, fullBatch: configuration.batchSize,
                    epoch: epoch)
                total.loss += result.loss
                total.counted += result.counted
                progress(Progress(
                    epoch: epoch, epochs: configuration.epochs, step: index + 1, steps: stepsPerEpoch,
                    loss: total.loss / Double(max(total.counted, 1)),
                    samplesPerSecond: Double(total.counted) / max((clock.now - began) / .seconds(1), 1e-9), seconds: seconds(),
                    history: history))
            }
            var measured = Epoch(
                epoch: epoch, loss: total.loss / Double(max(total.counted, 1)),
                samplesPerSecond: Double(total.counted) / max((clock.now - began) / .seconds(1), 1e-9), seconds: seconds())
            if let validate {
                let parameters = training.result
                let value = try validate(model(parameters))
                measured.validation = value
                if value > best?.value ?? -.infinity { best = (epoch, value, parameters) }
            }
            measured.seconds = seconds()
            history.append(measured)
            if let best, let patience = configuration.patience, epoch - best.epoch >= patience {
                stoppedEarly = true
                break
            }
        }
        return Result(
            model: try model(best?.parameters ?? training.result), history: history,
            bestEpoch: best?.epoch ?? history.last?.epoch, stoppedEarly: stoppedEarly, sampleCount: samples.count,
            arenaByteCount: training.arenaByteCount)
    }

    private func model(_ parameters: [[Float]]) throws -> SequenceModel {
        try SequenceModel(
            configuration, itemCount: data.log.itemCount, weights: data.weights, parameters: parameters, threads: data.threads)
    }

    private func batches(_ samples: PrefixSamples, epoch: Int) -> [PrefixSamples.Batch] {
        samples.batches(limit: configuration.batchSize, total: configuration.samplesPerEpoch, seed: data.seed, epoch: epoch)
    }

    private var samplesItems: Bool { data.log.itemCount > configuration.fullSoftmaxLimit }

    private func makeTraining() throws -> SharedTraining {
        let graph = try network.graph(length: 1, ending: .state)
        var values = graph.initialParameters(seed: data.seed)
        if let initial {
            for (index, known) in initial.parameters.enumerated() { values[index].replaceSubrange(..<known.count, with: known) }
        }
        let loss: Loss = samplesItems
            ? .sampledSoftmax(table: SequenceGraph.itemTable, samples: configuration.negatives, distribution: .uniform)
            : .crossEntropy(labelSmoothing: configuration.labelSmoothing)
        let precision = configuration.precision ?? InstructionSet.current.preferredPrecision
        return try SharedTraining(
            graph.parameters, initial: values, loss: loss, optimizer: configuration.optimizer, precision: precision,
            averaging: configuration.averaging, clipping: configuration.gradientClipping, groups: groups)
    }

    /// Items that are described alike learn together; nil where nothing is described.
    private var groups: RowGroups? {
        guard configuration.descriptionRate > 0, !data.catalog.isEmpty else { return nil }
        return ContentSimilarity(data).groups(of: SequenceGraph.itemTable, rate: configuration.descriptionRate)
    }

    /// A plan for each length that has samples, the largest first, whose memory the others share.
    private func makePlans(_ samples: PrefixSamples, _ training: SharedTraining) throws -> [TrainingPlan?] {
        var plans = [TrainingPlan?](repeating: nil, count: configuration.maximumLength)
        let sizes = (1...configuration.maximumLength).map { samples.batchSize(length: $0, limit: configuration.batchSize) }
        let byNeed = sizes.indices.filter { sizes[$0] > 0 }.sorted { need($0 + 1, sizes[$0]) > need($1 + 1, sizes[$1]) }
        for index in byNeed {
            let graph = try network.graph(length: index + 1, ending: samplesItems ? .state : .scores)
            plans[index] = try training.plan(for: graph, batch: sizes[index])
        }
        return plans
    }

    /// Numbers that a plan keeps, roughly: scores and their gradients, and what the layers keep for the way back.
    private func need(_ length: Int, _ batch: Int) -> Int {
        let scores = samplesItems ? configuration.negatives : data.log.itemCount
        return batch * (2 * scores + configuration.layers * 30 * length * configuration.width)
    }

    private static func writePlaces(length: Int, into places: UnsafeMutableBufferPointer<Int32>) {
        for position in places.indices { places[position] = Int32(length - 1 - position % length) }
    }
}
