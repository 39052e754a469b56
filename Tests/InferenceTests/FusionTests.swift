import ComputeGraph
import Inference
import Kernels
import Testing

/// What is fused must answer as the same layers one by one, also where a sum cannot be written over its short cut.
@Suite struct FusionTests {
    private func compare(
        _ graph: Graph, alsoAnswering layers: [String] = [], steps expected: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let model = try SampleModels.model(graph, alsoAnswering: layers)
        let shape = graph.shape(of: graph.inputs[0])
        let samples = SampleModels.samples(3, of: shape)
        for precision in Precision.allCases where precision == .float32 || InstructionSet.current.supportsBFloat16 {
            let session = try InferenceSession(CompiledModel(model, precision: precision), batchSizes: [3], threads: 1)
            let plain = try SampleModels.plainValues(model, samples, on: session.thread)
            for run in 0..<2 {
                for (index, value) in try session.values(for: samples).enumerated() {
                    #expect(
                        relativeDifference(value, plain[index]) < (precision == .float32 ? 1e-4 : 0.03),
                        "\(session.model.outputNames[index]), \(precision), run \(run)", sourceLocation: sourceLocation)
                }
            }
            if let expected {
                #expect(try session.profile(batch: 3, runs: 1).map(\.step).count == expected, sourceLocation: sourceLocation)
            }
        }
    }

    @Test(arguments: ActivationFunction.allCases) func activationsAreFused(function: ActivationFunction) throws {
        var graph = Graph()
        var x = try graph.input([8, 8, 32])
        x = try graph.convolution(x, channels: 32, kernel: 3, bias: true, named: "convolution")
        x = try graph.activation(x, function, named: "activation")
        x = try graph.globalAveragePool(x, named: "pool")
        x = try graph.dense(x, units: 16, named: "dense")
        _ = try graph.activation(x, function, named: "last")
        try compare(graph, steps: 3)
    }

    @Test func aResidualBlockIsTwoConvolutions() throws {
        var graph = Graph()
        var x = try graph.input([8, 8, 32])
        x = try graph.convolution(x, channels: 32, kernel: 1, named: "before")
        _ = try graph.residualBlock(x, channels: 32, named: "block")
        try compare(graph, steps: 3 + 1)   // the answer is written beside the short cut, hence a copy
    }

    @Test func aShortCutWithAPoolAndAProjection() throws {
        var graph = Graph()
        var x = try graph.input([8, 8, 32])
        x = try graph.residualBlock(x, channels: 64, stride: 2, named: "block")
        _ = try graph.globalAveragePool(x, named: "pool")
        try compare(graph, steps: 5)       // two convolutions, pool, projection, global pool
    }

    @Test func aSumOverTheInputOrAnAnswerKeepsIt() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 32])
        var x = try graph.residualBlock(input, channels: 32, named: "one")
        x = try graph.residualBlock(x, channels: 32, named: "two")
        x = try graph.globalAveragePool(x, named: "pool")
        try compare(graph, alsoAnswering: ["input", "one.relu", "two.relu"])
    }

    @Test func aShortCutUsedAgainLaterIsKept() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 32])
        let stem = try graph.convolution(input, channels: 32, kernel: 3, named: "stem")
        let one = try graph.residualBlock(stem, channels: 32, named: "one")
        let two = try graph.residualBlock(one, channels: 32, named: "two")
        // Both values are needed again after the blocks that add to them.
        let again = try graph.add(stem, two, named: "again")
        let more = try graph.convolution(again, channels: 32, kernel: 3, named: "more")
        _ = try graph.add(more, one, named: "last")
        try compare(graph)
    }

    @Test func aConvolutionAddedToItsOwnInput() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 32])
        let stem = try graph.convolution(input, channels: 32, kernel: 3, named: "stem")
        let own = try graph.convolution(stem, channels: 32, kernel: 3, named: "own")
        let sum = try graph.add(stem, own, named: "sum")
        _ = try graph.globalAveragePool(sum, named: "pool")
        try compare(graph)
    }

    @Test func aSumSeenThroughAReshape() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 32])
        let stem = try graph.convolution(input, channels: 32, kernel: 3, named: "stem")
        let rows = try graph.reshape(stem, to: [64, 32], named: "rows")
        let wide = try graph.dense(rows, units: 32, named: "dense")
        let sum = try graph.add(wide, rows, named: "sum")
        let active = try graph.relu(sum, named: "relu")
        let image = try graph.reshape(active, to: [8, 8, 32], named: "image")
        let filtered = try graph.convolution(image, channels: 32, kernel: 3, named: "filtered")
        _ = try graph.add(filtered, stem, named: "last")
        try compare(graph, alsoAnswering: ["rows"])
    }

    @Test func theAnswerMayBeAReshapeOfASum() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 32])
        let block = try graph.residualBlock(input, channels: 32, named: "block")
        let flat = try graph.reshape(block, to: [64 * 32], named: "flat")
        graph.output = flat
        try compare(graph, alsoAnswering: ["block.1.relu"])
    }

    @Test func oddChannelsAndSizes() throws {
        var graph = Graph()
        var x = try graph.input([15, 11, 3])
        x = try graph.convolutionBatchNormReLU(x, channels: 20, kernel: 5, stride: 2, named: "stem")
        x = try graph.residualBlock(x, channels: 37, stride: 2, named: "block")
        x = try graph.globalAveragePool(x, named: "pool")
        _ = try graph.dense(x, units: 7, named: "classes")
        try compare(graph)
    }
}
