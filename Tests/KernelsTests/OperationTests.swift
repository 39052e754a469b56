import ComputeGraph
import Kernels
import Testing

/// Every kernel against the plain reference. The same tests run once for each instruction set, chosen by
/// `ONEDNN_MAX_CPU_ISA` before the process starts.
@Suite struct OperationTests {
    static let supportsBFloat16 = InstructionSet.current.supportsBFloat16

    @Test(arguments: OperationCase.all)
    func outputAgreesInFloat32(_ operation: OperationCase) async throws {
        let worst = try await KernelThread.run { try operation.worstOutput(precision: .float32, mode: .training) }
        #expect(worst.error < 2e-5, "\(worst)")
    }

    @Test(arguments: OperationCase.all)
    func gradientsAgreeInFloat32(_ operation: OperationCase) async throws {
        let all = try await KernelThread.run { try operation.gradientDisagreements(precision: .float32) }
        for found in all { #expect(found.error < 1e-4, "\(found)") }
    }

    @Test(.enabled(if: supportsBFloat16, "the instruction set has no bfloat16"), arguments: OperationCase.all)
    func outputAgreesInBFloat16(_ operation: OperationCase) async throws {
        let worst = try await KernelThread.run { try operation.worstOutput(precision: .bfloat16, mode: .training) }
        #expect(worst.error < 1e-2, "\(worst)")
    }

    @Test(.enabled(if: supportsBFloat16, "the instruction set has no bfloat16"), arguments: OperationCase.all)
    func gradientsAgreeInBFloat16(_ operation: OperationCase) async throws {
        let all = try await KernelThread.run { try operation.gradientDisagreements(precision: .bfloat16) }
        for found in all { #expect(found.error < 2e-2, "\(found)") }
    }

    @Test(arguments: OperationCase.all)
    func outputAgreesInInference(_ operation: OperationCase) async throws {
        if operation.fusion != nil { return }
        let worst = try await KernelThread.run { try operation.worstOutput(precision: .float32, mode: .inference) }
        #expect(worst.error < 2e-5, "\(worst)")
    }
}
