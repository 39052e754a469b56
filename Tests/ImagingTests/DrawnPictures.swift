import Imaging

/// Pictures that tests draw themselves.
enum Drawn {
    /// Smooth in all channels, different in each corner: JPEG keeps it well.
    static func gradient(width: Int, height: Int) -> RGBImage {
        RGBImage(width: width, height: height) { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let index = (y * width + x) * 3
                    pixels[index] = UInt8(x * 255 / max(width - 1, 1))
                    pixels[index + 1] = UInt8(y * 255 / max(height - 1, 1))
                    pixels[index + 2] = UInt8((x + y) * 127 / max(width + height - 2, 1))
                }
            }
        }
    }

    static func noise(width: Int, height: Int, seed: UInt64) -> RGBImage {
        var generator = SampleGenerator(seed: seed)
        return RGBImage(width: width, height: height) { pixels in
            for index in pixels.indices { pixels[index] = UInt8(truncatingIfNeeded: generator.next() >> 32) }
        }
    }

    /// A few large discs on a slope: something like a photo to a perceptual hash.
    static func discs(width: Int, height: Int, seed: UInt64) -> RGBImage {
        var generator = SampleGenerator(seed: seed)
        let discs = (0..<8).map { _ in (0..<6).map { _ in generator.uniform(0...1) } }
        return RGBImage(width: width, height: height) { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let u = (Double(x) + 0.5) / Double(width), v = (Double(y) + 0.5) / Double(height)
                    var color = [40 + 60 * u, 60 + 60 * v, 80.0]
                    for disc in discs {
                        let dx = u - disc[0], dy = v - disc[1], radius = 0.1 + 0.2 * disc[2]
                        if dx * dx + dy * dy < radius * radius { color = [disc[3] * 255, disc[4] * 255, disc[5] * 255] }
                    }
                    for channel in 0..<3 { pixels[(y * width + x) * 3 + channel] = UInt8(color[channel]) }
                }
            }
        }
    }
}

/// The reason's kind of the error that `body` throws, nil when it throws none.
func errorKind(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ImageError)?.kind ?? "\(error)"
    }
}
