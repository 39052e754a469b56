/// A tensor with the name it has in a file, its shape and its numbers.
public struct NamedTensor: Sendable, Equatable {
    /// The numbers of a tensor, last dimension fastest.
    public enum Values: Sendable, Equatable {
        case floats(FrozenArray<Float>)
        case integers([Int64])
        /// Whole numbers, stored as `U32`.
        case words(FrozenArray<UInt32>)
        /// Whole numbers, stored as `U8`.
        case bytes(FrozenArray<UInt8>)

        /// How many numbers there are.
        public var count: Int {
            switch self {
            case .floats(let values): values.count
            case .integers(let values): values.count
            case .words(let values): values.count
            case .bytes(let values): values.count
            }
        }

        /// The whole numbers; `nil` where there are floating-point numbers.
        var integers: [Int64]? {
            switch self {
            case .floats: nil
            case .integers(let values): values
            case .words(let values): values.map(Int64.init)
            case .bytes(let values): values.map(Int64.init)
            }
        }

        public static func == (left: Self, right: Self) -> Bool {
            switch (left, right) {
            case (.floats(let left), .floats(let right)): left == right
            case (.words(let left), .words(let right)): left == right
            case (.bytes(let left), .bytes(let right)): left == right
            case (.floats, _), (_, .floats): false
            default: left.integers == right.integers
            }
        }
    }

    /// The name, unique in its file.
    public var name: String
    /// The size of each dimension, outermost first; empty for a single number.
    public var shape: [Int]
    /// How the numbers are stored in a file.
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
        self.values = .floats(FrozenArray(floats))
    }

    /// Floating-point numbers that are stored as they are.
    public init(name: String, shape: [Int], floats: FrozenArray<Float>) {
        self.init(name: name, shape: shape, storedAs: .float32, .floats(floats))
    }

    /// Whole numbers of 32 bits without a sign that are stored as they are.
    public init(name: String, shape: [Int], words: FrozenArray<UInt32>) {
        self.init(name: name, shape: shape, storedAs: .uint32, .words(words))
    }

    /// Bytes, such as those of a text.
    public init(name: String, shape: [Int], bytes: FrozenArray<UInt8>) {
        self.init(name: name, shape: shape, storedAs: .uint8, .bytes(bytes))
    }

    init(name: String, shape: [Int], storedAs elementType: SafetensorsElementType, _ values: Values) {
        (self.name, self.shape, self.elementType, self.values) = (name, shape, elementType, values)
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
    public var floats: FrozenArray<Float>? {
        if case .floats(let values) = values { values } else { nil }
    }

    /// The whole numbers; `nil` when the tensor holds floating-point numbers.
    public var integers: [Int64]? { values.integers }

    /// The whole numbers as 32 bits without a sign, copied unless they are stored so; `nil` when there are others.
    public var words: FrozenArray<UInt32>? {
        if case .words(let values) = values { return values }
        guard let integers, integers.allSatisfy({ UInt32(exactly: $0) != nil }) else { return nil }
        return FrozenArray(integers.map { UInt32($0) })
    }

    /// The whole numbers as bytes, copied unless they are stored so; `nil` when there are others.
    public var bytes: FrozenArray<UInt8>? {
        if case .bytes(let values) = values { return values }
        guard let integers, integers.allSatisfy({ UInt8(exactly: $0) != nil }) else { return nil }
        return FrozenArray(integers.map { UInt8($0) })
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
