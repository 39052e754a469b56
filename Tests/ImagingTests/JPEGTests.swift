import Imaging
import Testing

struct JPEGTests {
    let decoder = ImageDecoder()
    let picture = Drawn.gradient(width: 70, height: 45)

    @Test(arguments: [false, true], [false, true])
    func roundTripIsClose(isProgressive: Bool, isArithmetic: Bool) throws {
        for restart in [0, 1] {
            let bytes = try ImageEncoder.jpeg(
                samples: picture.pixels, width: 70, height: 45,
                variant: JPEGVariant(
                    quality: 95, isProgressive: isProgressive, isArithmetic: isArithmetic, restartIntervalRows: restart))
            let decoded = try decoder.decode(bytes: bytes)
            #expect(meanDifference(decoded.image, picture) < 2)
            #expect(decoded.properties.isProgressive == isProgressive)
            #expect(decoded.properties.components == 3)
            #expect(decoded.warningCount == 0 && decoded.recoveredFraction == 1)
        }
    }

    @Test func grayBecomesEqualChannels() throws {
        let gray = (0..<30 * 20).map { UInt8($0 % 30 * 8) }
        let bytes = try ImageEncoder.jpeg(samples: gray, width: 30, height: 20, variant: JPEGVariant(source: .gray, quality: 100))
        let decoded = try decoder.decode(bytes: bytes)
        #expect(decoded.properties.components == 1)
        for index in gray.indices {
            let pixel = decoded.image.pixels[3 * index..<3 * index + 3]
            #expect(Set(pixel).count == 1 && abs(Int(pixel.first!) - Int(gray[index])) <= 2)
        }
    }

    /// Red, half-dark green, white and black, as inks, inverted as Adobe has them.
    @Test(arguments: [JPEGVariant.Source.cmyk, .cmykAsYCCK])
    func inksBecomeColors(source: JPEGVariant.Source) throws {
        let inks: [([UInt8], (Int, Int, Int))] = [
            ([255, 0, 0, 255], (255, 0, 0)), ([0, 255, 0, 128], (0, 128, 0)), ([255, 255, 255, 255], (255, 255, 255)),
            ([255, 255, 255, 0], (0, 0, 0)),
        ]
        for (ink, color) in inks {
            let samples = (0..<16 * 16).flatMap { _ in ink }
            let bytes = try ImageEncoder.jpeg(
                samples: samples, width: 16, height: 16, variant: JPEGVariant(source: source, quality: 100))
            let decoded = try decoder.decode(bytes: bytes)
            #expect(decoded.properties.components == 4)
            let pixel = decoded.image[8, 8]
            #expect(abs(Int(pixel.red) - color.0) <= 3 && abs(Int(pixel.green) - color.1) <= 3 && abs(Int(pixel.blue) - color.2) <= 3)
        }
    }

    /// Without Adobe's marker the inks are not inverted.
    @Test func inksWithoutAdobeMarkerAreTakenAsTheyAre() throws {
        let samples = (0..<16 * 16).flatMap { _ in [0, 255, 255, 0] as [UInt8] }
        var bytes = try ImageEncoder.jpeg(
            samples: samples, width: 16, height: 16, variant: JPEGVariant(source: .cmyk, quality: 100))
        let marker = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xEE })
        bytes[marker + 1] = 0xED  // an application marker that nobody reads
        let pixel = try decoder.decode(bytes: bytes).image[8, 8]
        #expect(pixel.red > 250 && pixel.green < 5 && pixel.blue < 5)
    }

    @Test func scaledDecodingStaysAboveTheMinimumSide() throws {
        let large = Drawn.gradient(width: 400, height: 300)
        let bytes = try ImageEncoder.jpeg(large, quality: 95)
        for (minimum, expected) in [(30, 50), (38, 38), (38 + 1, 75), (75, 75), (76, 150), (151, 300), (1000, 300)] {
            let decoded = try ImageDecoder(options: DecodingOptions(minimumSide: minimum)).decode(bytes: bytes)
            let side = decoded.image.height
            #expect(side >= min(minimum, 300))
            #expect(decoded.properties.height == 300)
            if minimum != 30 { #expect(side == expected) }
            let reference = large.resized(toWidth: decoded.image.width, height: side, filter: .box)
            #expect(meanDifference(decoded.image, reference) < 3)
        }
    }

    @Test func orientationIsReadInBothByteOrdersAndTypes() throws {
        let upright = try ImageEncoder.jpeg(picture, quality: 95)
        for orientation in UInt8(1)...8 {
            for isLittleEndian in [true, false] {
                let bytes = Self.withOrientation(upright, orientation, isLittleEndian: isLittleEndian)
                let decoded = try decoder.decode(bytes: bytes)
                #expect(decoded.properties.orientation == Int(orientation))
                #expect(decoded.image.width == (orientation >= 5 ? 45 : 70))
                // Where the stored upper left corner (dark) must have gone.
                let corners = [1: (0, 0), 2: (69, 0), 3: (69, 44), 4: (0, 44), 5: (0, 0), 6: (44, 0), 7: (44, 69), 8: (0, 69)]
                let corner = corners[Int(orientation)]!
                let dark = decoded.image[corner.0, corner.1]
                #expect(Int(dark.red) + Int(dark.green) < 40)
                // And the stored upper right one (red).
                let reds = [1: (69, 0), 2: (0, 0), 3: (0, 44), 4: (69, 44), 5: (0, 69), 6: (44, 69), 7: (44, 0), 8: (0, 0)]
                let red = decoded.image[reds[Int(orientation)]!.0, reds[Int(orientation)]!.1]
                #expect(red.red > 230 && red.green < 30)
            }
        }
        #expect(try decoder.decode(bytes: Self.withOrientation(upright, 9, isLittleEndian: true)).properties.orientation == 1)
    }

    @Test func truncatedFilesAreRefusedByDefault() throws {
        for isProgressive in [false, true] {
            let bytes = try ImageEncoder.jpeg(
                samples: Drawn.noise(width: 96, height: 96, seed: 3).pixels, width: 96, height: 96,
                variant: JPEGVariant(isProgressive: isProgressive))
            for percent in [1, 20, 50, 80] {
                let part = Array(bytes.prefix(bytes.count * percent / 100))
                #expect(errorKind { _ = try decoder.decode(bytes: part) } == "truncated", "\(percent) % of \(isProgressive)")
            }
        }
    }

    @Test func toleranceAcceptsWhatWasRecovered() throws {
        let noise = Drawn.noise(width: 64, height: 640, seed: 4)
        let bytes = try ImageEncoder.jpeg(noise)
        let tolerant = ImageDecoder(options: DecodingOptions(truncationTolerance: 0.9))
        let most = try tolerant.decode(bytes: Array(bytes.prefix(bytes.count * 96 / 100)))
        #expect(most.recoveredFraction >= 0.9 && most.recoveredFraction < 1)
        #expect(most.warningCount >= 1 && most.firstWarning != nil)
        let whole = try decoder.decode(bytes: bytes).image
        let upper = 64 * 3 * 16 * 30
        #expect(most.image.pixels.prefix(upper) == whole.pixels.prefix(upper))
        #expect(errorKind { _ = try tolerant.decode(bytes: Array(bytes.prefix(bytes.count / 2))) } == "truncated")
        #expect(errorKind { _ = try tolerant.decode(bytes: Array(bytes.prefix(300))) } == "truncated")
    }

    @Test func aMissingEndMarkerIsAWarning() throws {
        let bytes = try ImageEncoder.jpeg(picture)
        let decoded = try decoder.decode(bytes: Array(bytes.dropLast(2)))
        #expect(decoded.recoveredFraction == 1 && decoded.warningCount == 1)
        #expect(try decoded.image == decoder.decode(bytes: bytes).image)
    }

    @Test func aProgressiveFileWithoutItsLastScansPassesWithTolerance() throws {
        let bytes = try ImageEncoder.jpeg(
            samples: picture.pixels, width: 70, height: 45, variant: JPEGVariant(isProgressive: true))
        // Up to the last start-of-scan marker: every earlier scan is whole.
        let lastScan = try #require(bytes.indices.dropLast().last { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
        let part = Array(bytes.prefix(lastScan))
        #expect(errorKind { _ = try decoder.decode(bytes: part) } == "truncated")
        let tolerant = ImageDecoder(options: DecodingOptions(truncationTolerance: 0.9))
        let decoded = try tolerant.decode(bytes: part)
        #expect(decoded.warningCount > 0)
        #expect(try meanDifference(decoded.image, decoder.decode(bytes: bytes).image) < 3)
    }

    /// Wherever it ends, also inside a scan's header, where libjpeg's own state is half filled.
    @Test func everyLengthIsHandled() throws {
        for isArithmetic in [false, true] {
            for tolerance in [nil, 0.1] {
                let bytes = try ImageEncoder.jpeg(
                    samples: Drawn.noise(width: 24, height: 17, seed: 11).pixels, width: 24, height: 17,
                    variant: JPEGVariant(quality: 40, isProgressive: true, isArithmetic: isArithmetic))
                let decoder = ImageDecoder(options: DecodingOptions(truncationTolerance: tolerance))
                for length in 3..<bytes.count - 2 {
                    let part = Array(bytes.prefix(length))
                    let kind = errorKind { _ = try decoder.decode(bytes: part) }
                    #expect(kind == "truncated" || (tolerance != nil && kind == nil) || length > bytes.count - 4, "\(length) bytes: \(kind ?? "decoded")")
                }
            }
        }
    }

    @Test func scanBombsAreRefused() throws {
        let bytes = try ImageEncoder.jpeg(
            samples: picture.pixels, width: 70, height: 45, variant: JPEGVariant(isProgressive: true))
        let firstScan = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
        // From the scan's header to the next marker; stuffed zeros belong to the data.
        let end = try #require(bytes.indices.first { $0 > firstScan + 1 && bytes[$0] == 0xFF && bytes[$0 + 1] != 0 })
        let bomb = bytes[..<end] + (0..<300).flatMap { _ in bytes[firstScan..<end] } + bytes[end...]
        #expect(errorKind { _ = try decoder.decode(bytes: Array(bomb)) } == "too-large")
    }

    @Test func hugeSizesAreRefusedBeforeMemoryIsTaken() throws {
        var bytes = try ImageEncoder.jpeg(picture)
        let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])  // 65,500 x 65,500
        #expect(errorKind { _ = try decoder.decode(bytes: bytes) } == "too-large")
        let small = ImageDecoder(options: DecodingOptions(maximumPixels: 1000))
        #expect(errorKind { _ = try small.decode(bytes: ImageEncoder.jpeg(picture)) } == "too-large")
        let progressive = try ImageEncoder.jpeg(
            samples: picture.pixels, width: 70, height: 45, variant: JPEGVariant(isProgressive: true))
        let tight = ImageDecoder(options: DecodingOptions(maximumBytes: 12_000))  // enough for the pixels only
        #expect(errorKind { _ = try tight.decode(bytes: progressive) } == "too-large")
        #expect(throws: Never.self) { try tight.decode(bytes: ImageEncoder.jpeg(picture)) }
    }

    @Test func timeIsBounded() throws {
        let hasty = ImageDecoder(options: DecodingOptions(maximumSeconds: -1))
        #expect(errorKind { _ = try hasty.decode(bytes: ImageEncoder.jpeg(picture)) } == "timed-out")
        #expect(errorKind { _ = try hasty.decode(bytes: ImageEncoder.png(picture)) } == "timed-out")
    }

    @Test func twelveBitsAreNamedUnsupported() throws {
        var bytes = try ImageEncoder.jpeg(picture)
        let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes[frame + 4] = 12
        #expect(errorKind { _ = try decoder.decode(bytes: bytes) } == "unsupported")
    }

    @Test func onePixel() throws {
        let one = RGBImage(width: 1, height: 1, filledWith: (200, 100, 50))
        let decoded = try decoder.decode(bytes: ImageEncoder.jpeg(one, quality: 100)).image
        #expect(largestDifference(decoded, one) <= 4)
    }

    /// An APP1 segment with one directory entry, put right after the start marker.
    static func withOrientation(_ jpeg: [UInt8], _ orientation: UInt8, isLittleEndian: Bool) -> [UInt8] {
        let tiff: [UInt8] =
            isLittleEndian
            ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
            : [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let payload = Array("Exif\0\0".utf8) + tiff
        let length = payload.count + 2
        return jpeg[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload + jpeg[2...]
    }
}
