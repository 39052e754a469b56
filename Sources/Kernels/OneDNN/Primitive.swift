import COneDNN
import Synchronization

/// A compiled primitive with its arguments bound to memory: running it costs one call.
final class Primitive {
    private let primitive: dnnl_primitive_t
    private let arguments: UnsafeMutablePointer<dnnl_exec_arg_t>
    private let count: Int32

    /// - Parameter arguments: for each of oneDNN's argument numbers, the layout and address, which must
    ///   stay valid as long as the primitive.
    init(_ descriptor: PrimitiveDescriptor, arguments bound: [(Int32, MemoryDescriptor, UnsafeMutableRawPointer)]) throws {
        var made: dnnl_primitive_t?
        // oneDNN 2.6 has a data race when primitives are made on several threads at once.
        let status = Self.creation.withLock { _ in dnnl_primitive_create(&made, descriptor.raw) }
        try check(status, "dnnl_primitive_create", step: descriptor.step)
        guard let made else {
            throw KernelError(step: descriptor.step, problem: "oneDNN returned no primitive", remedy: "report this with the model")
        }
        primitive = made
        arguments = .allocate(capacity: bound.count)
        var filled = 0
        do {
            for (number, layout, address) in bound {
                var memory: dnnl_memory_t?
                let status = withUnsafePointer(to: layout.raw) {
                    dnnl_memory_create(&memory, $0, Processor.shared.engine, address)
                }
                try check(status, "dnnl_memory_create", step: descriptor.step)
                arguments[filled] = dnnl_exec_arg_t(arg: number, memory: memory)
                filled += 1
            }
        } catch {
            for index in 0..<filled { dnnl_memory_destroy(arguments[index].memory) }
            arguments.deallocate()
            dnnl_primitive_destroy(primitive)
            throw error
        }
        count = Int32(bound.count)
    }

    private static let creation = Mutex(())

    deinit {
        for index in 0..<Int(count) { dnnl_memory_destroy(arguments[index].memory) }
        arguments.deallocate()
        dnnl_primitive_destroy(primitive)
    }

    /// Runs on the calling thread and its OpenMP team.
    @inline(__always)
    func run(on stream: dnnl_stream_t) -> dnnl_status_t {
        dnnl_primitive_execute(primitive, stream, count, arguments)
    }
}
