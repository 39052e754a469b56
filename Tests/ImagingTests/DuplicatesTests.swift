import Imaging
import Testing

struct DuplicatesTests {
    @Test func copiesHashNearAndOtherPicturesFar() throws {
        for seed in UInt64(0)..<6 {
            let picture = Drawn.discs(width: 120, height: 100, seed: seed)
            let hash = PerceptualHash(picture)
            let recompressed = try ImageDecoder().decode(bytes: ImageEncoder.jpeg(picture, quality: 50)).image
            #expect(hash.distance(to: PerceptualHash(recompressed)) <= 6)
            #expect(hash.distance(to: PerceptualHash(picture.resized(toWidth: 75, height: 80))) <= 6)
            let brighter = RGBImage(width: 120, height: 100, pixels: picture.pixels.map { UInt8(min(Int($0) + 10, 255)) })
            #expect(hash.distance(to: PerceptualHash(brighter)) <= 8)
            let other = PerceptualHash(Drawn.discs(width: 120, height: 100, seed: seed + 100))
            #expect(hash.distance(to: other) > 14)
        }
    }

    @Test(arguments: [0, 3, 6, 11])
    func theIndexFindsWhatComparingAllPairsFinds(distance: Int) {
        var generator = SampleGenerator(seed: 9)
        var hashes: [PerceptualHash] = []
        for _ in 0..<120 {
            let center = generator.next()
            for _ in 0..<4 {
                var bits = center
                for _ in 0..<Int.random(in: 0...9, using: &generator) { bits ^= 1 << UInt64.random(in: 0..<64, using: &generator) }
                hashes.append(PerceptualHash(bits: bits))
            }
        }
        let index = NearDuplicateIndex(hashes, maximumDistance: distance)
        var pairs: Set<Int> = []
        for (entry, hash) in hashes.enumerated() {
            let expected = hashes.indices.filter { hash.distance(to: hashes[$0]) <= distance }
            let found = index.neighbors(of: hash)
            #expect(found.map(\.entry).sorted() == expected)
            #expect(found.allSatisfy { hash.distance(to: hashes[$0.entry]) == $0.distance })
            if expected.count > 1 { pairs.insert(entry) }
        }
        let groups = index.groups()
        #expect(Set(groups.joined()) == pairs)
        #expect(groups.joined().count == pairs.count)
        for group in groups {
            for entry in group {
                #expect(group.contains { $0 != entry && hashes[$0].distance(to: hashes[entry]) <= distance })
            }
        }
    }

    /// Values of the XXH64 specification's reference program.
    @Test func digestAgreesWithReferenceValues() {
        func hash(_ text: String, _ seed: UInt64 = 0) -> UInt64 { Array(text.utf8).withUnsafeBytes { xxHash64($0, seed: seed) } }
        #expect(hash("") == 0xEF46_DB37_51D8_E999)
        #expect(hash("a") == 0xD24E_C4F1_A98C_6E5B)
        #expect(hash("abc") == 0x44BC_2CF5_AD77_0999)
        #expect(hash("Nobody inspects the spammish repetition") == 0xFBCE_A83C_8A37_8BF1)
    }

    @Test func digestsOfPicturesTellSizesApart() {
        let wide = RGBImage(width: 4, height: 2, filledWith: (1, 2, 3)), tall = RGBImage(width: 2, height: 4, filledWith: (1, 2, 3))
        #expect(ContentDigest(wide) != ContentDigest(tall))
        #expect(ContentDigest(wide) == ContentDigest(RGBImage(width: 4, height: 2, filledWith: (1, 2, 3))))
        let digest = ContentDigest(wide)
        #expect(ContentDigest(digest.description) == digest && digest.description.utf8.count == 32)
        #expect(ContentDigest("xyz") == nil)
    }
}
