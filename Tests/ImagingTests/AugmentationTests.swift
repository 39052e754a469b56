import Foundation
import Imaging
import Testing

struct AugmentationTests {
    let statistics = ChannelStatistics(mean: [0.5, 0.4, 0.3], standardDeviation: [0.2, 0.25, 0.3])

    func run(
        _ augmentation: Augmentation, _ image: RGBImage, width: Int, height: Int, isFlipped: Bool = false, seed: UInt64 = 1,
        scratch: AugmentationScratch = AugmentationScratch()
    ) -> [Float] {
        // A guard behind the last value catches writes past the end.
        var output = [Float](repeating: -99, count: width * height * 3 + 1)
        image.pixels.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer {
                augmentation.apply(
                    to: source.baseAddress!, sourceWidth: image.width, sourceHeight: image.height, isFlipped: isFlipped,
                    seed: seed, statistics: statistics, into: $0.baseAddress!, width: width, height: height, scratch: scratch)
            }
        }
        #expect(output.removeLast() == -99)
        return output
    }

    func normalized(_ image: RGBImage) -> [Float] {
        let preprocessing = Preprocessing(height: image.height, width: image.width, statistics: statistics)
        var output = [Float](repeating: 0, count: preprocessing.elementCount)
        output.withUnsafeMutableBufferPointer { preprocessing.fill(image, into: $0, scratch: PreprocessingScratch()) }
        return output
    }

    func largestDifference(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).map { abs($0 - $1) }.max() ?? 0
    }

    @Test func noneAtTheSameSizeIsThePictureNormalized() {
        for (width, height) in [(20, 13), (1, 1), (1, 9), (9, 1), (2, 2)] {
            let noise = Drawn.noise(width: width, height: height, seed: 2)
            #expect(largestDifference(run(.none, noise, width: width, height: height), normalized(noise)) < 2e-3)
        }
    }

    @Test func theSeedDecidesEverything() {
        let noise = Drawn.noise(width: 50, height: 50, seed: 3)
        let scratch = AugmentationScratch()
        let first = run(Augmentation(), noise, width: 24, height: 24, seed: 7, scratch: scratch)
        let other = run(Augmentation(), noise, width: 24, height: 24, seed: 8, scratch: scratch)
        #expect(run(Augmentation(), noise, width: 24, height: 24, seed: 7, scratch: scratch) == first)
        #expect(other != first)
        #expect(first.allSatisfy { $0.isFinite })
    }

    @Test func flippingMirrors() {
        let noise = Drawn.noise(width: 40, height: 40, seed: 4)
        let plain = run(.none, noise, width: 20, height: 20), flipped = run(.none, noise, width: 20, height: 20, isFlipped: true)
        for y in 0..<20 {
            for x in 0..<20 {
                for channel in 0..<3 {
                    #expect(abs(plain[(y * 20 + x) * 3 + channel] - flipped[(y * 20 + 19 - x) * 3 + channel]) < 1e-3)
                }
            }
        }
        // With a crop and a rotation: the mirrored picture, drawn mirrored, is the mirror of the picture.
        var draw = Augmentation(cutoutArea: 0).draw(seed: 5, isFlipped: false)
        let original = render(draw, noise)
        draw.isFlipped = true
        draw.centerX = 1 - draw.centerX
        draw.rotationRadians = -draw.rotationRadians
        #expect(largestDifference(render(draw, noise.mirrored()), original) < 1e-2)
    }

    func render(_ draw: Augmentation.Draw, _ image: RGBImage) -> [Float] {
        var output = [Float](repeating: 0, count: 24 * 24 * 3)
        image.pixels.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer {
                draw.render(
                    source.baseAddress!, sourceWidth: image.width, sourceHeight: image.height, statistics: statistics,
                    into: $0.baseAddress!, width: 24, height: 24, scratch: AugmentationScratch())
            }
        }
        return output
    }

    /// A checkerboard much finer than the output becomes gray.
    @Test func largeReductionsDoNotAlias() {
        let board = RGBImage(width: 200, height: 200) { pixels in
            for index in 0..<200 * 200 {
                let value: UInt8 = (index % 200 + index / 200) % 2 == 0 ? 255 : 0
                for channel in 0..<3 { pixels[3 * index + channel] = value }
            }
        }
        for side in [64, 100, 30] {
            let output = run(.none, board, width: side, height: side)
            let gray: [Float] = [0, 0.1 / 0.25, 0.2 / 0.3]
            for (index, value) in output.enumerated() { #expect(abs(value - gray[index % 3]) < 0.05) }
        }
    }

    /// Sampling a ramp gives the ramp, whatever the crop: the geometry is right to a fraction of a pixel.
    @Test func cropsLieWhereTheyAreDrawn() {
        let ramp = RGBImage(width: 256, height: 128) { pixels in
            for y in 0..<128 {
                for x in 0..<256 {
                    pixels[(y * 256 + x) * 3] = UInt8(x)
                    pixels[(y * 256 + x) * 3 + 1] = UInt8(y)
                }
            }
        }
        let augmentation = Augmentation(rotationDegrees: 0, brightness: 0, contrast: 0, color: 0, cutoutArea: 0)
        for seed in UInt64(0)..<20 {
            let draw = augmentation.draw(seed: seed, isFlipped: seed % 2 == 1)
            let side = seed % 3 == 0 ? 32 : 90
            let output = run(augmentation, ramp, width: side, height: side, isFlipped: draw.isFlipped, seed: seed)
            for (x, y) in [(side / 2, side / 2), (3, side / 3), (side - 4, side - 5)] {
                let across = ((Double(x) + 0.5) / Double(side) - 0.5) * (draw.isFlipped ? -1 : 1)
                let down = (Double(y) + 0.5) / Double(side) - 0.5
                let u = (draw.centerX + across * draw.cropWidth) * 256 - 0.5, v = (draw.centerY + down * draw.cropHeight) * 128 - 0.5
                let red = Double(output[(y * side + x) * 3] * 0.2 + 0.5) * 255, green = Double(output[(y * side + x) * 3 + 1] * 0.25 + 0.4) * 255
                #expect(abs(red - u) < 1.01 && abs(green - v) < 1.01, "seed \(seed): \(red) for \(u), \(green) for \(v)")
            }
        }
    }

    @Test func drawsStayInTheirRanges() {
        let augmentation = Augmentation(areaRange: 0.3...0.8, aspectRange: 0.5...2)
        for seed in UInt64(0)..<500 {
            let draw = augmentation.draw(seed: seed, isFlipped: false)
            #expect(draw.cropWidth <= 1 && draw.cropHeight <= 1 && draw.cropWidth * draw.cropHeight <= 0.8 + 1e-9)
            #expect(draw.centerX - draw.cropWidth / 2 >= -1e-9 && draw.centerX + draw.cropWidth / 2 <= 1 + 1e-9)
            #expect(abs(draw.rotationRadians) <= 11 * .pi / 180)
            #expect((0.7...1.3).contains(draw.brightness) && (0.7...1.3).contains(draw.contrast))
        }
    }

    @Test func cutoutCoversItsArea() {
        let white = RGBImage(width: 32, height: 32, filledWith: (255, 255, 255))
        var augmentation = Augmentation.none
        augmentation.cutoutArea = 0.25
        augmentation.cutoutProbability = 1
        for seed in UInt64(0)..<10 {
            let output = run(augmentation, white, width: 20, height: 20, seed: seed)
            #expect(output.count { $0 == 0 } == 10 * 10 * 3)
        }
    }

    @Test func codingKeepsEverything() throws {
        let coded = try JSONEncoder().encode(Augmentation())
        #expect(try JSONDecoder().decode(Augmentation.self, from: coded) == Augmentation())
    }

    /// Reference values of the published generator.
    @Test func splitMixAgreesWithItsPublication() {
        var generator = SampleGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        var first = SampleGenerator(seed: 1, epoch: 2, index: 3), second = SampleGenerator(seed: 1, epoch: 3, index: 2)
        #expect(first.next() != second.next())
    }
}
