import ComputeGraph
import Kernels
import Reporting
import Training

/// Times training steps of a residual network, and where their time goes.
struct TrainingBenchmark {
    var network: ResidualNetwork
    var size: Int
    var batch: Int
    var precision: Precision
    var threads: Int

    /// Samples of whole steps in two halves, with `between` run in their middle, and the shares of the time.
    ///
    /// - Parameter seconds: time of both halves together, at least.
    func measure(seconds: Double, between: () throws -> Void) throws -> BenchmarkReport.Row {
        let graph = try network.graph(size: size, classes: 2)
        let kinds = Dictionary(graph.nodes.map { ($0.name, $0.operation) }) { first, _ in first }
        func half() throws -> (samples: [Double], shares: [String: Double], arena: Int) {
            try ComputeThread(name: "benchmark", threads: threads).perform {
                let probe = try TrainingProbe(graph, shape: [size, size, 3], batch: batch, precision: precision)
                let samples = try Timing.samples(runs: 4, seconds: seconds / 2, warmUp: 2) { try probe.step() }
                var parts: [String: Double] = [:]
                for _ in 0..<3 {
                    var seen: Set<String> = []
                    try probe.profile { step, time in
                        let isFirst = seen.insert(step).inserted
                        parts[Self.kind(of: step, isFirst: isFirst, kinds), default: 0] += time
                    }
                }
                let total = parts.values.reduce(0, +)
                return (samples, parts.mapValues { $0 / total }, probe.arenaByteCount)
            }
        }
        // A thread of its own each time, so that its team does not spin while the others are measured.
        let first = try half()
        try between()
        let second = try half()
        var row = BenchmarkReport.Row(
            .training, "training step", size: size, batch: batch, precision: precision.rawValue, time: Timing(first.samples + second.samples))
        row.shares = first.shares.merging(second.shares) { ($0 + $1) / 2 }
        let primitives = row.shares.filter { $0.key.hasPrefix("convolution") }.values.reduce(0, +)
        row.notes = [
            "the convolution primitives are \(BenchmarkReport.percent(primitives)) of the step",
            "forward \(BenchmarkReport.percent(share(row, "forward"))), backward \(BenchmarkReport.percent(share(row, "backward"))), "
                + "update \(BenchmarkReport.percent(row.shares["update"] ?? 0))",
            "arena \(BenchmarkReport.bytes(first.arena))",
        ]
        return row
    }

    private func share(_ row: BenchmarkReport.Row, _ direction: String) -> Double {
        row.shares.filter { $0.key.hasSuffix(direction) }.values.reduce(0, +)
    }

    /// What a kernel belongs to, from its name: a layer, and what is done with it.
    ///
    /// - Parameter isFirst: whether no kernel of that name was before it; packing the weights for the gradient of a
    ///   convolution's input has the name of the gradient of its weights, and comes second.
    static func kind(of step: String, isFirst: Bool = true, _ kinds: [String: ComputeGraph.Operation]) -> String {
        if step == "update" || step == "loss" { return step }
        let words = step.split(separator: " ")
        let layer = words.first.map(String.init) ?? ""
        let rest = words.dropFirst().joined(separator: " ")
        let direction = rest.hasPrefix("forward") || rest.hasPrefix("input") ? "forward" : "backward"
        guard let operation = kinds[layer] else { return "other" }
        switch operation {
        case .convolution:
            switch rest {
            case "backward weights" where !isFirst: return "weight packing backward"
            case "forward", "backward weights", "backward data": return "convolution \(direction)"
            case "weights": return "weight packing forward"
            case "gradient": return "gradient sums backward"
            default: return "weight packing backward"
            }
        case .batchNorm, .activation, .add: return "norm, ReLU and sum \(direction)"
        case .dense: return "dense \(rest == "weights" ? "forward" : direction)"
        default: return "pooling and rest \(direction)"
        }
    }
}
