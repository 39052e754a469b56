import Imaging

/// Draws an activation map over its photo.
struct ExplanationPicture {
    var image: RGBImage
    var map: ActivationMap
    /// The part of the photo that the network saw, in pixels.
    var region: ImageRegion

    // Two ends that can be told apart by people who do not see all colors.
    private static let warm = SIMD3<Float>(255, 120, 0)
    private static let cool = SIMD3<Float>(20, 90, 255)
    private static let strongest: Float = 0.65

    func render(title: String, legend: String, longestSide: Int) -> RGBImage {
        let factor = Double(longestSide) / Double(max(image.width, image.height))
        let width = max(Int((Double(image.width) * factor).rounded()), 1)
        let height = max(Int((Double(image.height) * factor).rounded()), 1)
        let photo = image.resized(toWidth: width, height: height)
        let large = PixelLettering(scale: width >= 300 ? 2 : 1), small = PixelLettering(scale: 1)
        let strip = large.height + small.height + 18
        let extent = max(map.extent, .leastNormalMagnitude)
        return RGBImage(width: width, height: height + strip) { pixels in
            for y in 0..<height {
                let v = Float((Double(y) / factor - region.top) / (region.bottom - region.top))
                for x in 0..<width {
                    let u = Float((Double(x) / factor - region.left) / (region.right - region.left))
                    let offset = (y * width + x) * 3
                    let color = photo[x, y]
                    var mixed = SIMD3(Float(color.red), Float(color.green), Float(color.blue))
                    if (0...1).contains(u), (0...1).contains(v) {
                        let value = map.value(x: u, y: v) / extent
                        let share = value.magnitude * Self.strongest
                        // Less color in the photo, so that the overlay's is read as such.
                        let gray = (mixed * SIMD3(0.299, 0.587, 0.114)).sum()
                        mixed = mixed * 0.6 + SIMD3(repeating: gray) * 0.4
                        mixed = mixed * (1 - share) + (value > 0 ? Self.warm : Self.cool) * share
                    }
                    for channel in 0..<3 { pixels[offset + channel] = UInt8(min(max(mixed[channel], 0), 255)) }
                }
            }
            for index in (height * width * 3)..<((height + strip) * width * 3) { pixels[index] = 24 }
            large.write(title, into: pixels, width: width, height: height + strip, x: 8, y: height + 6, color: (255, 255, 255))
            small.write(
                legend, into: pixels, width: width, height: height + strip, x: 8, y: height + 12 + large.height,
                color: (200, 200, 200))
        }
    }
}
