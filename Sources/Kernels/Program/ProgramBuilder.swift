import COneDNN

/// A tensor of a program under construction: a buffer seen as extents and a type.
public struct Tensor: Hashable, Sendable {
    let buffer: Int
    public let type: TensorType

    /// The same bytes seen with other extents.
    public func viewed(as dimensions: [Int]) -> Tensor {
        Tensor(buffer: buffer, type: TensorType(dimensions, type.elementType))
    }
}

/// Addresses of a program's tensors, known once its memory is planned.
public struct Addresses {
    let pointers: [UnsafeMutableRawPointer]
    /// Number of the run, which kernels that draw random numbers mix into their seed.
    public let runNumber: UnsafeMutablePointer<UInt64>
    /// Share of a batch in running statistics; 0 leaves it to each layer.
    let statisticsMomentum: UnsafeMutablePointer<Float>

    public subscript(tensor: Tensor) -> UnsafeMutableRawPointer { pointers[tensor.buffer] }

    func floats(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
        self[tensor].assumingMemoryBound(to: Float.self)
    }
}

/// Collects the steps of a program and the tensors they touch, then plans memory and binds every step to
/// its addresses.
public struct ProgramBuilder {
    enum Place {
        /// In the arena, from the first to the last step that touches it.
        case planned
        /// In the arena for the whole program.
        case persistent
        /// Memory that somebody else owns and keeps alive.
        case external(UnsafeMutableRawPointer)
    }

    struct Buffer {
        var name: String
        var byteCount: Int
        var place: Place
        var lifetime: ClosedRange<Int>?
    }

    struct PendingStep {
        var name: String
        var bind: (Addresses) throws -> Program.Body
    }

    private(set) var buffers: [Buffer] = []
    private(set) var steps: [PendingStep] = []
    private(set) var watched: [Watch] = []

    /// A layer's result, to be checked for values that are not finite when a run has gone wrong.
    struct Watch {
        var step: Int
        var tensor: Tensor
        var layer: String
    }

    /// Where packed weights are kept when parameters never change; nil packs them at every run.
    let packedWeights: PackedWeights?

    public init(packedWeights: PackedWeights? = nil) { self.packedWeights = packedWeights }

    /// A tensor that lives from the first to the last step that names it.
    public mutating func tensor(_ type: TensorType, named name: String) -> Tensor {
        add(type, name, .planned)
    }

    /// A tensor that keeps its values between runs, such as an input or an answer.
    public mutating func persistent(_ type: TensorType, named name: String) -> Tensor {
        add(type, name, .persistent)
    }

    /// A tensor in memory that the caller owns and keeps alive as long as the program.
    public mutating func external(_ type: TensorType, at address: UnsafeMutableRawPointer, named name: String) -> Tensor {
        add(type, name, .external(address))
    }

    /// A planned buffer of bytes without extents, such as packed weights.
    mutating func bytes(_ count: Int, named name: String) -> Tensor {
        add(TensorType([count], .uint8), name, .planned)
    }

    private mutating func add(_ type: TensorType, _ name: String, _ place: Place) -> Tensor {
        buffers.append(Buffer(name: name, byteCount: type.byteCount, place: place, lifetime: nil))
        return Tensor(buffer: buffers.count - 1, type: type)
    }

    /// Adds a step.
    ///
    /// - Parameters:
    ///   - name: layer and kernel, for errors and timings.
    ///   - touching: every tensor the step reads or writes.
    ///   - bind: given the addresses, returns what a run of the step calls.
    public mutating func step(_ name: String, touching tensors: [Tensor], _ bind: @escaping (Addresses) -> () -> Void) {
        record(name, tensors) { addresses in .call(bind(addresses)) }
    }

    /// Names the layer whose result the last step wrote, for `Program.firstLayerNotFinite`.
    public mutating func watch(_ tensor: Tensor, layer: String) {
        watched.append(Watch(step: steps.count - 1, tensor: tensor, layer: layer))
    }

    /// Adds a oneDNN primitive, with scratch memory as it asks for.
    mutating func primitive(_ descriptor: PrimitiveDescriptor, _ arguments: [(Int32, MemoryDescriptor, Tensor)]) {
        var arguments = arguments
        if descriptor.scratchByteCount > 0 {
            let scratch = bytes(descriptor.scratchByteCount, named: descriptor.step + " scratch")
            arguments.append((DNNL_ARG_SCRATCHPAD, descriptor.layout(dnnl_query_scratchpad_md), scratch))
        }
        record(descriptor.step, arguments.map(\.2)) { addresses in
            .primitive(try Primitive(descriptor, arguments: arguments.map { ($0.0, $0.1, addresses[$0.2]) }))
        }
    }

    private mutating func record(_ name: String, _ tensors: [Tensor], _ bind: @escaping (Addresses) throws -> Program.Body) {
        let position = steps.count
        for tensor in tensors {
            let start = buffers[tensor.buffer].lifetime?.lowerBound ?? position
            buffers[tensor.buffer].lifetime = start...position
        }
        steps.append(PendingStep(name: name, bind: bind))
    }

    /// Plans the memory and binds the steps.
    ///
    /// - Parameters:
    ///   - purpose: what the program is for, for errors.
    ///   - shared: the arena of another program to lie in, where it is large enough. Programs of one arena run one at a
    ///     time, and each overwrites what the others keep between runs, their inputs and answers included.
    public func build(for purpose: String, sharing shared: Arena? = nil) throws -> Program {
        let last = max(steps.count - 1, 0)
        var requests: [MemoryPlan.Request] = []
        var owners: [Int] = []
        for (index, buffer) in buffers.enumerated() {
            switch buffer.place {
            case .external: continue
            case .persistent: requests.append(.init(byteCount: buffer.byteCount, lifetime: 0...last))
            case .planned:
                guard let lifetime = buffer.lifetime else { continue }
                requests.append(.init(byteCount: buffer.byteCount, lifetime: lifetime))
            }
            owners.append(index)
        }
        let plan = MemoryPlan(requests)
        let arena: Arena
        if let shared, shared.byteCount >= plan.byteCount { arena = shared } else {
            arena = try Arena(byteCount: plan.byteCount, for: purpose)
        }
        var pointers = [UnsafeMutableRawPointer](repeating: arena.base, count: buffers.count)
        for (order, index) in owners.enumerated() { pointers[index] = arena.base + plan.offsets[order] }
        for (index, buffer) in buffers.enumerated() {
            if case .external(let address) = buffer.place { pointers[index] = address }
        }
        let runNumber = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        runNumber.initialize(to: 0)
        let momentum = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        momentum.initialize(to: 0)
        let addresses = Addresses(pointers: pointers, runNumber: runNumber, statisticsMomentum: momentum)
        let bound = try steps.map { step in Program.Step(name: step.name, body: try step.bind(addresses)) }
        return try Program(
            steps: bound, watched: watched, addresses: addresses, arena: arena,
            unsharedByteCount: requests.reduce(0) { $0 + $1.byteCount })
    }
}
