/// A picture in memory: 8-bit sRGB, three interleaved channels, rows from top to bottom without gaps.
public struct RGBImage: Sendable, Hashable {
    /// Pixels across.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `height` x `width` x 3 values, red first.
    public private(set) var pixels: [UInt8]

    /// - Precondition: `width` and `height` are positive and `pixels` holds `width * height * 3` values.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture of \(width) x \(height) pixels")
        precondition(pixels.count == width * height * 3, "\(pixels.count) values for \(width) x \(height) RGB pixels")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one color.
    public init(width: Int, height: Int, filledWith color: (red: UInt8, green: UInt8, blue: UInt8)) {
        self.init(width: width, height: height) { buffer in
            for index in 0..<(width * height) {
                buffer[3 * index] = color.red
                buffer[3 * index + 1] = color.green
                buffer[3 * index + 2] = color.blue
            }
        }
    }

    /// A picture whose pixels `fill` writes, all of them; the buffer holds zeros at first.
    public init(width: Int, height: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void) rethrows {
        let count = width * height * 3
        let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.update(repeating: 0)
            try fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
            initialized = count
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The color of one pixel; `x` counts from the left, `y` from the top.
    public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
        get {
            let start = offset(x, y)
            return (pixels[start], pixels[start + 1], pixels[start + 2])
        }
        set {
            let start = offset(x, y)
            pixels[start] = newValue.red
            pixels[start + 1] = newValue.green
            pixels[start + 2] = newValue.blue
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel (\(x), \(y)) of \(width) x \(height)")
        return (y * width + x) * 3
    }

    /// The picture seen in a mirror: left and right exchanged.
    public func mirrored() -> RGBImage {
        RGBImage(width: width, height: height) { buffer in
            pixels.withUnsafeBufferPointer { source in
                for y in 0..<height {
                    for x in 0..<width {
                        let from = (y * width + (width - 1 - x)) * 3, to = (y * width + x) * 3
                        for channel in 0..<3 { buffer[to + channel] = source[from + channel] }
                    }
                }
            }
        }
    }
}
