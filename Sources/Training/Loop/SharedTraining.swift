import CKernels
import ComputeGraph
import Kernels

/// Parameters that several graphs train together, such as one graph for each length of sequences: values, gradients,
/// the optimizer's state and a moving average, and plans that lie in one arena.
///
/// The caller chooses the plan of each step, fills it, runs it and lets the parameters follow. Everything belongs to the
/// compute thread that made it.
public final class SharedTraining {
    public let parameters: [Parameter]
    private let loss: Loss
    private let precision: Precision
    private let clipping: Float?
    private let averaging: Float?

    private let values: ParameterStorage
    private let gradients: ParameterStorage
    private let average: ParameterStorage
    private let optimizer: any Optimizer
    private let groupSteps: GroupSteps?
    private var arena: Arena?
    /// Steps made so far.
    public private(set) var step = 0

    /// - Parameters:
    ///   - parameters: those of every graph to come.
    ///   - initial: their values to begin with, in order.
    ///   - averaging: share of the old value that the moving average keeps at each step; nil for no average.
    ///   - clipping: largest Euclidean norm of all gradients together; nil for no clipping.
    ///   - groups: rows of a parameter that take steps together, besides their own.
    /// - Throws: `KernelError` when memory is short.
    public init(
        _ parameters: [Parameter], initial: [[Float]], loss: Loss, optimizer: OptimizerConfiguration, precision: Precision,
        averaging: Float? = nil, clipping: Float? = nil, groups: RowGroups? = nil
    ) throws {
        self.parameters = parameters
        self.loss = loss
        self.precision = precision
        self.clipping = clipping
        self.averaging = averaging
        values = try ParameterStorage(parameters, for: "parameters")
        gradients = try ParameterStorage(parameters, for: "gradients")
        average = averaging == nil ? values : try ParameterStorage(parameters, for: "averaged parameters")
        self.optimizer = try optimizer.makeOptimizer(for: values)
        groupSteps = try groups.map { try GroupSteps($0, in: parameters, optimizer: optimizer) }
        values.values = initial
        if average !== values { average.copy(from: values) }
    }

    /// What the steps have led to, averaged if an average is kept; in the order of `parameters`.
    public var result: [[Float]] { average.values }

    /// Gradients of the last step, in the order of `parameters`.
    public var lastGradients: [[Float]] { gradients.values }

    /// Bytes of the arena that all plans share.
    public var arenaByteCount: Int { arena?.byteCount ?? 0 }

    /// Compiles a graph. All plans share the arena of the first, where they fit: make the largest first.
    ///
    /// - Throws: `KernelError` when the graph's parameters are others, or there is no kernel for a layer.
    public func plan(for graph: Graph, batch: Int) throws -> TrainingPlan {
        guard graph.parameters == parameters else {
            throw KernelError(
                step: "shared training", problem: "the graph's parameters are not those that are trained",
                remedy: "build all graphs of the same layers, in the same order")
        }
        let plan = try TrainingPlan(
            graph, batch: batch, precision: precision, loss: loss, purpose: .training, parameters: values, gradients: gradients,
            sharing: arena)
        if arena == nil { arena = plan.program.arena }
        return plan
    }

    /// Runs a plan on what stands in its inputs and targets, and moves the parameters.
    ///
    /// - Parameters:
    ///   - seed: with the number of the step, fixes what dropout and sampled losses draw.
    ///   - fullBatch: rows that make a whole step. A batch in which fewer count moves the parameters by less, so that
    ///     every sample weighs the same; nil lets every batch weigh the same.
    /// - Throws: `TrainingError.diverged` when the loss is not finite.
    @discardableResult
    public func step(
        _ plan: TrainingPlan, rate: Float, seed: UInt64, fullBatch: Int? = nil, epoch: Int = 0
    ) throws -> TrainingPlan.StepResult {
        plan.program.runNumber = UInt64(step) ^ seed << 32
        let result = try plan.run()
        guard result.loss.isFinite, result.loss < 1e6 * Double(max(result.counted, 1)) else {
            throw TrainingError.diverged(
                step: step, epoch: epoch, layer: try plan.program.firstLayerNotFinite(),
                loss: result.loss / Double(max(result.counted, 1)), rate: Double(rate))
        }
        let share = fullBatch.map { min(Float(result.counted) / Float(max($0, 1)), 1) } ?? 1
        let scale = share * GradientClipping.factor(gradients, limit: clipping)
        optimizer.update(values, gradients: gradients, rate: rate, gradientScale: scale, step: step)
        groupSteps?.update(values, gradients: gradients, rate: rate, gradientScale: scale, step: step)
        if let averaging, average !== values {
            // A young average follows faster, or it would remember the initial values for long.
            let warm = min(averaging, Float(step + 1) / Float(step + 10))
            tk_average(average.all.baseAddress, values.all.baseAddress, values.all.count, warm)
        }
        step += 1
        return result
    }
}
