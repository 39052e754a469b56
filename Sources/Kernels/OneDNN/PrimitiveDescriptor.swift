import COneDNN
import ComputeGraph

/// A oneDNN engine for this machine's processor. Engines hold no thread state and may be shared.
final class Processor: Sendable {
    // An engine is immutable after creation and documented as safe to use from several threads.
    nonisolated(unsafe) let engine: dnnl_engine_t

    private init(engine: dnnl_engine_t) { self.engine = engine }

    static let shared: Processor = {
        var engine: dnnl_engine_t?
        guard dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success, let engine else {
            preconditionFailure("oneDNN offers no engine for this processor; is libdnnl2 built for x86-64 with a CPU runtime?")
        }
        return Processor(engine: engine)
    }()
}

/// What is fused behind a primitive's result, in order.
enum PostOperation: Equatable {
    /// Adds what the destination held before.
    case sum
    case activation(dnnl_alg_kind_t)
}

extension [PostOperation] {
    /// What inference fuses behind a product: a residual sum, then an activation.
    static func fused(_ accumulating: Bool, _ activation: ActivationFunction?) -> [PostOperation] {
        (accumulating ? [.sum] : []) + (activation.map { [.activation($0.oneDNN)] } ?? [])
    }
}

/// A primitive with its implementation chosen: it knows its layouts and scratch size.
final class PrimitiveDescriptor {
    let raw: dnnl_primitive_desc_t
    let step: String

    /// - Parameters:
    ///   - operation: pointer to an operation descriptor such as `dnnl_convolution_desc_t`.
    ///   - hint: the forward primitive, for backward ones.
    init(
        _ operation: UnsafeRawPointer, hint: PrimitiveDescriptor? = nil, postOperations: [PostOperation] = [], step: String
    ) throws {
        var attributes: dnnl_primitive_attr_t?
        try check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create", step: step)
        defer { dnnl_primitive_attr_destroy(attributes) }
        try check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode", step: step)
        if !postOperations.isEmpty {
            var operations: dnnl_post_ops_t?
            try check(dnnl_post_ops_create(&operations), "dnnl_post_ops_create", step: step)
            defer { dnnl_post_ops_destroy(operations) }
            for operation in postOperations {
                let status = switch operation {
                case .sum: dnnl_post_ops_append_sum(operations, 1)
                case .activation(let kind): dnnl_post_ops_append_eltwise(operations, 1, kind, kind == dnnl_eltwise_swish ? 1 : 0, 0)
                }
                try check(status, "dnnl_post_ops_append", step: step)
            }
            try check(dnnl_primitive_attr_set_post_ops(attributes, operations), "dnnl_primitive_attr_set_post_ops", step: step)
        }
        var descriptor: dnnl_primitive_desc_t?
        try check(
            dnnl_primitive_desc_create(&descriptor, operation, attributes, Processor.shared.engine, hint?.raw),
            "dnnl_primitive_desc_create", step: step)
        guard let descriptor else {
            throw KernelError(step: step, problem: "oneDNN returned no primitive", remedy: "report this with the model")
        }
        raw = descriptor
        self.step = step
    }

    /// A copy from one layout or type to another.
    init(reorder source: MemoryDescriptor, to destination: MemoryDescriptor, step: String) throws {
        var attributes: dnnl_primitive_attr_t?
        try check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create", step: step)
        defer { dnnl_primitive_attr_destroy(attributes) }
        try check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode", step: step)
        var descriptor: dnnl_primitive_desc_t?
        let engine = Processor.shared.engine
        let status = withUnsafePointer(to: source.raw) { from in
            withUnsafePointer(to: destination.raw) { to in
                dnnl_reorder_primitive_desc_create(&descriptor, from, engine, to, engine, attributes)
            }
        }
        try check(status, "dnnl_reorder_primitive_desc_create", step: step)
        guard let descriptor else {
            throw KernelError(step: step, problem: "oneDNN returned no reorder", remedy: "report this with the model")
        }
        raw = descriptor
        self.step = step
    }

    deinit { dnnl_primitive_desc_destroy(raw) }

    /// The layout of one of the primitive's arguments.
    func layout(_ query: dnnl_query_t) -> MemoryDescriptor {
        guard let pointer = dnnl_primitive_desc_query_md(raw, query, 0) else { return MemoryDescriptor(raw: dnnl_memory_desc_t()) }
        return MemoryDescriptor(raw: pointer.pointee)
    }

    /// Bytes of scratch memory a run needs.
    var scratchByteCount: Int { layout(dnnl_query_scratchpad_md).byteCount }

    /// Name of the implementation, such as `brgconv:avx512_core_bf16`.
    var implementation: String {
        var name: UnsafePointer<CChar>?
        guard dnnl_primitive_desc_query(raw, dnnl_query_impl_info_str, 0, &name) == dnnl_success, let name else { return "unknown" }
        return String(cString: name)
    }
}
