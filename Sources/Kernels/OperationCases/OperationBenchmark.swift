import ComputeGraph

/// Times operations beside the roofline: what the processor could do at best with as many multiplications
/// and as many bytes (Williams, Waterman and Patterson, "Roofline", 2009).
public enum OperationBenchmark {
    /// What the machine reaches at best, measured in the same run.
    public struct Peak: Sendable, Codable {
        /// 10^9 floating-point operations a second, of a matrix product of 1024x1024x1024.
        public var gigaflops: Double
        /// 10^9 bytes a second read and written, of a copy far larger than the caches.
        public var gigabytes: Double
    }

    public struct Row: Sendable, Codable {
        /// The operation with its shapes, and the direction.
        public var name: String
        /// Of one run, the median of several.
        public var seconds: Double
        /// 10^9 floating-point operations a second; zero for operations that count none.
        public var gigaflops: Double
        /// 10^9 bytes a second, each input, parameter and result counted once.
        public var gigabytes: Double
        /// The least time the peaks allow as a share of the time taken.
        public var shareOfPeak: Double
    }

    /// Measures the peaks and times every case that has a batch to be timed with, forward and backward.
    ///
    /// Call it on a compute thread, on an otherwise idle machine.
    ///
    /// - Parameters:
    ///   - cases: those without a timed batch are left out.
    ///   - repetitions: runs of each, at least one, after one that warms the caches.
    /// - Throws: `KernelError` when a case cannot be lowered.
    public static func run(
        _ cases: [OperationCase] = OperationCase.all, precision: Precision, repetitions: Int = 11
    ) throws -> (peak: Peak, rows: [Row]) {
        let peak = try measurePeak(precision: precision, repetitions: repetitions)
        var rows: [Row] = []
        for one in cases {
            if let batch = one.timedBatch { rows += try time(one, batch: batch, precision, peak, repetitions: repetitions) }
        }
        return (peak, rows)
    }

    private static func time(
        _ one: OperationCase, batch: Int, _ precision: Precision, _ peak: Peak, repetitions: Int
    ) throws -> [Row] {
        var enlarged = one
        enlarged.batch = batch
        let compiled = try OperationProgram(enlarged, precision: precision, mode: .training, differentiating: true)
        compiled.load(try OperationNumbers(enlarged, precision: precision, seed: 1))
        let seconds = try medians(of: compiled.program, parts: [compiled.forwardSteps, compiled.backwardSteps], repetitions: repetitions)

        let graph = try one.graph()
        let node = graph.nodes[graph.output.node]
        let size = Double(precision.elementType.size)
        let values = enlarged.allInputs.reduce(0.0) { $0 + Double($1.elementCount) } * Double(batch) * size
        let result = Double(node.shape.elementCount * batch) * size
        let learned = node.parameters.reduce(0.0) { $0 + Double(graph.parameters[$1].shape.elementCount) } * 4
        let work = 2 * Double(graph.multiplyAdds) * Double(batch)
        // Backward reads the inputs and the result's gradient and writes the gradients of inputs and parameters;
        // products are taken once for each of their two operands.
        let parts = [(" forward", work, values + result + learned), (" backward", 2 * work, 2 * values + result + 2 * learned)]
        return zip(parts, seconds).map { part, seconds in
            let least = max(part.1 / (peak.gigaflops * 1e9), part.2 / (peak.gigabytes * 1e9))
            return Row(
                name: enlarged.description + part.0, seconds: seconds, gigaflops: part.1 / seconds / 1e9,
                gigabytes: part.2 / seconds / 1e9, shareOfPeak: least / seconds)
        }
    }

    /// Median seconds of ranges of a program's steps.
    private static func medians(of program: Program, parts: [Range<Int>], repetitions: Int) throws -> [Double] {
        try program.run()
        var samples = [[Double]](repeating: [], count: parts.count)
        for _ in 0..<max(repetitions, 1) {
            var sums = [Double](repeating: 0, count: parts.count)
            var step = 0
            try program.profile { _, seconds in
                for (index, part) in parts.enumerated() where part.contains(step) { sums[index] += seconds }
                step += 1
            }
            for (index, sum) in sums.enumerated() { samples[index].append(sum) }
        }
        return samples.map { max($0.sorted()[$0.count / 2], 1e-9) }
    }

    private static func measurePeak(precision: Precision, repetitions: Int) throws -> Peak {
        let extent = 1024
        let type = TensorType([extent, extent], precision.elementType)
        var builder = ProgramBuilder()
        let (left, right) = (builder.persistent(type, named: "left"), builder.persistent(type, named: "right"))
        let result = builder.persistent(TensorType([extent, extent], .float32), named: "result")
        try builder.matrixProduct(left, right, into: result, named: "peak product")
        let product = try medians(of: builder.build(for: "peak product"), parts: [0..<1], repetitions: repetitions)[0]

        let count = 1 << 26
        var mover = ProgramBuilder()
        let source = mover.persistent(TensorType([count], .float32), named: "source")
        let copy = mover.persistent(TensorType([count], .float32), named: "copy")
        mover.convert(source, into: copy, named: "peak copy")
        let program = try mover.build(for: "peak copy")
        // Pages that were never written are all the same page of zeros.
        program.floats(source).update(repeating: 1)
        let moved = try medians(of: program, parts: [0..<1], repetitions: repetitions)[0]
        return Peak(
            gigaflops: 2 * Double(extent * extent * extent) / product / 1e9, gigabytes: 2 * 4 * Double(count) / moved / 1e9)
    }
}
