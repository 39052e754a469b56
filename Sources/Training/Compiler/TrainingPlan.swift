import ComputeGraph
import Kernels

/// A graph compiled for one batch size, shape and purpose: forward, and for training the loss and the
/// gradients of all parameters, in one planned arena. A plan belongs to the compute thread that made it.
public final class TrainingPlan {
    public enum Purpose: Sendable {
        /// Loss and gradients, tracking the running statistics of batch norms.
        case training
        /// Forward by the batch's statistics, to measure the running ones anew; no gradients.
        case statistics
        /// Forward by the running statistics, and the loss.
        case evaluation
    }

    public let batch: Int
    public let program: Program
    /// The graph's first input: float32 NHWC images, or another input's floats.
    public let input: UnsafeMutableBufferPointer<Float>
    /// Class numbers, one for each row of the output; negative ones do not count.
    public let targets: UnsafeMutableBufferPointer<Int32>
    /// Real targets, one for each element of the output, for losses that take them.
    public let values: UnsafeMutableBufferPointer<Float>
    /// Float32 `[batch, ...]`.
    public let output: UnsafeMutableBufferPointer<Float>
    /// Int32 inputs of graphs that take indices.
    public let indices: [UnsafeMutableBufferPointer<Int32>]

    private let result: UnsafeMutablePointer<StepResult>

    /// Loss summed over what counts, how many counted, and how many of them were classified right.
    public struct StepResult: Sendable {
        public var loss = 0.0
        public var counted = 0
        public var correct = 0

        public init() {}
    }

    /// - Parameters:
    ///   - parameters: the values; running statistics among them are written by training.
    ///   - gradients: where gradients go, for training.
    ///   - arena: the arena of another plan to lie in. Plans of one arena overwrite each other's inputs, targets and
    ///     answers, so that each is filled anew before it runs.
    /// - Throws: `KernelError` naming the layer that has no kernel, or when memory is short.
    public init(
        _ graph: Graph, batch: Int, precision: Precision, loss: Loss, purpose: Purpose, parameters: ParameterStorage,
        gradients: ParameterStorage? = nil, sharing arena: Arena? = nil
    ) throws {
        self.batch = batch
        var builder = ProgramBuilder()
        func external(_ storage: ParameterStorage, _ index: Int, _ suffix: String) -> Tensor? {
            guard let base = storage[index].baseAddress else { return nil }
            let parameter = graph.parameters[index]
            return builder.external(
                TensorType(parameter.shape.dimensions, .float32), at: UnsafeMutableRawPointer(base), named: parameter.name + suffix)
        }
        let values = try graph.parameters.indices.map { index in
            guard let tensor = external(parameters, index, "") else {
                throw KernelError(step: graph.parameters[index].name, problem: "is empty", remedy: "give the layer a positive size")
            }
            return tensor
        }
        let forward = try ForwardPass(
            graph, batch: batch, precision: precision, mode: purpose == .evaluation ? .inference : .training, parameters: values,
            builder: &builder)

        var lowered = LossLowering(loss, output: forward.output, builder: &builder)
        let result = UnsafeMutablePointer<StepResult>.allocate(capacity: 1)
        result.initialize(to: StepResult())
        self.result = result
        if purpose != .statistics {
            try lowered.add(
                graph, parameters: values, precision: precision, drawsAnew: purpose == .training, result: result, builder: &builder)
        }
        if purpose == .training, let gradients {
            let targets = graph.parameters.indices.map { index in
                graph.parameters[index].role == .statistic ? nil : external(gradients, index, " gradient")
            }
            let written = try BackwardPass.add(graph, forward, gradient: lowered.gradient, targets: targets, builder: &builder)
            try lowered.addParameterGradients(targets, written: written, builder: &builder)
        }
        program = try builder.build(for: "\(purpose) at batch \(batch)", sharing: arena)
        let floatInputs = forward.inputs.filter { $0.type.elementType == .float32 }
        input = floatInputs.first.map { [program] in program.floats($0) } ?? UnsafeMutableBufferPointer(start: nil, count: 0)
        indices = forward.inputs.filter { $0.type.elementType == .int32 }.map { [program] in program.integers($0) }
        targets = program.integers(lowered.targets)
        self.values = program.floats(lowered.values)
        self.output = program.floats(forward.output)
    }

    deinit { result.deallocate() }

    /// Runs the plan on what stands in its input and targets.
    ///
    /// - Returns: the summed loss and how many samples were right; gradients are of the mean loss.
    @discardableResult
    public func run() throws -> StepResult {
        try program.run()
        return result.pointee
    }

    /// Sets how much of each batch the running statistics take over, overriding the layers' own; nil
    /// returns to theirs. A share of 1/k at the k-th batch makes them the plain mean over batches.
    public func setStatisticsMomentum(_ momentum: Float?) { program.statisticsMomentum = momentum ?? 0 }
}
