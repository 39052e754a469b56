import COneDNN
import Synchronization

/// Weights reordered once into the layouts that kernels chose, shared by all programs that ask for the
/// same layout: the plans of different batch sizes, and the sessions of several threads.
public final class PackedWeights: Sendable {
    private struct Entry: @unchecked Sendable {
        // The arena is written once, before the entry is published under the lock, and only read afterwards.
        var layout: MemoryDescriptor
        var arena: Arena
    }

    private let entries = Mutex<[String: [Entry]]>([:])

    public init() {}

    /// Bytes of all packed copies.
    public var byteCount: Int {
        entries.withLock { $0.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.arena.byteCount } } }
    }

    /// The address of `name`'s values in `layout`, converted from `source` when first asked for.
    func address(
        of name: String, in layout: MemoryDescriptor, from source: MemoryDescriptor, at values: UnsafeMutableRawPointer
    ) throws -> UnsafeMutableRawPointer {
        let origin = UInt(bitPattern: values)
        let base = try entries.withLock { entries -> UInt in
            if let known = entries[name]?.first(where: { $0.layout == layout }) { return UInt(bitPattern: known.arena.base) }
            let arena = try Arena(byteCount: layout.byteCount, for: name)
            guard let values = UnsafeMutableRawPointer(bitPattern: origin) else { return 0 }
            var builder = ProgramBuilder()
            let from = builder.external(TensorType([source.byteCount], .uint8), at: values, named: name)
            let to = builder.external(TensorType([layout.byteCount], .uint8), at: arena.base, named: name)
            try builder.reorder(from, source, to, layout, named: name + " packing")
            try builder.build(for: name).run()
            entries[name, default: []].append(Entry(layout: layout, arena: arena))
            return UInt(bitPattern: arena.base)
        }
        guard let address = UnsafeMutableRawPointer(bitPattern: base) else {
            throw KernelError(step: name, problem: "its values have no address", remedy: "report this")
        }
        return address
    }
}

extension ProgramBuilder {
    /// Adds a copy between layouts or types.
    mutating func reorder(
        _ source: Tensor, _ sourceLayout: MemoryDescriptor, _ destination: Tensor, _ destinationLayout: MemoryDescriptor,
        named name: String
    ) throws {
        let descriptor = try PrimitiveDescriptor(reorder: sourceLayout, to: destinationLayout, step: name)
        primitive(descriptor, [(DNNL_ARG_FROM, sourceLayout, source), (DNNL_ARG_TO, destinationLayout, destination)])
    }

    /// The values of a parameter in the layout that a kernel asks for: packed once when the parameters do
    /// not change, at every run when they do.
    mutating func pack(_ parameter: Tensor, _ plain: MemoryDescriptor, as layout: MemoryDescriptor, named name: String) throws -> Tensor {
        if plain == layout { return parameter }
        if let packedWeights, case .external(let values) = buffers[parameter.buffer].place {
            let address = try packedWeights.address(of: buffers[parameter.buffer].name, in: layout, from: plain, at: values)
            return external(TensorType([layout.byteCount], .uint8), at: address, named: name)
        }
        let packed = bytes(layout.byteCount, named: name)
        try reorder(parameter, plain, packed, layout, named: name)
        return packed
    }
}
