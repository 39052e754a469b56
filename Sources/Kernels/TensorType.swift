import ComputeGraph

/// How one element is stored.
public enum ElementType: String, Codable, Sendable, Hashable {
    case float32, bfloat16, int32, uint8

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .float32, .int32: 4
        case .bfloat16: 2
        case .uint8: 1
        }
    }
}

/// Extents with the batch outermost, and the type of the elements, dense and in row-major order:
/// images are NHWC.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    public let dimensions: [Int]
    public let elementType: ElementType

    public init(_ dimensions: [Int], _ elementType: ElementType) {
        self.dimensions = dimensions
        self.elementType = elementType
    }

    /// A batch of samples of `shape`.
    public init(batch: Int, _ shape: Shape, _ elementType: ElementType) {
        self.init([batch] + shape.dimensions, elementType)
    }

    public var elementCount: Int { dimensions.reduce(1, *) }
    public var byteCount: Int { elementCount * elementType.size }
    /// The innermost extent.
    public var last: Int { dimensions.last ?? 1 }
    /// Number of innermost vectors.
    public var rows: Int { elementCount / max(last, 1) }

    public var description: String { "\(dimensions) \(elementType.rawValue)" }
}
