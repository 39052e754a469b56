import Imaging
import Testing

struct PNGTests {
    let decoder = ImageDecoder()
    let picture = Drawn.noise(width: 37, height: 29, seed: 1)

    @Test func roundTripIsExact() throws {
        #expect(try decoder.decode(bytes: ImageEncoder.png(picture)).image == picture)
        let interlaced = try ImageEncoder.png(
            rows: picture.pixels, rowBytes: 37 * 3, width: 37, height: 29, variant: PNGVariant(isInterlaced: true))
        #expect(try decoder.decode(bytes: interlaced).image == picture)
    }

    @Test func alphaLiesOverWhite() throws {
        for isInterlaced in [false, true] {
            let rows: [UInt8] = [10, 20, 30, 0, 10, 20, 30, 255, 0, 100, 255, 128, 0, 0, 0, 51]
            let bytes = try ImageEncoder.png(
                rows: rows, rowBytes: 8, width: 2, height: 2, variant: PNGVariant(colorType: 6, isInterlaced: isInterlaced))
            #expect(try decoder.decode(bytes: bytes).image.pixels == [255, 255, 255, 10, 20, 30, 127, 177, 255, 204, 204, 204])
        }
    }

    @Test func sixteenBitsAreRoundedToEight() throws {
        let rows: [UInt8] = [0x00, 0x00, 0xFF, 0xFF, 0x80, 0x7F, 0x12, 0xFF]
        let bytes = try ImageEncoder.png(
            rows: rows, rowBytes: 8, width: 4, height: 1, variant: PNGVariant(colorType: 0, bitDepth: 16))
        let gray = try decoder.decode(bytes: bytes).image.pixels.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        #expect(gray == [0, 255, 0x80, 0x13])
    }

    @Test func palettesAndFewBits() throws {
        let palette: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7]
        let bytes = try ImageEncoder.png(
            rows: [0b00_01_10_11], rowBytes: 1, width: 4, height: 1,
            variant: PNGVariant(colorType: 3, bitDepth: 2, palette: palette))
        #expect(try decoder.decode(bytes: bytes).image.pixels == palette)
        let bits = try ImageEncoder.png(
            rows: [0b1010_0000], rowBytes: 1, width: 3, height: 1, variant: PNGVariant(colorType: 0, bitDepth: 1))
        #expect(try decoder.decode(bytes: bits).image.pixels == [255, 255, 255, 0, 0, 0, 255, 255, 255])
    }

    @Test func truncatedFiles() throws {
        let tall = Drawn.noise(width: 20, height: 400, seed: 2)
        for isInterlaced in [false, true] {
            let bytes = try ImageEncoder.png(
                rows: tall.pixels, rowBytes: 60, width: 20, height: 400, variant: PNGVariant(isInterlaced: isInterlaced))
            let most = Array(bytes.prefix(bytes.count * 96 / 100)), half = Array(bytes.prefix(bytes.count / 2))
            #expect(errorKind { _ = try decoder.decode(bytes: most) } == "truncated")
            let tolerant = ImageDecoder(options: DecodingOptions(truncationTolerance: 0.9))
            #expect(errorKind { _ = try tolerant.decode(bytes: half) } == "truncated")
            let decoded = try tolerant.decode(bytes: most)
            #expect(decoded.recoveredFraction >= 0.9 && decoded.recoveredFraction < 1 && decoded.warningCount > 0)
            let unequal = zip(decoded.image.pixels, tall.pixels).count { $0 != $1 }
            #expect(Double(unequal) < 0.1 * Double(tall.pixels.count))
            // Without its end chunk the picture is still whole.
            let whole = try decoder.decode(bytes: Array(bytes.dropLast(12)))
            #expect(whole.image == tall && whole.warningCount == 1)
        }
    }

    @Test func aWrongChecksumIsCorrupt() throws {
        var bytes = try ImageEncoder.png(picture)
        let data = try #require(Self.chunks(bytes).first { $0.name == "IDAT" })
        bytes[data.start + 8 + data.length] ^= 1
        #expect(errorKind { _ = try decoder.decode(bytes: bytes) } == "corrupt")
    }

    @Test func hugeSizesAreRefusedBeforeMemoryIsTaken() throws {
        var bytes = try ImageEncoder.png(picture)
        for (width, height) in [(60_000, 60_000), (1 << 30, 1), (1, 1 << 30)] {
            for byte in 0..<4 {
                bytes[16 + byte] = UInt8(truncatingIfNeeded: width >> (24 - 8 * byte))
                bytes[20 + byte] = UInt8(truncatingIfNeeded: height >> (24 - 8 * byte))
            }
            let checksum = PNGChecksum.of(bytes[12..<29])
            for byte in 0..<4 { bytes[29 + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte))) }
            #expect(errorKind { _ = try decoder.decode(bytes: bytes) } == "too-large", "\(width) x \(height)")
        }
    }

    @Test func orientationInAnExifChunkIsApplied() throws {
        let bytes = try ImageEncoder.png(picture)
        let exif: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
        let body = Array("eXIf".utf8) + exif
        let checksum = PNGChecksum.of(body[...])
        let trailer = (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32($0))) }
        let turned = try decoder.decode(bytes: bytes[..<33] + [0, 0, 0, UInt8(exif.count)] + body + trailer + bytes[33...])
        #expect(turned.image.width == 29 && turned.image.height == 37)
        for y in 0..<29 { for x in 0..<37 { #expect(turned.image[28 - y, x] == picture[x, y]) } }
    }

    @Test func onePixel() throws {
        let one = RGBImage(width: 1, height: 1, filledWith: (1, 2, 3))
        #expect(try decoder.decode(bytes: ImageEncoder.png(one)).image == one)
    }

    static func chunks(_ bytes: [UInt8]) -> [(name: String, start: Int, length: Int)] {
        var found: [(name: String, start: Int, length: Int)] = []
        var at = 8
        while at + 12 <= bytes.count {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            found.append((String(decoding: bytes[at + 4..<at + 8], as: UTF8.self), at, length))
            at += 12 + length
        }
        return found
    }
}
