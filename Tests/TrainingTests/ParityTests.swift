import ComputeGraph
import Kernels
import Testing
import Training

/// The engine against PyTorch: the same networks from the same weights on the same batches for 20 steps, in
/// float32 against float64. Rounding differs in the last bits, and training makes such differences grow from step
/// to step; the bounds leave room for that, and for nothing else.
@Suite struct ParityTests {
    private func residualNetwork(size: Int, widths: [Int], blocks: [Int]) throws -> Graph {
        var graph = Graph()
        let image = try graph.input(.image(height: size, width: size, channels: 3))
        var value = try graph.convolutionBatchNormReLU(image, channels: widths[0], kernel: 3, stride: 2, named: "stem")
        for (stage, (width, count)) in zip(widths, blocks).enumerated() {
            for block in 0..<count {
                value = try graph.residualBlock(
                    value, channels: width, stride: stage > 0 && block == 0 ? 2 : 1, named: "stage\(stage + 1).block\(block + 1)")
            }
        }
        value = try graph.globalAveragePool(value, named: "features")
        _ = try graph.dense(value, units: 2, named: "head")
        return graph
    }

    @Test(arguments: [
        ("residual-small", 24, 8, [16, 32, 64], [1, 1, 1]), ("residual-standard", 48, 16, [32, 64, 128, 256], [1, 1, 2, 2]),
    ])
    func residualNetworkWithMomentum(name: String, size: Int, batch: Int, widths: [Int], blocks: [Int]) throws {
        let graph = try residualNetwork(size: size, widths: widths, blocks: blocks)
        try hold(
            graph, to: ParityFixture(name), batch: batch, loss: .crossEntropy(labelSmoothing: 0.05),
            optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 5e-4)
        ) { plan, step in
            _ = plan.input.update(fromContentsOf: ParityFixture.images(step: step, batch: batch, size: size, classes: 2))
            _ = plan.targets.update(fromContentsOf: ParityFixture.labels(step: step, batch: batch, classes: 2))
        }
    }

    /// Bfloat16 keeps 8 bits of each number: single gradients are rough, their direction is not.
    @Test(.enabled(if: InstructionSet.current.supportsBFloat16)) func bfloat16GradientsPointTheSameWay() throws {
        let graph = try residualNetwork(size: 48, widths: [32, 64, 128, 256], blocks: [1, 1, 2, 2])
        let fixture = try ParityFixture("residual-standard")
        try ComputeThread(name: "parity", threads: 2).perform {
            let values = try ParameterStorage(graph.parameters, for: "parameters")
            let gradients = try ParameterStorage(graph.parameters, for: "gradients")
            values.values = graph.parameters.map(ParityFixture.initial)
            let plan = try TrainingPlan(
                graph, batch: 16, precision: .bfloat16, loss: .crossEntropy(labelSmoothing: 0.05), purpose: .training,
                parameters: values, gradients: gradients)
            _ = plan.input.update(fromContentsOf: ParityFixture.images(step: 0, batch: 16, size: 48, classes: 2))
            _ = plan.targets.update(fromContentsOf: ParityFixture.labels(step: 0, batch: 16, classes: 2))
            let result = try plan.run()
            #expect(abs(result.loss / Double(result.counted) / Double(fixture.losses[0]) - 1) < 0.01)
            for (index, parameter) in graph.parameters.enumerated() where parameter.role != .statistic {
                let difference = try fixture.difference(of: gradients[index], from: "gradient.0/" + parameter.name)
                #expect(difference.cosine > 0.985, "gradient of \(parameter.name): \(difference)")
                #expect(difference.norm < 0.05, "gradient of \(parameter.name): \(difference)")
            }
        }
    }

    @Test func perceptronWithAdamWSmoothingAndClipping() throws {
        var graph = Graph()
        let input = try graph.input([12])
        let first = try graph.dense(input, units: 16, named: "first")
        let active = try graph.activation(first, .tanh, named: "tanh")
        _ = try graph.dense(active, units: 5, named: "second")
        try hold(
            graph, to: ParityFixture("perceptron-adamw"), batch: 8, loss: .crossEntropy(labelSmoothing: 0.2),
            optimizer: .adamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1), clipping: 0.5
        ) { plan, step in
            _ = plan.input.update(fromContentsOf: ParityFixture.images(step: step, batch: 8, size: 2, classes: 5))
            _ = plan.targets.update(fromContentsOf: ParityFixture.labels(step: step, batch: 8, classes: 5))
        }
    }

    @Test func causalTransformerWithTiedOutput() throws {
        var graph = Graph()
        let tokens = try graph.indices([8])
        var value = try graph.embedding(tokens, count: 29, width: 16, named: "items")
        value = try graph.offset(value, axes: 2, named: "positions")
        for block in 1...2 { value = try graph.transformerBlock(value, heads: 2, causal: true, named: "block\(block)") }
        value = try graph.layerNorm(value, named: "norm")
        _ = try graph.dense(value, units: 29, bias: false, sharing: "items", named: "logits")
        try hold(
            graph, to: ParityFixture("transformer-adamw"), batch: 4, loss: .crossEntropy(labelSmoothing: 0),
            optimizer: .adamW(beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1)
        ) { plan, step in
            _ = plan.indices[0].update(fromContentsOf: ParityFixture.labels(step: 5000 + step, batch: 32, classes: 29))
            _ = plan.targets.update(fromContentsOf: ParityFixture.labels(step: 6000 + step, batch: 32, classes: 29))
            // Every fifth place does not count.
            for place in stride(from: 0, to: 32, by: 5) { plan.targets[place] = -1 }
        }
    }

    /// A key's bias moves all scores of a query alike, which softmax does not see: its gradient is zero but for
    /// rounding, and Adam's steps follow the rounding.
    private static func cannotMatter(_ parameter: Parameter) -> Bool { parameter.name.hasSuffix(".key.bias") }

    /// Trains and compares losses, gradients and final parameters with the stored ones.
    private func hold(
        _ graph: Graph, to fixture: ParityFixture, batch: Int, loss: Loss, optimizer: OptimizerConfiguration, clipping: Float? = nil,
        fill: (TrainingPlan, Int) -> Void
    ) throws {
        try ComputeThread(name: "parity", threads: 2).perform {
            let values = try ParameterStorage(graph.parameters, for: "parameters")
            let gradients = try ParameterStorage(graph.parameters, for: "gradients")
            values.values = graph.parameters.map(ParityFixture.initial)
            let rule = try optimizer.makeOptimizer(for: values)
            let plan = try TrainingPlan(
                graph, batch: batch, precision: .float32, loss: loss, purpose: .training, parameters: values, gradients: gradients)

            for (step, (expected, rate)) in zip(fixture.losses, fixture.rates).enumerated() {
                fill(plan, step)
                let result = try plan.run()
                let mean = result.loss / Double(result.counted)
                #expect(abs(mean - Double(expected)) <= 1e-4 * Double(expected), "loss of step \(step)")
                if ParityFixture.recordedSteps.contains(step) {
                    for (index, parameter) in graph.parameters.enumerated() where parameter.role != .statistic {
                        if Self.cannotMatter(parameter) {
                            #expect(gradients[index].allSatisfy { abs($0) < 1e-5 }, "gradient of \(parameter.name) at step \(step)")
                            continue
                        }
                        let difference = try fixture.difference(of: gradients[index], from: "gradient.\(step)/\(parameter.name)")
                        #expect(difference.cosine > 0.9999, "gradient of \(parameter.name) at step \(step): \(difference)")
                        // Before the first update nothing has parted yet. Later a ReLU input near zero may fall on
                        // the other side, which shows in single elements.
                        #expect(difference.largest < (step == 0 ? 1e-4 : 0.05), "gradient of \(parameter.name) at step \(step): \(difference)")
                        #expect(difference.norm < 0.002, "gradient of \(parameter.name) at step \(step): \(difference)")
                    }
                }
                rule.update(
                    values, gradients: gradients, rate: rate,
                    gradientScale: GradientClipping.factor(gradients, limit: clipping), step: step)
            }
            for (index, parameter) in graph.parameters.enumerated() where !Self.cannotMatter(parameter) {
                let difference = try fixture.difference(of: values[index], from: "final/" + parameter.name)
                #expect(difference.cosine > 0.999999, "final \(parameter.name): \(difference)")
                #expect(difference.largest < 0.001, "final \(parameter.name): \(difference)")
            }
        }
    }
}
