import Foundation

/// What a camera does to a scene: colored light, a falling-off rim, blur and sensor noise.
struct Lens {
    var exposure: Float
    var contrast: Float
    var warmth: Float
    /// How much darker the corners are, 0 to 1.
    var vignette: Float
    /// Light that comes from one side: the direction, its length the strength.
    var sideLight: Point
    /// The radius of the blur, in shorter sides of the picture.
    var blur: Float
    /// Standard deviation of the noise of each pixel.
    var grain: Float
    var saturation: Float

    init(_ generator: inout SplitMix64) {
        exposure = generator.chance(0.12) ? generator.float(0.62...0.78) : generator.float(0.85...1.12)
        contrast = generator.float(0.85...1.15)
        warmth = generator.float(-0.08...0.1)
        vignette = generator.chance(0.5) ? generator.float(0...0.35) : 0
        sideLight = Point(generator.float(0...0.2), 0).turned(generator.float(0...(2 * .pi)))
        blur = generator.chance(0.15) ? generator.float(0.003...0.007) : 0
        grain = generator.chance(0.6) ? generator.float(0.004...0.02) : generator.float(0.02...0.04)
        saturation = generator.chance(0.06) ? 0 : generator.float(0.8...1.15)
    }

    func expose(_ canvas: inout Canvas, _ generator: inout SplitMix64) {
        let unit = Float(min(canvas.width, canvas.height))
        soften(&canvas, radius: Int((blur * unit).rounded()))
        let middle = Point(Float(canvas.width), Float(canvas.height)) / 2
        let reach = middle.length
        let tint = Color(1 + warmth, 1, 1 - warmth) * exposure
        let (grey, half) = (Color(repeating: 1), Color(repeating: 0.5))
        for y in 0..<canvas.height {
            for x in 0..<canvas.width {
                let place = (Point(Float(x), Float(y)) - middle) / reach
                let light = (1 - vignette * place.dot(place)) * (1 + place.dot(sideLight))
                var color = (canvas[x, y] * tint * light - half) * contrast + half
                color = (grey * color.luminance).mixed(color, saturation)
                // The sum of four even numbers is close enough to a Gaussian; one draw of bits gives all of them.
                let bits = generator.next()
                func part(_ shift: UInt64) -> Float { Float((bits >> shift) & 0xFFFF) / 65535 }
                let noise = (part(0) + part(16) + part(32) + part(48) - 2) * 1.732
                canvas[x, y] = color + noise * grain
            }
        }
        canvas.clamp()
    }

    /// Two passes of a running mean in each direction.
    private func soften(_ canvas: inout Canvas, radius: Int) {
        guard radius > 0 else { return }
        for _ in 0..<2 {
            Self.runningMean(&canvas.pixels, lines: canvas.height, length: canvas.width, lineStride: canvas.width, stride: 1, radius)
            Self.runningMean(&canvas.pixels, lines: canvas.width, length: canvas.height, lineStride: 1, stride: canvas.width, radius)
        }
    }

    private static func runningMean(
        _ pixels: inout [Color], lines: Int, length: Int, lineStride: Int, stride: Int, _ radius: Int
    ) {
        var sums = [Color](repeating: .zero, count: length + 1)
        for line in 0..<lines {
            for i in 0..<length { sums[i + 1] = sums[i] + pixels[line * lineStride + i * stride] }
            for i in 0..<length {
                let low = max(i - radius, 0), high = min(i + radius + 1, length)
                pixels[line * lineStride + i * stride] = (sums[high] - sums[low]) / Float(high - low)
            }
        }
    }
}
