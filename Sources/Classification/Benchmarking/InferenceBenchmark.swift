import ComputeGraph
import Inference
import Kernels
import Reporting

/// Times answers of a residual network to photos that stand ready in memory.
struct InferenceBenchmark {
    var network: ResidualNetwork
    var size: Int
    var batch: Int
    var precision: Precision
    var threads: Int

    /// Samples of whole batches in two halves, with `between` run in their middle.
    func measure(seconds: Double, between: () throws -> Void) throws -> BenchmarkReport.Row {
        let graph = try network.graph(size: size, classes: 2)
        let compiled = try CompiledModel(
            TrainedGraph(graph, parameters: graph.initialParameters(seed: 1)), precision: precision)
        let length = batch * size * size * 3
        let input = UnsafeMutableBufferPointer<Float>.allocate(capacity: length)
        let output = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * 2)
        output.initialize(repeating: 0)
        defer {
            input.deallocate()
            output.deallocate()
        }
        var random = RandomSource(seed: 1)
        for index in 0..<length { input.initializeElement(at: index, to: random.uniform() - 0.5) }

        func half() throws -> (samples: [Double], shares: [String: Double], arena: Int) {
            let session = try InferenceSession(compiled, batchSizes: [batch], threads: threads, preparing: true)
            let samples = try Timing.samples(runs: 15, seconds: seconds / 2, warmUp: 5) {
                try session.run(UnsafeBufferPointer(input), count: batch, into: output)
            }
            let kinds = Self.kinds(of: session.model.graph)
            var parts: [String: Double] = [:]
            for (step, time) in try session.profile(batch: batch) {
                let kind = TrainingBenchmark.kind(of: step, kinds)
                parts[kind.hasSuffix(" forward") ? String(kind.dropLast(8)) : kind, default: 0] += time
            }
            let total = parts.values.reduce(0, +)
            return (samples, parts.mapValues { $0 / max(total, 1e-12) }, session.arenaByteCount)
        }
        let first = try half()
        try between()
        let second = try half()
        var row = BenchmarkReport.Row(
            .inference, "inference", size: size, batch: batch, precision: precision.rawValue, time: Timing(first.samples + second.samples))
        row.shares = first.shares.merging(second.shares) { ($0 + $1) / 2 }
        row.notes = ["arena \(BenchmarkReport.bytes(first.arena))"]
        return row
    }

    /// What each layer's kernel does. A sum and a ReLU behind a convolution are done by the convolution's kernel, which
    /// has the name of the last of them.
    private static func kinds(of graph: Graph) -> [String: ComputeGraph.Operation] {
        var kinds: [String: ComputeGraph.Operation] = [:]
        for node in graph.nodes {
            kinds[node.name] = node.operation
            switch node.operation {
            case .activation, .add:
                for input in node.inputs {
                    if case .convolution? = kinds[graph.nodes[input.node].name] { kinds[node.name] = kinds[graph.nodes[input.node].name] }
                }
            default: break
            }
        }
        return kinds
    }
}
