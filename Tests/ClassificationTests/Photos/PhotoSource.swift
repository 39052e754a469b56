import ComputeGraph
import Foundation
import Imaging
import TestSupport

/// Pictures that tests draw: smooth random fields, every seed another picture.
enum TestPicture {
    static func random(seed: UInt64, width: Int = 64, height: Int = 64) -> RGBImage {
        var random = RandomSource(seed: seed)
        // A few waves per channel: enough structure for a perceptual hash, and none at the edge of what JPEG keeps.
        let waves = (0..<18).map { _ in
            (x: Double(random.uniform() * 5 - 2.5), y: Double(random.uniform() * 5 - 2.5), phase: Double(random.uniform() * 6.3))
        }
        return RGBImage(width: width, height: height) { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    for channel in 0..<3 {
                        var value = 0.0
                        for wave in waves[(channel * 3)..<(channel * 3 + 9)] {
                            value += cos(6.3 * (wave.x * Double(x) / Double(width) + wave.y * Double(y) / Double(height)) + wave.phase)
                        }
                        pixels[(y * width + x) * 3 + channel] = UInt8(min(max(128 + value * 24, 0), 255))
                    }
                }
            }
        }
    }
}

extension TemporaryFolder {
    /// Writes a folder per class with pictures of their own in each.
    func writePhotos(classes: [String] = ["cat", "dog"], perClass: Int = 12, side: Int = 64) throws {
        for (label, name) in classes.enumerated() {
            for number in 0..<perClass {
                let picture = TestPicture.random(seed: UInt64(label * 1000 + number), width: side, height: side)
                try write(try ImageEncoder.jpeg(picture, quality: 90), to: "\(name)/\(number).jpg")
            }
        }
    }
}
