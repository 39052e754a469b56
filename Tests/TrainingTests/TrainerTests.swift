import ComputeGraph
import Foundation
import Kernels
import Testing
import Training

/// A residual network small enough for tests.
func smallNetwork(size: Int = 16) throws -> Graph {
    var graph = Graph()
    let image = try graph.input(.image(height: size, width: size, channels: 3))
    var value = try graph.convolutionBatchNormReLU(image, channels: 16, kernel: 3, stride: 2, named: "stem")
    value = try graph.residualBlock(value, channels: 16, named: "stage1.block1")
    value = try graph.residualBlock(value, channels: 32, stride: 2, named: "stage2.block1")
    value = try graph.globalAveragePool(value, named: "pool")
    _ = try graph.dense(value, units: 2, named: "head")
    return graph
}

@Suite struct TrainerTests {
    let configuration = TrainingConfiguration(
        epochs: 4, batchSize: 16, peakLearningRate: 0.05, phases: [InputPhase(until: 1, shape: [16, 16, 3])], averaging: 0.9,
        precision: .float32, seed: 3)

    @Test(arguments: [Precision.float32, .bfloat16])
    func learnsASimpleRule(precision: Precision) throws {
        guard precision == .float32 || InstructionSet.current.supportsBFloat16 else { return }
        var configuration = configuration
        configuration.precision = precision
        let result = try ComputeThread(name: "test", threads: 2).perform {
            try Trainer(smallNetwork(), configuration: configuration)
                .fit(SyntheticSource(count: 256), validatingOn: SyntheticSource(count: 64, seed: 8))
        }
        let last = try #require(result.metrics.epochs.last)
        #expect(try #require(last.validationAccuracy) > 0.95)
        #expect(last.trainingLoss < 0.5)
    }

    /// Without batch norm, which sees each batch on its own.
    private func plainNetwork() throws -> Graph {
        var graph = Graph()
        let image = try graph.input(.image(height: 8, width: 8, channels: 3))
        let filtered = try graph.convolution(image, channels: 16, kernel: 3, stride: 2, bias: true, named: "filter")
        let pooled = try graph.globalAveragePool(try graph.relu(filtered, named: "relu"), named: "pool")
        _ = try graph.dense(pooled, units: 2, named: "head")
        return graph
    }

    @Test func accumulationEqualsALargerBatch() throws {
        var whole = configuration
        whole.phases = [InputPhase(until: 1, shape: [8, 8, 3])]
        whole.epochs = 2
        var parts = whole
        (parts.batchSize, parts.accumulation) = (8, 2)
        let source = SyntheticSource(count: 64)
        let results = try ComputeThread(name: "test", threads: 2).perform {
            try [whole, parts].map { try Trainer(plainNetwork(), configuration: $0).fit(source, validatingOn: source).parameters }
        }
        for (a, b) in zip(results[0].joined(), results[1].joined()) { #expect(abs(a - b) < 1e-5) }
        #expect(results[0] != (try plainNetwork()).initialParameters(seed: whole.seed))
    }

    @Test func clippingBoundsTheFirstStep() throws {
        var configuration = configuration
        configuration.phases = [InputPhase(until: 1, shape: [8, 8, 3])]
        (configuration.epochs, configuration.averaging, configuration.schedule) = (1, nil, .constant)
        configuration.optimizer = .sgd(momentum: 0, nesterov: false, weightDecay: 0)
        (configuration.gradientClipping, configuration.peakLearningRate) = (1e-3, 1)
        let source = SyntheticSource(count: 16)
        let graph = try plainNetwork()
        let parameters = try ComputeThread(name: "test", threads: 2).perform {
            try Trainer(graph, configuration: configuration).fit(source, validatingOn: source).parameters
        }
        let moved = zip(parameters.joined(), graph.initialParameters(seed: configuration.seed).joined()).reduce(0.0) {
            $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
        }
        #expect(abs(moved.squareRoot() - 1e-3) < 1e-5)
    }

    @Test func divergenceNamesStepAndLayer() throws {
        var configuration = configuration
        configuration.phases = [InputPhase(until: 1, shape: [8, 8, 3])]
        (configuration.schedule, configuration.peakLearningRate) = (.constant, 1e25)
        let source = SyntheticSource(count: 64)
        let error = #expect(throws: TrainingError.self) {
            try ComputeThread(name: "test", threads: 2).perform {
                _ = try Trainer(plainNetwork(), configuration: configuration).fit(source, validatingOn: source)
            }
        }
        guard case .diverged(let step, let epoch, let layer, _, let rate) = error else {
            Issue.record("not a divergence: \(String(describing: error))")
            return
        }
        #expect(step >= 1 && step < 8 && epoch <= 1 && rate > 1e24)
        #expect(["filter", "pool", "head"].contains(layer ?? ""), "\(layer ?? "no layer")")
        #expect(error?.description.contains("step \(step)") == true && error?.description.contains("lower learning rate") == true)
    }

    @Test func tooFewSamplesAreNamed() throws {
        let source = SyntheticSource(count: 15)
        let error = #expect(throws: TrainingError.self) {
            try ComputeThread(name: "test", threads: 1).perform {
                _ = try Trainer(smallNetwork(), configuration: configuration).fit(source, validatingOn: source)
            }
        }
        #expect(error?.description.contains("15 training samples") == true)
    }

    @Test func stopsWhenValidationNoLongerImproves() throws {
        var configuration = configuration
        (configuration.epochs, configuration.patience, configuration.averaging) = (200, 2, nil)
        // At rate zero nothing can improve after the first epoch but for rounding.
        (configuration.peakLearningRate, configuration.statisticsBatches, configuration.schedule) = (0, 0, .constant)
        let source = SyntheticSource(count: 32)
        let result = try ComputeThread(name: "test", threads: 2).perform {
            try Trainer(plainNetwork(), configuration: { var c = configuration; c.phases = [InputPhase(until: 1, shape: [8, 8, 3])]; return c }())
                .fit(source, validatingOn: source)
        }
        #expect(result.stoppedEarly && result.metrics.epochs.count == 3)
        #expect(result.metrics.best?.epoch == 0)
    }

    @Test func learningRateFinderSuggestsARateThatLearns() throws {
        var finder = LearningRateFinder()
        finder.steps = 60
        let found = try ComputeThread(name: "test", threads: 2).perform {
            try finder.find(
                smallNetwork(), SyntheticSource(count: 256), shape: [16, 16, 3], batch: 16, precision: .float32,
                loss: .crossEntropy(labelSmoothing: 0.05), optimizer: .defaultSGD, seed: 1)
        }
        #expect(found.curve.count > 20)
        #expect(zip(found.curve, found.curve.dropFirst()).allSatisfy { $0.rate < $1.rate })
        #expect(found.suggestion > 5e-4 && found.suggestion < 1)
    }
}
