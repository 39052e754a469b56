import CKernels
import ComputeGraph
import Foundation
import Kernels

/// Where a run stands, several times a second.
public struct TrainingProgress: Sendable {
    public var epoch: Int
    public var epochs: Int
    public var step: Int
    public var steps: Int
    public var shape: Shape
    public var samplesPerSecond: Double
    /// Mean over the epoch so far.
    public var trainingLoss: Double
    public var metrics: MetricStore
}

/// What a run ends with.
public struct TrainingResult: Sendable {
    /// Parameters of the best validation result, in the order of the graph's.
    public var parameters: [[Float]]
    public var metrics: MetricStore
    public var stoppedEarly: Bool
    /// Bytes of the arena of the largest training plan.
    public var arenaByteCount: Int
}

/// Trains a graph: batches, gradients, steps, averages, validation, checkpoints, until the end or until
/// validation stops improving. Everything runs on the calling thread, which should be a `ComputeThread`.
public final class Trainer {
    public let graph: Graph
    public let configuration: TrainingConfiguration
    private let run: RunFolder?
    private let fingerprint: String
    private let reduction: any GradientReduction

    private let values: ParameterStorage
    private let gradients: ParameterStorage
    private let accumulated: ParameterStorage?
    /// The averaged parameters, or the values themselves where there is no average.
    private let average: ParameterStorage
    private let best: ParameterStorage
    private let optimizer: any Optimizer

    private var metrics = MetricStore()
    private var step = 0
    private var firstEpoch = 0
    private var reductions = 0
    private var evaluationsSinceReduction = 0
    private var trainingPlan: (shape: Shape, plan: TrainingPlan)?
    private var evaluationPlans: (shape: Shape, statistics: TrainingPlan, evaluation: TrainingPlan)?
    private var largestArena = 0

    /// - Parameters:
    ///   - initial: values to begin with, in the order of the graph's parameters; by default drawn by the seed.
    ///   - run: where to keep checkpoints and metrics; nil keeps nothing.
    ///   - fingerprint: identifies the training data, so that a run is not resumed with other data.
    public init(
        _ graph: Graph, configuration: TrainingConfiguration, initial: [[Float]]? = nil, run: RunFolder? = nil,
        fingerprint: String = "", reduction: any GradientReduction = LocalReduction()
    ) throws {
        self.graph = graph
        self.configuration = configuration
        self.run = run
        self.fingerprint = fingerprint
        self.reduction = reduction
        values = try ParameterStorage(graph.parameters, for: "parameters")
        gradients = try ParameterStorage(graph.parameters, for: "gradients")
        accumulated = configuration.accumulation > 1 ? try ParameterStorage(graph.parameters, for: "accumulated gradients") : nil
        average = configuration.averaging == nil ? values : try ParameterStorage(graph.parameters, for: "averaged parameters")
        best = try ParameterStorage(graph.parameters, for: "best parameters")
        optimizer = try configuration.optimizer.makeOptimizer(for: values)
        values.values = initial ?? graph.initialParameters(seed: configuration.seed)
        if average !== values { average.copy(from: values) }
        best.copy(from: values)
    }

    /// Continues from the run's checkpoint, if it has one.
    ///
    /// - Throws: `TrainingError.checkpointMismatch` when the checkpoint belongs to another configuration or data.
    public func resume() throws {
        guard let run, run.exists(.checkpoint) else { return }
        let path = run.path(of: .checkpoint)
        let position = try Checkpoint.read(path, into: storages)
        guard position.fingerprint == fingerprint else {
            throw TrainingError.checkpointMismatch(path: path, problem: "was made from other training data")
        }
        guard position.configuration == configuration else {
            throw TrainingError.checkpointMismatch(path: path, problem: "was made with another configuration")
        }
        metrics = position.metrics
        step = position.step
        firstEpoch = position.epoch
        reductions = position.reductions
        evaluationsSinceReduction = position.evaluationsSinceReduction
        try run.write(metrics)
    }

    private var storages: [(name: String, storage: ParameterStorage)] {
        var result = [("values", values), ("best", best)]
        if average !== values { result.append(("average", average)) }
        return result + optimizer.state.map { ("optimizer." + $0.name, $0.storage) }
    }

    /// Trains to the end.
    ///
    /// - Parameters:
    ///   - progress: called after every step.
    ///   - isCancelled: asked before every step; true ends the run with `TrainingError.interrupted`.
    /// - Throws: `TrainingError` when the run diverges, is interrupted or has too few samples; errors of
    ///   kernels and files.
    public func fit(
        _ training: any SampleSource, validatingOn validation: any SampleSource, progress: (TrainingProgress) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> TrainingResult {
        let batchesPerEpoch = training.count / (configuration.batchSize * configuration.accumulation) * configuration.accumulation
        guard batchesPerEpoch > 0 else {
            throw TrainingError.tooFewSamples(count: training.count, batch: configuration.batchSize * configuration.accumulation)
        }
        let stepsPerEpoch = batchesPerEpoch / configuration.accumulation
        let steps = stepsPerEpoch * configuration.epochs
        let loader = BatchLoader(source: training, orders: trainingOrders(count: training.count, batches: batchesPerEpoch))
        defer { loader.stop() }
        let clock = ContinuousClock()
        let earlier = (seconds: metrics.epochs.last?.seconds ?? 0, cpu: metrics.epochs.last?.cpuSeconds ?? 0)
        let start = (time: clock.now, cpu: Self.processorSeconds())
        func seconds() -> Double { earlier.seconds + (clock.now - start.time) / .seconds(1) }
        let stopping = configuration.patience.map(EarlyStopping.init)
        var stoppedEarly = false

        for epoch in firstEpoch..<max(configuration.epochs, firstEpoch) {
            let phase = configuration.phase(epoch: epoch)
            let plan = try plan(for: phase.shape)
            let began = clock.now
            var waited = 0.0, rate: Float = 0
            var total = TrainingPlan.StepResult()

            for index in 0..<stepsPerEpoch {
                if isCancelled() { throw TrainingError.interrupted(epoch: epoch) }
                let done = Double(step) / Double(steps)
                rate = configuration.peakLearningRate * Float(configuration.schedule.factor(progress: done, reductions: reductions))
                let result = try gradientStep(plan, loader, epoch: epoch, rate: rate, waited: &waited)
                try update(rate: rate)
                total.loss += result.loss
                total.counted += result.counted
                total.correct += result.correct
                step += 1
                let elapsed = (clock.now - began) / .seconds(1)
                progress(TrainingProgress(
                    epoch: epoch, epochs: configuration.epochs, step: step, steps: steps, shape: phase.shape,
                    samplesPerSecond: Double((index + 1) * configuration.batchSize * configuration.accumulation) / max(elapsed, 1e-9),
                    trainingLoss: total.loss / Double(max(total.counted, 1)), metrics: metrics))
            }

            let elapsed = (clock.now - began) / .seconds(1)
            var measured = EpochMetrics(
                epoch: epoch, step: step, shape: phase.shape, learningRate: Double(rate),
                trainingLoss: total.loss / Double(max(total.counted, 1)),
                trainingAccuracy: Double(total.correct) / Double(max(total.counted, 1)), seconds: 0, cpuSeconds: 0,
                samplesPerSecond: Double(batchesPerEpoch * configuration.batchSize) / elapsed, dataWait: waited / elapsed)
            if configuration.evaluates(epoch: epoch), validation.count > 0 {
                let result = try evaluate(training: training, validation: validation, epoch: epoch, shape: phase.evaluationShape)
                measured.validationLoss = result.loss / Double(max(result.counted, 1))
                measured.validationAccuracy = Double(result.correct) / Double(max(result.counted, 1))
            }
            measured.seconds = seconds()
            measured.cpuSeconds = earlier.cpu + Self.processorSeconds() - start.cpu
            metrics.append(measured)
            if metrics.best?.epoch == epoch || metrics.best == nil { best.copy(from: average) }
            notePlateau(measured)
            try save(epochsDone: epoch + 1)
            if let stopping, stopping.shouldStop(metrics) {
                stoppedEarly = true
                break
            }
        }
        return TrainingResult(parameters: best.values, metrics: metrics, stoppedEarly: stoppedEarly, arenaByteCount: largestArena)
    }

    // MARK: - One step

    private func gradientStep(
        _ plan: TrainingPlan, _ loader: BatchLoader, epoch: Int, rate: Float, waited: inout Double
    ) throws -> TrainingPlan.StepResult {
        var total = TrainingPlan.StepResult()
        for part in 0..<configuration.accumulation {
            guard let batch = loader.next(into: plan.input, targets: plan.targets) else { break }
            waited += batch.waited
            // Dropout draws by this number, so that a resumed run repeats it.
            plan.program.runNumber = UInt64(step * configuration.accumulation + part) ^ configuration.seed << 32
            let result = try plan.run()
            guard result.loss.isFinite, result.loss < 1e6 * Double(max(result.counted, 1)) else {
                throw TrainingError.diverged(
                    step: step, epoch: epoch, layer: try plan.program.firstLayerNotFinite(),
                    loss: result.loss / Double(max(result.counted, 1)), rate: Double(rate))
            }
            total.loss += result.loss
            total.counted += result.counted
            total.correct += result.correct
            if let accumulated {
                if part == 0 { accumulated.all.update(repeating: 0) }
                tk_axpy(1 / Float(configuration.accumulation), gradients.all.baseAddress, accumulated.all.baseAddress, gradients.all.count)
            }
        }
        return total
    }

    private func update(rate: Float) throws {
        let gradients = accumulated ?? gradients
        try reduction.reduce(gradients.all)
        let scale = GradientClipping.factor(gradients, limit: configuration.gradientClipping)
        optimizer.update(values, gradients: gradients, rate: rate, gradientScale: scale, step: step)
        if let keep = configuration.averaging, average !== values {
            // A young average follows faster, or it would remember the initial values for long.
            let warm = min(keep, Float(step + 1) / Float(step + 10))
            tk_average(average.all.baseAddress, values.all.baseAddress, values.all.count, warm)
        }
    }

    // MARK: - Validation

    private func evaluate(
        training: any SampleSource, validation: any SampleSource, epoch: Int, shape: Shape
    ) throws -> TrainingPlan.StepResult {
        let plans = try evaluationPlans(for: shape)
        let size = configuration.batchSize
        if configuration.statisticsBatches > 0, graph.parameters.contains(where: { $0.role == .statistic }) {
            var source = RandomSource(configuration.seed, UInt64(epoch), 2)
            let order = Array(0..<training.count).shuffled(using: &source)
            let batches = min(configuration.statisticsBatches, training.count / size)
            let orders = (0..<batches).map {
                BatchLoader.Order(samples: Array(order[$0 * size..<($0 + 1) * size]), epoch: nil, shape: shape)
            }
            let loader = BatchLoader(source: training, orders: orders, workers: 2)
            defer { loader.stop() }
            var number = 0
            while loader.next(into: plans.statistics.input, targets: plans.statistics.targets) != nil {
                number += 1
                plans.statistics.setStatisticsMomentum(1 / Float(number))
                try plans.statistics.run()
            }
        }
        return try Self.evaluate(plans.evaluation, validation, shape: shape)
    }

    /// Runs a plan over all samples.
    static func evaluate(_ plan: TrainingPlan, _ source: any SampleSource, shape: Shape) throws -> TrainingPlan.StepResult {
        let orders = stride(from: 0, to: source.count, by: plan.batch).map {
            BatchLoader.Order(samples: Array($0..<min($0 + plan.batch, source.count)), epoch: nil, shape: shape)
        }
        let loader = BatchLoader(source: source, orders: orders, workers: 2)
        defer { loader.stop() }
        var total = TrainingPlan.StepResult()
        while let batch = loader.next(into: plan.input, targets: plan.targets) {
            for row in batch.samples.count..<max(plan.batch, batch.samples.count) { plan.targets[row] = -1 }
            let result = try plan.run()
            total.loss += result.loss
            total.counted += result.counted
            total.correct += result.correct
        }
        return total
    }

    // MARK: - Plans

    private func plan(for shape: Shape) throws -> TrainingPlan {
        if let trainingPlan, trainingPlan.shape == shape { return trainingPlan.plan }
        trainingPlan = nil
        let plan = try TrainingPlan(
            graph.resized(to: shape), batch: configuration.batchSize, precision: configuration.precision, loss: configuration.loss,
            purpose: .training, parameters: values, gradients: gradients)
        largestArena = max(largestArena, plan.program.arenaByteCount)
        trainingPlan = (shape, plan)
        return plan
    }

    private func evaluationPlans(for shape: Shape) throws -> (statistics: TrainingPlan, evaluation: TrainingPlan) {
        if let plans = evaluationPlans, plans.shape == shape { return (plans.statistics, plans.evaluation) }
        evaluationPlans = nil
        let sized = try graph.resized(to: shape)
        func make(_ purpose: TrainingPlan.Purpose) throws -> TrainingPlan {
            try TrainingPlan(
                sized, batch: configuration.batchSize, precision: configuration.precision, loss: configuration.loss, purpose: purpose,
                parameters: average)
        }
        let plans = (try make(.statistics), try make(.evaluation))
        evaluationPlans = (shape, plans.0, plans.1)
        return plans
    }

    // MARK: - Order, plateaus, checkpoints

    /// Every batch of the epochs to come: each epoch a new order, the incomplete last batch left out.
    private func trainingOrders(count: Int, batches: Int) -> [BatchLoader.Order] {
        let size = configuration.batchSize
        return (firstEpoch..<max(configuration.epochs, firstEpoch)).flatMap { epoch in
            var source = RandomSource(configuration.seed, UInt64(epoch), 1)
            let order = Array(0..<count).shuffled(using: &source)
            let shape = configuration.phase(epoch: epoch).shape
            return (0..<batches).map {
                BatchLoader.Order(samples: Array(order[$0 * size..<($0 + 1) * size]), epoch: epoch, shape: shape)
            }
        }
    }

    private func notePlateau(_ measured: EpochMetrics) {
        guard case .plateau(_, let patience) = configuration.schedule, measured.validationLoss != nil else { return }
        evaluationsSinceReduction = metrics.best?.epoch == measured.epoch ? 0 : evaluationsSinceReduction + 1
        if evaluationsSinceReduction >= patience {
            reductions += 1
            evaluationsSinceReduction = 0
        }
    }

    private func save(epochsDone: Int) throws {
        guard let run else { return }
        let position = Checkpoint.Position(
            epoch: epochsDone, step: step, reductions: reductions, evaluationsSinceReduction: evaluationsSinceReduction,
            metrics: metrics, configuration: configuration, fingerprint: fingerprint)
        try Checkpoint.write(position, storages, to: run.path(of: .checkpoint))
        try run.write(metrics)
    }

    /// User and system time of this process.
    static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
