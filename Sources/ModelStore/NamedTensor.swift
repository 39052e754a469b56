/// A tensor with the name it has in a file, its shape and its numbers.
public struct NamedTensor: Sendable, Equatable {
    /// The numbers of a tensor, last dimension fastest.
    public enum Values: Sendable, Equatable {
        case floats([Float])
        case integers([Int64])

        /// How many numbers there are.
        public var count: Int {
            switch self {
            case .floats(let values): values.count
            case .integers(let values): values.count
            }
        }
    }

    /// The name, unique in its file.
    public var name: String
    /// The size of each dimension, outermost first; empty for a single number.
    public var shape: [Int]
    /// How the numbers are stored in a file. In memory they are always `Float` or `Int64`.
    public var elementType: SafetensorsElementType
    /// The numbers; as many as the product of `shape`.
    public var values: Values

    /// A tensor of floating-point numbers.
    ///
    /// - Parameters:
    ///   - name: the name, unique in its file.
    ///   - shape: the size of each dimension; the product must be `floats.count` when the tensor is written.
    ///   - floats: the numbers, last dimension fastest.
    ///   - elementType: how a file stores them. `bfloat16` and `float16` take half the space; numbers are rounded
    ///     to the nearest, ties to even.
    public init(
        name: String, shape: [Int], floats: [Float], storedAs elementType: SafetensorsElementType = .float32
    ) {
        self.name = name
        self.shape = shape
        self.elementType = elementType
        self.values = .floats(floats)
    }

    /// A tensor of whole numbers or truth values (0 and 1).
    ///
    /// - Parameters:
    ///   - name: the name, unique in its file.
    ///   - shape: the size of each dimension; the product must be `integers.count` when the tensor is written.
    ///   - integers: the numbers, last dimension fastest.
    ///   - elementType: how a file stores them; each number must fit.
    public init(
        name: String, shape: [Int], integers: [Int64], storedAs elementType: SafetensorsElementType = .int64
    ) {
        self.name = name
        self.shape = shape
        self.elementType = elementType
        self.values = .integers(integers)
    }

    /// The floating-point numbers; `nil` when the tensor holds whole numbers.
    public var floats: [Float]? {
        if case .floats(let values) = values { values } else { nil }
    }

    /// The whole numbers; `nil` when the tensor holds floating-point numbers.
    public var integers: [Int64]? {
        if case .integers(let values) = values { values } else { nil }
    }
}

/// The number of elements of a shape; `nil` when a dimension is negative or the product overflows.
func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    var overflowed = false
    for dimension in shape {
        if dimension < 0 { return nil }
        // An overflow before a later zero is still refused: no reader computes the product the other way round.
        let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
        overflowed = overflowed || overflow
        count = product
    }
    return overflowed ? nil : count
}
