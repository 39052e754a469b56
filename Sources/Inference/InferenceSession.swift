import ComputeGraph
import Kernels

/// Answers of one model, for batches of any size, on one compute thread.
///
/// A session holds a plan for each of a few batch sizes; all share the model's weights. A run copies samples
/// in, runs a plan's kernels and copies answers out; it allocates no memory and looks nothing up. A batch
/// whose size is no plan's is split, and the rest is padded. Calls from several threads wait for each other;
/// for more throughput on small batches make several sessions of one thread each on one `CompiledModel`.
public final class InferenceSession: Sendable {
    public let model: CompiledModel
    /// Ascending.
    public let batchSizes: [Int]
    private let state: ThreadBound<PlanSet>
    private let job: RepeatedJob<Request>
    private let inputCounts: [Int]
    private let outputCounts: [Int]

    private struct Request {
        let inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>
        let count: Int
        let outputs: UnsafeBufferPointer<UnsafeMutableBufferPointer<Float>>
    }

    /// - Parameters:
    ///   - batchSizes: sizes that get a plan of their own.
    ///   - threads: size of the team that runs each kernel.
    ///   - preparing: makes all plans now rather than when first needed.
    /// - Throws: `InferenceError` for sizes below 1, `KernelError` when there is no kernel for a layer.
    public convenience init(
        _ model: CompiledModel, batchSizes: [Int] = [1, 4, 16, 64], threads: Int, preparing: Bool = false
    ) throws {
        try self.init(model, batchSizes: batchSizes, on: ComputeThread(name: "inference", threads: threads), preparing: preparing)
    }

    /// - Parameter thread: the thread that computes; sessions may share one.
    public init(
        _ model: CompiledModel, batchSizes: [Int] = [1, 4, 16, 64], on thread: ComputeThread, preparing: Bool = false
    ) throws {
        let sizes = Set(batchSizes).sorted()
        guard let smallest = sizes.first, smallest >= 1 else {
            throw InferenceError("batch sizes", problem: "\(batchSizes) holds no size or one below 1", remedy: "give sizes such as [1, 4, 16, 64]")
        }
        self.model = model
        self.batchSizes = sizes
        inputCounts = model.inputShapes.map(\.elementCount)
        outputCounts = model.outputShapes.map(\.elementCount)
        let state = try ThreadBound(on: thread) {
            try PlanSet(model, batchSizes: sizes, preparing: preparing ? sizes : [smallest])
        }
        self.state = state
        job = RepeatedJob(on: thread) { request in
            try state.perform { (plans: inout PlanSet) throws in try plans.run(request.inputs, count: request.count, into: request.outputs) }
        }
    }

    /// The thread that computes. Code that already runs on it is answered without a change of threads.
    public var thread: ComputeThread { state.thread }

    /// Answers a batch of a model with one real-valued input.
    ///
    /// - Parameters:
    ///   - input: `[count, ...]` of the input's shape, float32, images as NHWC.
    ///   - count: number of samples, at least 1.
    ///   - output: receives `[count, ...]` of the answer's shape.
    /// - Throws: `InferenceError` when a buffer is too small, `KernelError` when a kernel fails.
    public func run(_ input: UnsafeBufferPointer<Float>, count: Int, into output: UnsafeMutableBufferPointer<Float>) throws {
        let inputs = UnsafeRawBufferPointer(input)
        try withUnsafePointer(to: inputs) { inputs in
            try withUnsafePointer(to: output) { outputs in
                try run(UnsafeBufferPointer(start: inputs, count: 1), count: count, into: UnsafeBufferPointer(start: outputs, count: 1))
            }
        }
    }

    /// Answers a batch with any number of inputs and outputs.
    ///
    /// - Parameters:
    ///   - inputs: one buffer an input of the graph, float32, or 32-bit integers for indices.
    ///   - outputs: one buffer for each of the first of `model.outputNames`; the rest is not copied.
    public func run(
        _ inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>, count: Int,
        into outputs: UnsafeBufferPointer<UnsafeMutableBufferPointer<Float>>
    ) throws {
        try check(inputs, count, outputs)
        try job.run(Request(inputs: inputs, count: count, outputs: outputs))
    }

    private func check(
        _ inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ count: Int,
        _ outputs: UnsafeBufferPointer<UnsafeMutableBufferPointer<Float>>
    ) throws {
        guard count >= 1 else { throw InferenceError("count", problem: "\(count) samples", remedy: "give at least 1") }
        guard inputs.count == inputCounts.count, outputs.count <= outputCounts.count else {
            throw InferenceError(
                "run", problem: "given \(inputs.count) inputs and \(outputs.count) outputs",
                remedy: "give \(inputCounts.count) inputs and at most \(outputCounts.count) outputs")
        }
        for index in inputs.indices where inputs[index].count < count * inputCounts[index] * 4 {
            throw InferenceError(
                "input \(index)", problem: "\(inputs[index].count) bytes for \(count) samples of \(model.inputShapes[index])",
                remedy: "give \(count * inputCounts[index] * 4) bytes")
        }
        for index in outputs.indices where outputs[index].count < count * outputCounts[index] {
            throw InferenceError(
                "output \(index)", problem: "\(outputs[index].count) numbers for \(count) samples of \(model.outputShapes[index])",
                remedy: "give room for \(count * outputCounts[index])")
        }
    }

    /// Seconds that each step of the plan of a batch size takes, the least of several runs on what the inputs hold.
    public func profile(batch: Int, runs: Int = 20) throws -> [(step: String, seconds: Double)] {
        guard let choice = batchSizes.firstIndex(of: batch) else {
            throw InferenceError("batch \(batch)", problem: "has no plan", remedy: "choose one of \(batchSizes)")
        }
        return try state.perform { (plans: inout PlanSet) throws in
            let plan = try plans.plan(choice)
            var steps: [(step: String, seconds: Double)] = []
            for run in 0..<max(runs, 1) {
                var position = 0
                try plan.program.profile { name, seconds in
                    if run == 0 { steps.append((name, seconds)) } else { steps[position].seconds = min(steps[position].seconds, seconds) }
                    position += 1
                }
            }
            return steps
        }
    }

    /// Bytes of the arenas of all plans made so far.
    public var arenaByteCount: Int {
        state.perform { (plans: inout PlanSet) in plans.arenaByteCount }
    }
}
