import ComputeGraph
import Kernels

/// One float32 number for each element of a graph's parameters, in one block: values, gradients, momenta
/// and averages all have this form.
public final class ParameterStorage {
    public let parameters: [Parameter]
    /// First element of each parameter; parameters begin at multiples of a cache line.
    public let offsets: [Int]
    /// All elements, including the gaps of alignment, which stay zero.
    public let all: UnsafeMutableBufferPointer<Float>
    private let arena: Arena

    /// Zeros.
    public init(_ parameters: [Parameter], for purpose: String) throws {
        self.parameters = parameters
        var offsets: [Int] = []
        var end = 0
        for parameter in parameters {
            offsets.append(end)
            end += (parameter.shape.elementCount + 15) / 16 * 16
        }
        self.offsets = offsets
        arena = try Arena(byteCount: max(end, 1) * 4, for: purpose)
        all = UnsafeMutableBufferPointer(start: arena.base.assumingMemoryBound(to: Float.self), count: end)
        all.initialize(repeating: 0)
    }

    /// The elements of one parameter.
    public subscript(index: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: all[offsets[index]..<offsets[index] + parameters[index].shape.elementCount])
    }

    /// Copies of all parameters, in order.
    public var values: [[Float]] {
        get { parameters.indices.map { Array(self[$0]) } }
        set {
            precondition(newValue.count == parameters.count, "\(newValue.count) values for \(parameters.count) parameters")
            for index in parameters.indices {
                precondition(newValue[index].count == self[index].count, "\(parameters[index].name) has \(self[index].count) elements and was given \(newValue[index].count)")
                _ = self[index].update(fromContentsOf: newValue[index])
            }
        }
    }

    public func copy(from other: ParameterStorage) { _ = all.update(fromContentsOf: other.all) }
}
