import ComputeGraph
import Kernels
import Testing

@Suite struct ProgramTests {
    @Test func runsItsStepsInOrderAndSharesMemory() async throws {
        try await KernelThread.run {
            let type = TensorType([1000], .float32)
            var builder = ProgramBuilder()
            let input = builder.persistent(type, named: "input")
            var value = input
            for index in 0..<8 {
                let next = builder.tensor(type, named: "double \(index)")
                builder.add(value, value, into: next, named: "double \(index)")
                value = next
            }
            let output = builder.persistent(type, named: "output")
            builder.add(value, input, into: output, named: "last")
            let program = try builder.build(for: "doubling")
            for index in 0..<1000 { program.floats(input)[index] = Float(index) }
            try program.run()
            try program.run()
            #expect(program.runNumber == 2)
            #expect((0..<1000).allSatisfy { program.floats(output)[$0] == 257 * Float($0) })
            #expect(program.arenaByteCount < program.unsharedByteCount / 2)
            var names: [String] = []
            try program.profile { name, seconds in
                names.append(name)
                #expect(seconds >= 0)
            }
            #expect(names == (0..<8).map { "double \($0)" } + ["last"])
        }
    }

    @Test func errorsNameTheLayer() async throws {
        let error = await #expect(throws: KernelError.self) {
            try await KernelThread.run {
                var builder = ProgramBuilder()
                let left = builder.persistent(TensorType([4, 5], .float32), named: "left")
                let right = builder.persistent(TensorType([6, 7], .float32), named: "right")
                let result = builder.persistent(TensorType([4, 7], .float32), named: "result")
                try builder.matrixProduct(left, right, into: result, named: "stage3.projection")
            }
        }
        let text = try #require(error).description
        #expect(text.contains("stage3.projection"))
        #expect(text.contains("dnnl_"))
        #expect(try #require(error).remedy.isEmpty == false)
    }

    @Test func masksMustBeFloat32() async throws {
        let error = await #expect(throws: KernelError.self) {
            try await KernelThread.run {
                var builder = ProgramBuilder()
                let value = builder.persistent(TensorType([1, 4, 8], .bfloat16), named: "value")
                let mask = builder.persistent(TensorType([1, 4], .bfloat16), named: "mask")
                let result = builder.persistent(value.type, named: "result")
                _ = try builder.lower(
                    .attention(heads: 2, causal: false), inputs: [value, value, value, mask], parameters: [], into: result,
                    mode: .inference, layer: "block4.attention")
            }
        }
        #expect(try #require(error).description.contains("block4.attention"))
    }

    @Test func operationsWithoutAKernelAreNamed() async throws {
        let error = await #expect(throws: KernelError.self) {
            try await KernelThread.run {
                var builder = ProgramBuilder()
                let value = builder.persistent(TensorType([1, 4], .float32), named: "value")
                _ = try builder.lower(.reshape(to: [2, 2]), inputs: [value], parameters: [], into: value, mode: .training, layer: "fold")
            }
        }
        #expect(try #require(error).description.contains("fold"))
    }
}
