import ComputeGraph
import Foundation
import Kernels

/// Finds a learning rate by raising it from step to step until the loss rises (Smith, 2017).
public struct LearningRateFinder: Sendable {
    /// One step: its rate and the smoothed loss after it.
    public struct Point: Codable, Sendable, Hashable {
        public var rate: Double
        public var loss: Double
    }

    public var lowest = 1e-5
    public var highest = 10.0
    public var steps = 100

    public init() {}

    /// - Returns: the curve, and the rate at which the loss fell fastest.
    public func find(
        _ graph: Graph, _ source: any SampleSource, shape: Shape, batch: Int, precision: Precision, loss: Loss,
        optimizer: OptimizerConfiguration, seed: UInt64
    ) throws -> (curve: [Point], suggestion: Double) {
        guard source.count >= batch else { throw TrainingError.tooFewSamples(count: source.count, batch: batch) }
        let values = try ParameterStorage(graph.parameters, for: "parameters")
        let gradients = try ParameterStorage(graph.parameters, for: "gradients")
        values.values = graph.initialParameters(seed: seed)
        let rule = try optimizer.makeOptimizer(for: values)
        let plan = try TrainingPlan(
            graph.resized(to: shape), batch: batch, precision: precision, loss: loss, purpose: .training, parameters: values,
            gradients: gradients)
        var random = RandomSource(seed, 3)
        let orders = (0..<steps).map { _ in
            BatchLoader.Order(samples: (0..<batch).map { _ in Int.random(in: 0..<source.count, using: &random) }, epoch: 0, shape: shape)
        }
        let loader = BatchLoader(source: source, orders: orders)
        defer { loader.stop() }

        var curve: [Point] = []
        var smoothed = 0.0, lowestLoss = Double.infinity
        for number in 0..<steps {
            guard loader.next(into: plan.input, targets: plan.targets) != nil else { break }
            let rate = lowest * pow(highest / lowest, Double(number) / Double(max(steps - 1, 1)))
            let result = try plan.run()
            let mean = result.loss / Double(max(result.counted, 1))
            guard mean.isFinite else { break }
            smoothed = 0.9 * smoothed + 0.1 * mean
            let corrected = smoothed / (1 - pow(0.9, Double(number + 1)))
            curve.append(Point(rate: rate, loss: corrected))
            lowestLoss = min(lowestLoss, corrected)
            if number > 10, corrected > 4 * lowestLoss { break }
            rule.update(values, gradients: gradients, rate: Float(rate), gradientScale: 1, step: number)
        }
        return (curve, Self.steepest(curve))
    }

    /// The rate in the middle of the steepest fall over a fifth of the curve, in logarithmic steps.
    static func steepest(_ curve: [Point]) -> Double {
        let span = max(curve.count / 5, 2)
        guard curve.count > span else { return curve.first?.rate ?? 0 }
        let start = (0..<curve.count - span).min { curve[$0 + span].loss - curve[$0].loss < curve[$1 + span].loss - curve[$1].loss } ?? 0
        return curve[start + span / 2].rate
    }
}
