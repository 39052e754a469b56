import CKernels
import COneDNN

/// A list of kernels bound to memory, run from first to last with no allocation and no look-up.
///
/// A program belongs to the thread that runs it: oneDNN's thread team and the arena are not shared.
public final class Program {
    enum Body {
        case primitive(Primitive)
        case call(() -> Void)
    }

    struct Step {
        var name: String
        var body: Body
    }

    private let steps: [Step]
    private let watched: [ProgramBuilder.Watch]
    private let addresses: Addresses
    private let stream: dnnl_stream_t
    /// Where the tensors lie; other programs may be built to share it.
    public let arena: Arena
    /// Bytes the tensors would take without sharing memory.
    public let unsharedByteCount: Int

    init(
        steps: [Step], watched: [ProgramBuilder.Watch], addresses: Addresses, arena: Arena, unsharedByteCount: Int
    ) throws {
        var stream: dnnl_stream_t?
        try check(
            dnnl_stream_create(&stream, Processor.shared.engine, UInt32(dnnl_stream_default_flags.rawValue)),
            "dnnl_stream_create", step: "program")
        guard let stream else {
            throw KernelError(step: "program", problem: "oneDNN returned no stream", remedy: "report this")
        }
        self.stream = stream
        self.steps = steps
        self.watched = watched
        self.addresses = addresses
        self.arena = arena
        self.unsharedByteCount = unsharedByteCount
    }

    deinit {
        dnnl_stream_destroy(stream)
        addresses.runNumber.deallocate()
        addresses.statisticsMomentum.deallocate()
    }

    /// Bytes of the arena, which is the peak of all tensors alive at once.
    public var arenaByteCount: Int { arena.byteCount }

    /// Number of the next run; set it to repeat the random numbers of an earlier one.
    public var runNumber: UInt64 {
        get { addresses.runNumber.pointee }
        set { addresses.runNumber.pointee = newValue }
    }

    /// Share of each batch in running statistics; 0 leaves it to each layer.
    public var statisticsMomentum: Float {
        get { addresses.statisticsMomentum.pointee }
        set { addresses.statisticsMomentum.pointee = newValue }
    }

    /// Runs once more, looking at every layer's result as soon as it is written.
    ///
    /// - Returns: the first layer, in order of computation, that produced an infinity or not-a-number; nil
    ///   when all results are finite.
    public func firstLayerNotFinite() throws -> String? {
        var next = 0
        for index in steps.indices {
            try execute(steps[index])
            while next < watched.count, watched[next].step == index {
                let tensor = watched[next].tensor
                if tk_all_finite_typed(tensor.type.elementType.kernelType, addresses[tensor], tensor.type.elementCount) == 0 {
                    return watched[next].layer
                }
                next += 1
            }
        }
        return nil
    }

    /// Runs all steps.
    ///
    /// - Throws: `KernelError` naming the step that failed.
    public func run() throws {
        for index in steps.indices { try execute(steps[index]) }
        addresses.runNumber.pointee &+= 1
    }

    /// Runs all steps and hands the seconds of each to `report`.
    public func profile(_ report: (_ step: String, _ seconds: Double) -> Void) throws {
        let clock = ContinuousClock()
        for step in steps {
            let start = clock.now
            try execute(step)
            let elapsed = (clock.now - start).components
            report(step.name, Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
        }
        addresses.runNumber.pointee &+= 1
    }

    @inline(__always)
    private func execute(_ step: Step) throws {
        switch step.body {
        case .primitive(let primitive):
            let status = primitive.run(on: stream)
            if status != dnnl_success { try check(status, "dnnl_primitive_execute", step: step.name) }
        case .call(let function):
            function()
        }
    }

    /// The memory of a tensor as floats, for reading and writing between runs.
    public func floats(_ tensor: Tensor) -> UnsafeMutableBufferPointer<Float> {
        precondition(tensor.type.elementType == .float32, "the tensor holds \(tensor.type.elementType)")
        return UnsafeMutableBufferPointer(
            start: addresses[tensor].assumingMemoryBound(to: Float.self), count: tensor.type.elementCount)
    }

    /// Converts values to a tensor's type and writes them to its beginning.
    ///
    /// - Parameter tensor: float32 or bfloat16, at least as long as `values`.
    public func write(_ values: UnsafeBufferPointer<Float>, to tensor: Tensor) {
        precondition(values.count <= tensor.type.elementCount, "\(values.count) values do not fit \(tensor.type)")
        guard let start = values.baseAddress else { return }
        tk_convert(TK_FLOAT32, start, tensor.type.elementType.kernelType, addresses[tensor], values.count)
    }

    /// Converts the beginning of a tensor to float32.
    ///
    /// - Parameter tensor: float32 or bfloat16, at least as long as `values`.
    public func read(_ tensor: Tensor, into values: UnsafeMutableBufferPointer<Float>) {
        precondition(values.count <= tensor.type.elementCount, "\(tensor.type) does not hold \(values.count) values")
        guard let start = values.baseAddress else { return }
        tk_convert(tensor.type.elementType.kernelType, addresses[tensor], TK_FLOAT32, start, values.count)
    }

    /// The memory of a tensor of 32-bit integers.
    public func integers(_ tensor: Tensor) -> UnsafeMutableBufferPointer<Int32> {
        precondition(tensor.type.elementType == .int32, "the tensor holds \(tensor.type.elementType)")
        return UnsafeMutableBufferPointer(
            start: addresses[tensor].assumingMemoryBound(to: Int32.self), count: tensor.type.elementCount)
    }
}
