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
}
