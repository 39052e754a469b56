import ComputeGraph
import Inference
import Kernels

/// Models with random parameters whose running statistics are not those of a fresh norm.
enum SampleModels {
    /// The residual network of the photo classifier: stem, widths 32 to 256 with 1, 1, 2, 2 blocks, two classes.
    static func residualNetwork(size: Int = 64) throws -> Graph {
        var graph = Graph()
        let photo = try graph.input([size, size, 3])
        var x = try graph.convolutionBatchNormReLU(photo, channels: 32, kernel: 3, stride: 2, named: "stem")
        for (stage, (width, count)) in [(32, 1), (64, 1), (128, 2), (256, 2)].enumerated() {
            for block in 0..<count {
                x = try graph.residualBlock(
                    x, channels: width, stride: stage > 0 && block == 0 ? 2 : 1, named: "stage\(stage + 1).block\(block + 1)")
            }
        }
        x = try graph.globalAveragePool(x, named: "pool")
        x = try graph.dropout(x, rate: 0.2, named: "dropout")
        _ = try graph.dense(x, units: 2, named: "classes")
        return graph
    }

    static func parameters(_ graph: Graph, seed: UInt64) -> [[Float]] {
        var values = graph.initialParameters(seed: seed)
        for (index, parameter) in graph.parameters.enumerated() {
            var source = RandomSource(seed, UInt64(index))
            func fill(_ range: ClosedRange<Float>) {
                values[index] = values[index].map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * source.uniform() }
            }
            if parameter.name.hasSuffix(".variance") { fill(0.5...2) }
            if parameter.name.hasSuffix(".mean") || parameter.name.hasSuffix(".shift") || parameter.name.hasSuffix(".bias") { fill(-0.3...0.3) }
            if parameter.name.hasSuffix(".scale") { fill(0.4...1.1) }
        }
        return values
    }

    static func model(_ graph: Graph, seed: UInt64 = 1, alsoAnswering layers: [String] = []) throws -> TrainedGraph {
        try TrainedGraph(graph, parameters: parameters(graph, seed: seed), alsoAnswering: layers)
    }

    static func samples(_ count: Int, of shape: Shape, seed: UInt64 = 7) -> [Float] {
        var source = RandomSource(seed: seed)
        return (0..<count * shape.elementCount).map { _ in 4 * source.uniform() - 2 }
    }

    /// Every layer as a kernel of its own in float32, without passes or fusion.
    static func plainValues(_ model: TrainedGraph, _ samples: [Float], on thread: ComputeThread) throws -> [[Float]] {
        try thread.perform { () throws -> [[Float]] in
            let graph = model.graph
            let batch = samples.count / graph.shape(of: graph.inputs[0]).elementCount
            var builder = ProgramBuilder()
            var copies = model.parameters
            let parameters = copies.indices.map { index in
                builder.persistent(TensorType(graph.parameters[index].shape.dimensions, .float32), named: graph.parameters[index].name)
            }
            var tensors: [Tensor] = []
            for node in graph.nodes {
                let type = TensorType(batch: batch, node.shape, .float32)
                let inputs = node.inputs.map { tensors[$0.node] }
                switch node.operation {
                case .reshape: tensors.append(inputs[0].viewed(as: type.dimensions))
                case .dropout: tensors.append(inputs[0])
                case .input: tensors.append(builder.persistent(type, named: node.name))
                default:
                    let result = builder.persistent(type, named: node.name)
                    _ = try builder.lower(
                        node.operation, inputs: inputs, parameters: node.parameters.map { parameters[$0] }, into: result,
                        mode: .inference, layer: node.name)
                    tensors.append(result)
                }
            }
            let program = try builder.build(for: "plain")
            for (tensor, values) in zip(parameters, copies) { values.withUnsafeBufferPointer { program.write($0, to: tensor) } }
            copies = []
            samples.withUnsafeBufferPointer { program.write($0, to: tensors[graph.inputs[0].node]) }
            try program.run()
            return model.outputs.map { Array(program.floats(tensors[$0.value.node])) }
        }
    }
}

/// The largest difference, relative to the largest value.
func relativeDifference(_ left: [Float], _ right: [Float]) -> Float {
    guard left.count == right.count else { return .infinity }
    let largest = right.reduce(Float(1e-6)) { max($0, abs($1)) }
    return zip(left, right).reduce(Float(0)) { max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) } / largest
}
