/// Which share of every pixel of a box lies inside a path, exact for straight edges.
///
/// The signed-area accumulation of R. Levien's font-rs: every edge adds the change of coverage it causes from pixel to
/// pixel along a row; a running sum over the row is then the coverage. The cost is that of the outline plus the box.
struct Coverage {
    let left: Int, top: Int, width: Int, height: Int
    /// Row by row, 0 to 1.
    private(set) var shares: [Float] = []

    /// - Parameter margin: pixels added on every side, for a softened edge.
    init?(outlines: [[Point]], canvasWidth: Int, canvasHeight: Int, margin: Int = 0) {
        var low = Point(repeating: .infinity), high = Point(repeating: -.infinity)
        for outline in outlines {
            for point in outline {
                low = pointwiseMin(low, point)
                high = pointwiseMax(high, point)
            }
        }
        guard low.x < high.x, low.y < high.y, low.x.isFinite, high.x.isFinite, low.y.isFinite, high.y.isFinite else { return nil }
        func pixel(_ value: Float, _ limit: Int) -> Int { Int(min(max(value, Float(-margin)), Float(limit + margin))) }
        left = pixel(low.x.rounded(.down) - Float(margin), canvasWidth)
        top = pixel(low.y.rounded(.down) - Float(margin), canvasHeight)
        width = pixel(high.x.rounded(.up) + Float(margin), canvasWidth) - left
        height = pixel(high.y.rounded(.up) + Float(margin), canvasHeight) - top
        guard width > 0, height > 0 else { return nil }
        // Two more columns per row take what an edge at the right border leaves over.
        let stride = width + 2
        var changes = [Float](repeating: 0, count: stride * height)
        let origin = Point(Float(left), Float(top))
        changes.withUnsafeMutableBufferPointer { buffer in
            for outline in outlines {
                var last = outline[outline.count - 1] - origin
                for point in outline {
                    let next = point - origin
                    Self.add(last, next, buffer, width: width, height: height)
                    last = next
                }
            }
        }
        shares = [Float](repeating: 0, count: width * height)
        for y in 0..<height {
            var sum: Float = 0
            for x in 0..<width {
                sum += changes[y * stride + x]
                shares[y * width + x] = min(abs(sum), 1)
            }
        }
    }

    private static func add(_ from: Point, _ to: Point, _ changes: UnsafeMutableBufferPointer<Float>, width: Int, height: Int) {
        guard from.y != to.y else { return }
        let direction: Float = from.y < to.y ? 1 : -1
        let (upper, lower) = from.y < to.y ? (from, to) : (to, from)
        let bottom = min(lower.y, Float(height))
        guard upper.y < Float(height), bottom > 0 else { return }
        let slope = (lower.x - upper.x) / (lower.y - upper.y)
        let rightmost = Float(width)
        var y = max(upper.y, 0)
        var row = Int(y)
        while row < height, Float(row) < bottom {
            let end = min(Float(row + 1), bottom)
            let change = (end - y) * direction
            let start = min(max(upper.x + slope * (y - upper.y), 0), rightmost)
            let stop = min(max(upper.x + slope * (end - upper.y), 0), rightmost)
            let (x0, x1) = start < stop ? (start, stop) : (stop, start)
            let base = row * (width + 2)
            let first = Int(x0), last = Int(x1.rounded(.up))
            if last <= first + 1 {
                let inside = 0.5 * (x0 + x1) - Float(first)
                changes[base + first] += change - change * inside
                changes[base + first + 1] += change * inside
            } else {
                // The edge crosses several pixels of the row: each takes the share of its trapezoid.
                let perPixel = 1 / (x1 - x0)
                var covered: Float = 0
                for x in first..<last {
                    let a = max(x0, Float(x)), b = min(x1, Float(x + 1))
                    let passed = (b - a) * perPixel
                    // Rows that crossed left of this pixel cover it whole, those that cross inside it in part.
                    let partial = (a - x0) * perPixel + passed * (Float(x + 1) - 0.5 * (a + b))
                    changes[base + x] += change * (partial - covered)
                    covered = partial
                }
                changes[base + last] += change * (1 - covered)
            }
            y = end
            row += 1
        }
    }

    /// Blurs the edges: two passes of a box of the given radius in each direction, which is close to a Gaussian.
    mutating func soften(radius: Int) {
        guard radius > 0 else { return }
        for _ in 0..<2 {
            Self.boxBlur(&shares, lines: height, length: width, lineStride: width, stride: 1, radius: radius)
            Self.boxBlur(&shares, lines: width, length: height, lineStride: 1, stride: width, radius: radius)
        }
    }

    private static func boxBlur(
        _ values: inout [Float], lines: Int, length: Int, lineStride: Int, stride: Int, radius: Int
    ) {
        var line = [Float](repeating: 0, count: length + 1)
        let scale = 1 / Float(2 * radius + 1)
        for index in 0..<lines {
            for i in 0..<length { line[i + 1] = line[i] + values[index * lineStride + i * stride] }
            for i in 0..<length {
                values[index * lineStride + i * stride] = (line[min(i + radius + 1, length)] - line[max(i - radius, 0)]) * scale
            }
        }
    }
}
