import Kernels

/// The plans of one model for several batch sizes, made when first needed.
struct PlanSet {
    private let model: CompiledModel
    /// Ascending.
    private let batchSizes: [Int]
    private let inputCounts: [Int]
    private let outputCounts: [Int]
    private var plans: [InferencePlan?]

    /// - Parameter preparing: sizes whose plans are made now.
    init(_ model: CompiledModel, batchSizes: [Int], preparing: [Int]) throws {
        self.model = model
        self.batchSizes = batchSizes
        inputCounts = model.inputShapes.map(\.elementCount)
        outputCounts = model.outputShapes.map(\.elementCount)
        plans = try batchSizes.map { preparing.contains($0) ? try InferencePlan(model, batch: $0) : nil }
    }

    mutating func plan(_ choice: Int) throws -> InferencePlan {
        if let plan = plans[choice] { return plan }
        let plan = try InferencePlan(model, batch: batchSizes[choice])
        plans[choice] = plan
        return plan
    }

    var arenaByteCount: Int { plans.reduce(0) { $0 + ($1?.program.arenaByteCount ?? 0) } }

    /// Answers `count` samples, part by part.
    mutating func run(
        _ inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>, count: Int,
        into outputs: UnsafeBufferPointer<UnsafeMutableBufferPointer<Float>>
    ) throws {
        var done = 0
        while done < count {
            let (choice, taken) = Self.next(remaining: count - done, sizes: batchSizes)
            let plan = try plan(choice)
            for index in inputs.indices {
                plan.load(inputs[index], from: done * inputCounts[index], count: taken * inputCounts[index], input: index)
            }
            try plan.program.run()
            for index in outputs.indices {
                let (from, length) = (done * outputCounts[index], taken * outputCounts[index])
                plan.program.read(plan.outputs[index], into: UnsafeMutableBufferPointer(rebasing: outputs[index][from..<from + length]))
            }
            done += taken
        }
    }

    /// Which plan to run next, and how many samples it takes: the smallest plan that holds all, when it is at
    /// least three quarters full or the smallest of all, or else the largest that can be filled.
    static func next(remaining: Int, sizes: [Int]) -> (choice: Int, taken: Int) {
        let holding = sizes.firstIndex { $0 >= remaining }
        if let holding, holding == 0 || 4 * remaining >= 3 * sizes[holding] { return (holding, remaining) }
        let choice = (holding ?? sizes.count) - 1
        return (choice, sizes[choice])
    }
}

extension InferencePlan {
    /// Copies part of a caller's input to the beginning of one of the plan's.
    fileprivate func load(_ bytes: UnsafeRawBufferPointer, from first: Int, count: Int, input: Int) {
        let part = UnsafeRawBufferPointer(rebasing: bytes[first * 4..<(first + count) * 4])
        if inputs[input].type.elementType == .int32 {
            UnsafeMutableRawBufferPointer(program.integers(inputs[input])).copyMemory(from: part)
        } else {
            program.write(part.assumingMemoryBound(to: Float.self), to: inputs[input])
        }
    }
}
