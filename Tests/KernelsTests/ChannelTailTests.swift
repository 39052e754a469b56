import ComputeGraph
import Kernels
import Testing

/// oneDNN 2.6.3 has a reorder that can go wrong where a blocked dimension has a tail. Every pair of channel counts
/// here makes weights travel through such reorders, forward and back.
@Suite struct ChannelTailTests {
    static let cases: [OperationCase] = [1, 3, 8, 15, 17, 20, 33, 40, 48, 65].flatMap { from in
        [2, 16, 24, 31, 33, 72].flatMap { to in
            [1, 3].map { kernel in
                OperationCase(
                    .convolution(channels: to, kernel: kernel, stride: 1, padding: kernel / 2, bias: true),
                    .image(height: 4, width: 3, channels: from), batch: 2)
            }
        }
    }

    @Test(arguments: [Precision.float32, .bfloat16])
    func convolutionsOfAnyChannelsAgree(_ precision: Precision) async throws {
        guard precision == .float32 || InstructionSet.current.supportsBFloat16 else { return }
        let failures = try await KernelThread.run {
            try Self.cases.flatMap { one -> [String] in
                let (output, gradients) = precision == .float32 ? (2e-5, 1e-4) : (1e-2, 2e-2)
                var found = [try one.worstOutput(precision: precision, mode: .training)].filter { !($0.error < output) }
                found += try one.gradientDisagreements(precision: precision).filter { !($0.error < gradients) }
                return found.map { "\(one): \($0)" }
            }
        }
        #expect(failures.isEmpty, "\(failures.prefix(10))")
    }
}
