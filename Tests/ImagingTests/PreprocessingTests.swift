import Foundation
import Imaging
import Testing

struct PreprocessingTests {
    let statistics = ChannelStatistics(mean: [0.5, 0.25, 0.125], standardDeviation: [0.2, 0.3, 0.4])

    func run(_ preprocessing: Preprocessing, _ image: RGBImage) -> [Float] {
        var output = [Float](repeating: .nan, count: preprocessing.elementCount)
        output.withUnsafeMutableBufferPointer { preprocessing.fill(image, into: $0, scratch: PreprocessingScratch()) }
        return output
    }

    @Test func normalizesEveryChannel() {
        let preprocessing = Preprocessing(height: 5, width: 7, statistics: statistics)
        let output = run(preprocessing, RGBImage(width: 20, height: 30, filledWith: (255, 51, 0)))
        for index in 0..<35 {
            #expect(abs(output[3 * index] - 2.5) < 1e-5)
            #expect(abs(output[3 * index + 1] - (0.2 - 0.25) / 0.3) < 1e-5)
            #expect(abs(output[3 * index + 2] + 0.3125) < 1e-5)
        }
    }

    @Test func squashIsResizeThenNormalize() {
        let noise = Drawn.noise(width: 50, height: 40, seed: 1)
        let preprocessing = Preprocessing(height: 16, width: 24, statistics: statistics)
        let resized = noise.resized(toWidth: 24, height: 16)
        let mean: [Float] = [0.5, 0.25, 0.125], deviation: [Float] = [0.2, 0.3, 0.4]
        for (index, value) in run(preprocessing, noise).enumerated() {
            let expected = (Float(resized.pixels[index]) / 255 - mean[index % 3]) / deviation[index % 3]
            #expect(abs(value - expected) < 1e-4)
        }
    }

    @Test func centerCropTakesTheMiddle() {
        let square = Preprocessing(height: 10, width: 10, resizeMode: .centerCrop)
        #expect(square.region(width: 40, height: 20) == ImageRegion(left: 10, top: 0, right: 30, bottom: 20))
        #expect(square.region(width: 20, height: 40) == ImageRegion(left: 0, top: 10, right: 20, bottom: 30))
        let wide = Preprocessing(height: 10, width: 20, resizeMode: .centerCrop)
        #expect(wide.region(width: 40, height: 40) == ImageRegion(left: 0, top: 10, right: 40, bottom: 30))
    }

    @Test func codingKeepsEverything() throws {
        let preprocessing = Preprocessing(height: 128, width: 96, resizeMode: .centerCrop, statistics: statistics)
        let coded = try JSONEncoder().encode(preprocessing)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: coded) == preprocessing)
    }
}
