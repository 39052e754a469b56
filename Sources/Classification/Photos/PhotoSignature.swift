import Imaging

/// What is kept of a photo to recognize the same picture in another file: as it is, at another size or quality, a little
/// brighter or darker, or seen in a mirror.
///
/// A perceptual hash finds candidates quickly; 32 x 32 gray pixels then decide, because different photos can share a hash.
package struct PhotoSignature: Sendable, Hashable {
    package static let side = 32

    package var hash: PerceptualHash
    /// The hash the picture has in a mirror.
    package var mirroredHash: PerceptualHash
    /// 32 x 32 gray pixels, rows from top to bottom.
    package var thumbnail: [UInt8]

    /// Pictures whose hashes differ in more bits are not compared further.
    package static let maximumHashDistance = 7
    /// Gray levels (of 255) that the thumbnails of near duplicates may differ by on average, after brightness and
    /// contrast have been made equal.
    package static let maximumDifference: Float = 4.5

    package init(hash: PerceptualHash, mirroredHash: PerceptualHash, thumbnail: [UInt8]) {
        self.hash = hash
        self.mirroredHash = mirroredHash
        self.thumbnail = thumbnail
    }

    package init(of image: RGBImage, using resampler: Resampler) {
        let small = resampler.resize(image, toWidth: Self.side, height: Self.side)
        thumbnail = small.pixels.withUnsafeBufferPointer { pixels in
            (0..<(Self.side * Self.side)).map { index in
                // Rec. 601 luma, as JPEG has it.
                let red = Int(pixels[3 * index]), green = Int(pixels[3 * index + 1]), blue = Int(pixels[3 * index + 2])
                return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
            }
        }
        hash = PerceptualHash(small, resampler: resampler)
        mirroredHash = PerceptualHash(small.mirrored(), resampler: resampler)
    }

    /// Whether both are pictures of the same scene, as taken or in a mirror.
    package func isNearDuplicate(of other: PhotoSignature) -> Bool {
        if hash.distance(to: other.hash) <= Self.maximumHashDistance,
            difference(from: other, mirrored: false) <= Self.maximumDifference { return true }
        return hash.distance(to: other.mirroredHash) <= Self.maximumHashDistance
            && difference(from: other, mirrored: true) <= Self.maximumDifference
    }

    /// Mean absolute difference of the thumbnails in gray levels, the other's brightness and contrast fitted to this one's
    /// (contrast by at most half or double).
    package func difference(from other: PhotoSignature, mirrored: Bool) -> Float {
        let side = Self.side, count = Float(side * side)
        return thumbnail.withUnsafeBufferPointer { own in
            other.thumbnail.withUnsafeBufferPointer { theirs in
                var sums: (a: Float, b: Float, aa: Float, bb: Float) = (0, 0, 0, 0)
                for index in 0..<(side * side) {
                    let a = Float(own[index]), b = Float(theirs[index])
                    sums = (sums.a + a, sums.b + b, sums.aa + a * a, sums.bb + b * b)
                }
                let meanA = sums.a / count, meanB = sums.b / count
                let deviationA = max(sums.aa / count - meanA * meanA, 0).squareRoot()
                let deviationB = max(sums.bb / count - meanB * meanB, 0).squareRoot()
                let gain = deviationB > 0.5 ? min(max(deviationA / deviationB, 0.5), 2) : 1
                var total: Float = 0
                for y in 0..<side {
                    for x in 0..<side {
                        let a = Float(own[y * side + x]) - meanA
                        let b = Float(theirs[y * side + (mirrored ? side - 1 - x : x)]) - meanB
                        total += (a - gain * b).magnitude
                    }
                }
                return total / count
            }
        }
    }
}
