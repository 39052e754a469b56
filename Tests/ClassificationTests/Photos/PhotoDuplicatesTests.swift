import Classification
import Imaging
import Testing

struct PhotoDuplicatesTests {
    func duplicates(_ images: [RGBImage], digests: [String]? = nil) -> PhotoDuplicates {
        let resampler = Resampler()
        return PhotoDuplicates(
            digests: (digests ?? images.indices.map(String.init)).map { ContentDigest(Array($0.utf8)) },
            signatures: images.map { PhotoSignature(of: $0, using: resampler) })
    }

    func recolored(_ image: RGBImage, gain: Double, offset: Double) -> RGBImage {
        RGBImage(
            width: image.width, height: image.height,
            pixels: image.pixels.map { UInt8(min(max(Double($0) * gain + offset, 0), 255)) })
    }

    @Test func copiesInManyDisguisesAreFound() throws {
        let picture = TestPicture.random(seed: 1, width: 200, height: 150)
        let jpeg = try ImageDecoder().decode(bytes: ImageEncoder.jpeg(picture, quality: 40)).image
        let disguises = [
            picture, jpeg, picture.resized(toWidth: 97, height: 301), picture.mirrored(),
            recolored(picture, gain: 0.7, offset: 30), recolored(picture, gain: 1, offset: -20),
        ]
        let found = duplicates(disguises + (2..<40).map { TestPicture.random(seed: $0) })
        #expect(found.near == [[0, 1, 2, 3, 4, 5]])
        #expect(found.exact.isEmpty)
        #expect(Array(found.groups.prefix(6)) == [0, 0, 0, 0, 0, 0])
        #expect(Array(found.groups.dropFirst(6)) == Array(6..<44))
    }

    @Test func thePixelsDecideWhereHashesMeet() {
        // One has a pattern that the low frequencies do not show.
        let plain = TestPicture.random(seed: 3, width: 96, height: 96)
        var marked = plain
        for y in stride(from: 0, to: 96, by: 6) {
            for x in 0..<96 {
                for row in y..<(y + 3) { marked[x, row] = (marked[x, row].red / 3, marked[x, row].green / 3, marked[x, row].blue / 3) }
            }
        }
        let signatures = [plain, marked].map { PhotoSignature(of: $0, using: Resampler()) }
        #expect(signatures[0].hash.distance(to: signatures[1].hash) <= PhotoSignature.maximumHashDistance)
        #expect(duplicates([plain, marked]).near.isEmpty)
    }

    @Test func exactAndNearCopiesMakeOneGroup() {
        let picture = TestPicture.random(seed: 1)
        let found = duplicates(
            [TestPicture.random(seed: 9), picture, recolored(picture, gain: 0.9, offset: 0), picture],
            digests: ["other", "same", "darker", "same"])
        #expect(found.exact == [[1, 3]])
        #expect(found.near == [[1, 2]])
        #expect(found.groups == [0, 1, 1, 1])
    }

    @Test func differentPicturesStayApart() {
        let found = duplicates((0..<300).map { TestPicture.random(seed: 5000 + $0, width: 40, height: 40) })
        #expect(found.near.isEmpty)
    }
}
