import COneDNN

/// In which precision activations and products are computed. Parameters, gradients and statistics are
/// float32 in both.
public enum Precision: String, Codable, Sendable, CaseIterable {
    case float32, bfloat16

    /// The type of activations.
    public var elementType: ElementType { self == .float32 ? .float32 : .bfloat16 }
}

/// The instruction set that oneDNN uses on this processor, after any limit by `ONEDNN_MAX_CPU_ISA`.
public enum InstructionSet: String, Codable, Sendable {
    case amx = "AMX bf16"
    case avx512BF16 = "AVX-512 bf16"
    case avx512 = "AVX-512"
    case avx2 = "AVX2"
    case baseline = "SSE4.1 or older"

    /// The set in force; fixed from the first call on.
    public static let current: InstructionSet = {
        switch dnnl_get_effective_cpu_isa() {
        case dnnl_cpu_isa_avx512_core_amx: .amx
        case dnnl_cpu_isa_avx512_core_bf16: .avx512BF16
        case dnnl_cpu_isa_avx512_core, dnnl_cpu_isa_avx512_core_vnni: .avx512
        case dnnl_cpu_isa_avx2, dnnl_cpu_isa_avx2_vnni: .avx2
        default: .baseline
        }
    }()

    /// The precision in which this processor computes fastest: bf16 where it has instructions for it.
    public var preferredPrecision: Precision {
        switch self {
        case .amx, .avx512BF16: .bfloat16
        case .avx512, .avx2, .baseline: .float32
        }
    }

    /// Whether oneDNN can run bf16 at all: it needs AVX-512.
    public var supportsBFloat16: Bool {
        switch self {
        case .amx, .avx512BF16, .avx512: true
        case .avx2, .baseline: false
        }
    }

    /// Version of the oneDNN library in use, such as `2.6.3`.
    public static var libraryVersion: String {
        guard let version = dnnl_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.patch)"
    }
}
