import ComputeGraph
import Kernels

/// Repeats training steps on random inputs, to measure what they cost. It belongs to the compute thread that made it.
public final class TrainingProbe {
    private let values: ParameterStorage
    private let gradients: ParameterStorage
    private let rule: any Optimizer
    private let plan: TrainingPlan
    private var steps = 0

    /// - Throws: `GraphError`, `KernelError` when the graph cannot be trained at this shape.
    public init(
        _ graph: Graph, shape: Shape, batch: Int, precision: Precision, loss: Loss = .crossEntropy(labelSmoothing: 0.05),
        optimizer: OptimizerConfiguration = .defaultSGD
    ) throws {
        values = try ParameterStorage(graph.parameters, for: "probe")
        gradients = try ParameterStorage(graph.parameters, for: "probe gradients")
        values.values = graph.initialParameters(seed: 1)
        rule = try optimizer.makeOptimizer(for: values)
        plan = try TrainingPlan(
            graph.resized(to: shape), batch: batch, precision: precision, loss: loss, purpose: .training, parameters: values,
            gradients: gradients)
        var random = RandomSource(seed: 1)
        for index in plan.input.indices { plan.input[index] = random.uniform() - 0.5 }
    }

    /// Bytes of the step's arena.
    public var arenaByteCount: Int { plan.program.arenaByteCount }

    /// Forward, backward and the update of the parameters; the rate is zero, so that nothing diverges.
    public func step() throws {
        try plan.run()
        update()
    }

    /// A step, with the seconds of each kernel by its name and of the update.
    public func profile(_ report: (_ step: String, _ seconds: Double) -> Void) throws {
        try plan.program.profile(report)
        let clock = ContinuousClock()
        let start = clock.now
        update()
        report("update", (clock.now - start) / .seconds(1))
    }

    private func update() {
        rule.update(values, gradients: gradients, rate: 0, gradientScale: 1, step: steps)
        steps += 1
    }
}
