import AllocationCounter
import ComputeGraph
import Inference
import Kernels
import Testing

extension InferenceSessionTests {
    /// oneDNN's call interface builds a small argument table at every execution, on its own account; everything
    /// else allocates nothing.
    @Test(arguments: Precision.allCases) func answersWithoutAllocating(precision: Precision) throws {
        guard precision == .float32 || InstructionSet.current.supportsBFloat16 else { return }
        let session = try InferenceSession(
            CompiledModel(try Self.sample(), precision: precision), batchSizes: [1, 4], threads: 2, preparing: true)
        let shape: Shape = [64, 64, 3]
        let samples = SampleModels.samples(7, of: shape)
        var answers = [Float](repeating: 0, count: 14)
        allocation_counting_include_thread(1)
        session.thread.perform { allocation_counting_include_thread(1) }
        defer { allocation_counting_include_thread(0) }
        var counts = allocation_counts()
        try samples.withUnsafeBufferPointer { input in
            try answers.withUnsafeMutableBufferPointer { output in
                for _ in 0..<2 { try session.run(input, count: 7, into: output) }
                allocation_counting_start()
                for _ in 0..<3 { try session.run(input, count: 7, into: output) }
                counts = allocation_counting_stop()
            }
        }
        #if !DEBUG  // without the optimizer, closures and enumerations take blocks
        #expect(counts.by_others == 0)
        #endif
        // Two plans' runs of 19 primitives each.
        #expect(counts.by_onednn > 0, "the counter sees oneDNN's own table")
        #expect(counts.by_onednn <= 3 * 2 * 19 * 12)
    }

    @Test func theCounterSeesAllocations() {
        allocation_counting_include_thread(1)
        allocation_counting_start()
        let block = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16)
        let counts = allocation_counting_stop()
        allocation_counting_include_thread(0)
        block.deallocate()
        #expect(counts.by_others >= 1)
    }
}
