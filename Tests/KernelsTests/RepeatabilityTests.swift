import ComputeGraph
import Kernels
import Testing

/// What must come out the same bits: with any number of threads, and after a run is resumed.
@Suite struct RepeatabilityTests {
    private static func lookUpGradient(threads: Int) async throws -> [[Double]?] {
        let compute = ComputeThread(name: "look-up", threads: threads)
        defer { compute.stop() }
        return try await compute.perform {
            let one = OperationCase(.embedding(count: 50, width: 33), [400], batch: 5)
            let numbers = try OperationNumbers(one, precision: .float32, seed: 4)
            return try OperationProgram(one, precision: .float32, mode: .training, differentiating: true).run(numbers).parameterGradients
        }
    }

    @Test func tableGradientsDoNotDependOnThreads() async throws {
        let single = try await Self.lookUpGradient(threads: 1)
        for threads in [2, 3, 7] { #expect(try await Self.lookUpGradient(threads: threads) == single) }
    }

    @Test func dropoutFollowsTheRunNumberAndTheLayer() async throws {
        try await KernelThread.run {
            let count = 10_000
            func program(_ layer: String) throws -> (Program, Tensor) {
                var builder = ProgramBuilder()
                let type = TensorType([1, count], .float32)
                let (input, output) = (builder.persistent(type, named: "input"), builder.persistent(type, named: "output"))
                _ = try builder.lower(
                    .dropout(rate: 0.25), inputs: [input], parameters: [], into: output, mode: .training, layer: layer)
                let program = try builder.build(for: "dropout")
                program.floats(input).update(repeating: 3)
                return (program, output)
            }
            let (first, output) = try program("one")
            func run(_ number: UInt64) throws -> [Float] {
                first.runNumber = number
                try first.run()
                return Array(first.floats(output))
            }
            let zeroth = try run(0)
            #expect(try run(1) != zeroth)
            #expect(try run(0) == zeroth)
            let (other, otherOutput) = try program("two")
            try other.run()
            #expect(Array(other.floats(otherOutput)) != zeroth)
            // 0.25 of 10,000 within five standard errors, and the rest scaled up.
            let dropped = zeroth.count { $0 == 0 }
            #expect(abs(dropped - 2500) < 217)
            #expect(zeroth.allSatisfy { $0 == 0 || $0 == 4 })
        }
    }

    @Test func batchNormTracksRunningStatistics() async throws {
        try await KernelThread.run {
            let one = OperationCase(.batchNorm(epsilon: 1e-5, momentum: 0.25), [3, 3, 20], batch: 4)
            let numbers = try OperationNumbers(one, precision: .float32, seed: 2)
            let answer = try OperationProgram(one, precision: .float32, mode: .training, differentiating: false).run(numbers)
            let (mean, variance) = ReferenceKernels.batchStatistics(numbers.inputs[0], channels: 20)
            for channel in 0..<20 {
                let unbiased = variance[channel] * 36 / 35
                #expect(abs(answer.parameters[2][channel] - (0.75 * numbers.parameters[2][channel] + 0.25 * mean[channel])) < 1e-5)
                #expect(abs(answer.parameters[3][channel] - (0.75 * numbers.parameters[3][channel] + 0.25 * unbiased)) < 1e-5)
            }
        }
    }

    @Test func largeMeansDoNotDrownTheVariance() async throws {
        try await KernelThread.run {
            let one = OperationCase(.batchNorm(epsilon: 1e-5, momentum: 0.1), [4, 4, 20], batch: 8)
            var numbers = try OperationNumbers(one, precision: .float32, seed: 2)
            numbers.inputs[0] = numbers.inputs[0].map { Double(Float($0 + 3000)) }
            let answer = try OperationProgram(one, precision: .float32, mode: .training, differentiating: false).run(numbers)
            let expected = try one.reference(numbers, mode: .training)
            #expect(zip(answer.output, expected).allSatisfy { abs($0 - $1) < 2e-3 })
        }
    }
}
