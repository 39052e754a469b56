import ComputeGraph
import Kernels

/// Measures how many samples a second training gets through, to plan a run for the time it is given.
public enum ThroughputProbe {
    /// - Parameters:
    ///   - steps: timed steps, after one that is not.
    /// - Returns: samples a second of forward, backward and the step.
    public static func samplesPerSecond(
        _ graph: Graph, shape: Shape, batch: Int, precision: Precision, loss: Loss, optimizer: OptimizerConfiguration, steps: Int = 4
    ) throws -> Double {
        let sized = try graph.resized(to: shape)
        let values = try ParameterStorage(graph.parameters, for: "probe")
        let gradients = try ParameterStorage(graph.parameters, for: "probe gradients")
        values.values = graph.initialParameters(seed: 1)
        let rule = try optimizer.makeOptimizer(for: values)
        let plan = try TrainingPlan(
            sized, batch: batch, precision: precision, loss: loss, purpose: .training, parameters: values, gradients: gradients)
        var random = RandomSource(seed: 1)
        for index in plan.input.indices { plan.input[index] = random.uniform() - 0.5 }
        let clock = ContinuousClock()
        var best = Double.infinity
        for number in 0...steps {
            let start = clock.now
            try plan.run()
            rule.update(values, gradients: gradients, rate: 0, gradientScale: 1, step: number)
            if number > 0 { best = min(best, (clock.now - start) / .seconds(1)) }
        }
        return Double(batch) / best
    }

    /// Epochs that fit a time.
    ///
    /// - Parameters:
    ///   - rates: samples a second in each phase, with the share of the run it takes.
    ///   - samples: samples of an epoch.
    ///   - seconds: time for the whole run.
    ///   - overhead: share of the time that goes to validation, checkpoints and waiting.
    public static func epochs(rates: [(share: Double, samplesPerSecond: Double)], samples: Int, seconds: Double, overhead: Double) -> Int {
        let perEpoch = rates.reduce(0) { $0 + $1.share * Double(samples) / $1.samplesPerSecond }
        return max(1, Int(seconds * (1 - overhead) / max(perEpoch, 1e-9)))
    }
}
