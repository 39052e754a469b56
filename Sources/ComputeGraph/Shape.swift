/// The extent of one sample along each axis, outermost first. The batch axis is not part of it:
/// a graph says what happens to a sample, a plan says how many samples go through at once.
///
/// Images are `[height, width, channels]`, sequences `[length, width]`.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let dimensions: [Int]

    public init(_ dimensions: [Int]) { self.dimensions = dimensions }
    public init(arrayLiteral elements: Int...) { dimensions = elements }

    /// The shape of an image sample.
    public static func image(height: Int, width: Int, channels: Int) -> Shape { [height, width, channels] }

    public var rank: Int { dimensions.count }

    /// Number of elements in one sample; 1 for a scalar, and the largest integer where the product does not fit.
    public var elementCount: Int {
        var count = 1
        for extent in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow { return .max }
            count = product
        }
        return count
    }

    /// Whether all extents are positive and a graph can hold a value or a parameter of this shape.
    var isUsable: Bool {
        rank <= GraphLimits.axes && dimensions.allSatisfy { $0 > 0 && $0 <= GraphLimits.elements }
            && elementCount <= GraphLimits.elements
    }

    /// The innermost extent: channels of an image, width of a sequence; 1 for a scalar.
    public var last: Int { dimensions.last ?? 1 }

    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// This shape with its innermost extent replaced.
    public func replacingLast(with extent: Int) -> Shape { Shape(dimensions.dropLast() + [extent]) }

    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape: Codable {
    public init(from decoder: any Decoder) throws {
        dimensions = try decoder.singleValueContainer().decode([Int].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(dimensions)
    }
}
