import Imaging
import Testing

struct ResamplingTests {
    @Test(arguments: ResamplingFilter.allCases)
    func aConstantStaysConstant(filter: ResamplingFilter) {
        let flat = RGBImage(width: 301, height: 47, filledWith: (255, 128, 1))
        for (width, height) in [(1, 1), (7, 300), (150, 23), (299, 48), (600, 5)] {
            let expected = RGBImage(width: width, height: height, filledWith: (255, 128, 1))
            #expect(flat.resized(toWidth: width, height: height, filter: filter) == expected)
        }
    }

    @Test(arguments: ResamplingFilter.allCases)
    func theSameSizeIsTheSamePicture(filter: ResamplingFilter) {
        let noise = Drawn.noise(width: 33, height: 21, seed: 5)
        #expect(noise.resized(toWidth: 33, height: 21, filter: filter) == noise)
    }

    @Test(arguments: ResamplingFilter.allCases)
    func reducingKeepsTheMean(filter: ResamplingFilter) {
        let noise = Drawn.noise(width: 300, height: 200, seed: 6)
        func mean(_ image: RGBImage) -> Double { Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count) }
        for (width, height) in [(150, 100), (100, 40), (64, 64)] {
            #expect(abs(mean(noise.resized(toWidth: width, height: height, filter: filter)) - mean(noise)) < 1.5)
        }
    }

    /// Every source pixel counts: a checkerboard becomes gray, it does not alias.
    @Test(arguments: [ResamplingFilter.box, .triangle, .lanczos3])
    func fineDetailDoesNotAlias(filter: ResamplingFilter) {
        let board = RGBImage(width: 400, height: 400) { pixels in
            for index in 0..<400 * 400 {
                let value: UInt8 = (index % 400 + index / 400) % 2 == 0 ? 255 : 0
                for channel in 0..<3 { pixels[3 * index + channel] = value }
            }
        }
        let small = board.resized(toWidth: 60, height: 60, filter: filter)
        #expect(small.pixels.allSatisfy { abs(Int($0) - 128) < 12 })
    }

    /// Against the definition, in double precision, for a filter that is easy to write down.
    @Test func triangleAgreesWithItsDefinition() {
        let noise = Drawn.noise(width: 23, height: 31, seed: 7)
        for (width, height) in [(9, 10), (40, 50), (23, 12), (1, 1)] {
            let resized = noise.resized(toWidth: width, height: height)
            let rows = Self.triangleWeights(from: 31, to: height), columns = Self.triangleWeights(from: 23, to: width)
            for y in 0..<height {
                for x in 0..<width {
                    var red = 0.0
                    for v in 0..<31 where rows[y][v] != 0 {
                        for u in 0..<23 { red += rows[y][v] * columns[x][u] * Double(noise[u, v].red) }
                    }
                    #expect(abs(red - Double(resized[x, y].red)) < 1.1)
                }
            }
        }
    }

    @Test func aRegionIsWhatCroppingFirstGives() {
        let noise = Drawn.noise(width: 40, height: 30, seed: 8)
        let region = ImageRegion(left: 10, top: 5, right: 20, bottom: 15)
        let cut = Resampler().resize(noise, region: region, toWidth: 10, height: 10)
        for y in 0..<10 { for x in 0..<10 { #expect(cut[x, y] == noise[x + 10, y + 5]) } }
    }

    @Test func oneResamplerServesDifferentSizes() {
        let resampler = Resampler()
        let first = Drawn.noise(width: 40, height: 30, seed: 9), second = Drawn.noise(width: 300, height: 20, seed: 10)
        for _ in 0..<2 {
            for image in [first, second] {
                for side in [8, 100] {
                    let again = resampler.resize(image, toWidth: side, height: side, filter: .lanczos3)
                    #expect(again == image.resized(toWidth: side, height: side, filter: .lanczos3))
                }
            }
        }
    }

    static func triangleWeights(from source: Int, to length: Int) -> [[Double]] {
        let scale = Double(source) / Double(length), stretch = max(scale, 1)
        return (0..<length).map { index in
            let center = (Double(index) + 0.5) * scale
            let weights = (0..<source).map { max(0, 1 - abs(Double($0) + 0.5 - center) / stretch) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
    }
}
