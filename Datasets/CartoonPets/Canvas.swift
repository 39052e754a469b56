/// A picture in floating point that shapes are painted on.
package struct Canvas: Sendable {
    package let width: Int
    package let height: Int
    /// Row by row from the top left; 0 to 1 once `clamp` has run.
    package internal(set) var pixels: [Color]

    package init(width: Int, height: Int, background: Color = .zero) {
        precondition(width > 0 && height > 0, "a canvas needs at least one pixel")
        self.width = width
        self.height = height
        pixels = [Color](repeating: background, count: width * height)
    }

    package subscript(x: Int, y: Int) -> Color {
        get { pixels[y * width + x] }
        set { pixels[y * width + x] = newValue }
    }

    /// Paints the inside of a path.
    ///
    /// - Parameters:
    ///   - transform: from the coordinates of the path and the paint to pixels.
    ///   - opacity: 1 covers what is below, 0 leaves it.
    ///   - softness: how many pixels the edge is blurred over.
    package mutating func fill<Colors: Paint>(
        _ path: Path, _ paint: Colors, transform: Transform, opacity: Float = 1, softness: Float = 0
    ) {
        let radius = Int((softness / 2).rounded())
        let outlines = path.mapped(transform)
        guard var coverage = Coverage(outlines: outlines, canvasWidth: width, canvasHeight: height, margin: radius * 2)
        else { return }
        coverage.soften(radius: radius)
        let back = transform.inverse
        let columns = max(coverage.left, 0)..<max(min(coverage.left + coverage.width, width), max(coverage.left, 0))
        let rows = max(coverage.top, 0)..<max(min(coverage.top + coverage.height, height), max(coverage.top, 0))
        pixels.withUnsafeMutableBufferPointer { pixels in
            coverage.shares.withUnsafeBufferPointer { shares in
                for y in rows {
                    let line = (y - coverage.top) * coverage.width - coverage.left
                    for x in columns {
                        let share = shares[line + x] * opacity
                        guard share > 0.002 else { continue }
                        let place = back.apply(Point(Float(x) + 0.5, Float(y) + 0.5))
                        let below = pixels[y * width + x]
                        pixels[y * width + x] = below + (paint.color(at: place) - below) * share
                    }
                }
            }
        }
    }

    /// Paints the whole canvas.
    package mutating func fill<Colors: Paint>(with paint: Colors, transform: Transform) {
        let back = transform.inverse
        for y in 0..<height {
            for x in 0..<width {
                pixels[y * width + x] = paint.color(at: back.apply(Point(Float(x) + 0.5, Float(y) + 0.5)))
            }
        }
    }

    /// Brings every channel into 0 to 1.
    package mutating func clamp() {
        let low = Color(repeating: 0), high = Color(repeating: 1)
        for i in pixels.indices {
            pixels[i] = pixels[i].clamped(lowerBound: low, upperBound: high)
        }
    }

    /// Red, green and blue bytes, interleaved, row by row.
    package var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: pixels.count * 3)
        let low = Color(repeating: 0), high = Color(repeating: 255)
        for (i, pixel) in pixels.enumerated() {
            let value = (pixel * 255 + 0.5).clamped(lowerBound: low, upperBound: high)
            bytes[i * 3] = UInt8(value.x)
            bytes[i * 3 + 1] = UInt8(value.y)
            bytes[i * 3 + 2] = UInt8(value.z)
        }
        return bytes
    }
}
