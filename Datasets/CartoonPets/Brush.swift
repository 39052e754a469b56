/// A canvas, the coordinates of what is being drawn on it, and the generator of its chances.
///
/// In the coordinates a brush begins with, the shorter side of the picture measures 1 and (0, 0) is its top left, so
/// that a drawing is the same at every size.
struct Brush {
    var canvas: Canvas
    var generator: SplitMix64
    var transform: Transform
    /// The lower right corner of the picture.
    let corner: Point

    init(width: Int, height: Int, generator: SplitMix64) {
        let unit = Float(min(width, height))
        canvas = Canvas(width: width, height: height)
        self.generator = generator
        transform = .place(at: .zero, scale: unit)
        corner = Point(Float(width), Float(height)) / unit
    }

    var middle: Point { corner / 2 }

    mutating func fill<Colors: Paint>(_ path: Path, _ paint: Colors, opacity: Float = 1, softness: Float = 0) {
        canvas.fill(path, paint, transform: transform, opacity: opacity, softness: softness * transform.scale)
    }

    mutating func fill(_ path: Path, _ color: Color, opacity: Float = 1, softness: Float = 0) {
        fill(path, Plain(color), opacity: opacity, softness: softness)
    }

    /// Paints a shape with a thin darker line around it.
    mutating func fill<Colors: Paint>(_ path: Path, _ paint: Colors, line: Color, lineWidth: Float) {
        if lineWidth > 0 { fill(path.border(width: lineWidth * 2), line) }
        fill(path, paint)
    }

    mutating func stroke(_ line: [Point], width: Float, endWidth: Float? = nil, color: Color, opacity: Float = 1) {
        fill(Path.stroke(line, width: width, endWidth: endWidth), color, opacity: opacity)
    }

    mutating func cover<Colors: Paint>(with paint: Colors) {
        canvas.fill(with: paint, transform: transform)
    }

    /// Draws in other coordinates, which `inner` maps to the present ones.
    mutating func within(_ inner: Transform, _ draw: (inout Brush) -> Void) {
        let outer = transform
        transform = outer.after(inner)
        draw(&self)
        transform = outer
    }
}
