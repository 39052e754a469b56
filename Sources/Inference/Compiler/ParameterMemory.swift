import Kernels

/// A model's parameters in one block of memory at fixed addresses, shared by all plans and sessions.
final class ParameterMemory: @unchecked Sendable {
    // The block is filled in `init`; afterwards it is only read, by kernels that take parameters.
    private let arena: Arena
    private let offsets: [Int]

    init(_ parameters: [[Float]]) throws {
        var offsets: [Int] = []
        var end = 0
        for values in parameters {
            offsets.append(end)
            end += (values.count * MemoryLayout<Float>.size + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
        }
        self.offsets = offsets
        arena = try Arena(byteCount: end, for: "parameters")
        for (values, offset) in zip(parameters, offsets) {
            (arena.base + offset).assumingMemoryBound(to: Float.self).update(from: values, count: values.count)
        }
    }

    /// Where the values of a parameter lie, by its position in the graph.
    func address(_ position: Int) -> UnsafeMutableRawPointer { arena.base + offsets[position] }
}
