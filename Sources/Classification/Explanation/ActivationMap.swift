/// How much each part of a photo speaks for a class: the network's last feature map, its channels weighted as the last
/// layer weights them for that class against the others (class activation mapping; Zhou et al., 2016).
public struct ActivationMap: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// Rows from top to bottom; positive where the photo speaks for the class, negative where it speaks against.
    public let values: [Float]

    public init(width: Int, height: Int, values: [Float]) {
        precondition(values.count == width * height && width > 0 && height > 0)
        self.width = width
        self.height = height
        self.values = values
    }

    /// The largest magnitude.
    public var extent: Float { values.reduce(0) { max($0, $1.magnitude) } }

    /// Where the photo speaks most for the class: the middle of that cell, 0 to 1 across and down.
    public var peak: (x: Float, y: Float) {
        let index = values.indices.max { values[$0] < values[$1] } ?? 0
        return ((Float(index % width) + 0.5) / Float(width), (Float(index / width) + 0.5) / Float(height))
    }

    /// The value at a place between 0 and 1 across and down, interpolated smoothly between the middles of cells.
    public func value(x: Float, y: Float) -> Float {
        func place(_ position: Float, _ count: Int) -> (Int, Int, Float) {
            let cell = min(max(position * Float(count) - 0.5, 0), Float(count - 1))
            let lower = Int(cell)
            let part = cell - Float(lower)
            return (lower, min(lower + 1, count - 1), part * part * (3 - 2 * part))
        }
        let (left, right, across) = place(x, width)
        let (top, bottom, down) = place(y, height)
        let upper = values[top * width + left] * (1 - across) + values[top * width + right] * across
        let lower = values[bottom * width + left] * (1 - across) + values[bottom * width + right] * across
        return upper * (1 - down) + lower * down
    }
}
