import Classification
import Foundation
import Imaging
import TestSupport
import Testing

/// The real photos, where they are at hand; a part of them, so that it takes seconds.
private let photoFolder = (ProcessInfo.processInfo.environment["TANDEM_SHARED"] ?? "../shared") + "/data/cats-dogs"

@Suite(.enabled(if: FileManager.default.fileExists(atPath: photoFolder), "the real photos are not here"))
struct CatsAndDogsPhotosTests {
    @Test func aPartOfThemIsCachedDividedAndSampled() throws {
        let caches = try TemporaryFolder()
        let all = try PhotoCollection(reading: photoFolder)
        #expect(all.layout == .names)
        #expect(all.classNames == ["cat", "dog"])
        let part = all.filtered { $0.path.hasSuffix("7.jpg") && $0.path.count <= 11 }
        #expect(part.photos.count > 100)
        let cache = try PhotoCache.prepare(part, in: caches.path).cache
        #expect(cache.rejected.isEmpty && cache.entries.count == part.photos.count)
        // These photos have the cache's size: they are in it bit for bit.
        for index in [0, cache.entries.count - 1] {
            let decoded = try ImageDecoder().decode(contentsOf: part.filePath(of: cache.entries[index].photo)).image
            #expect(cache.withPixels(of: index) { Array($0) } == decoded.pixels)
        }
        let split = try cache.split(test: .fraction(0.2), validation: .fraction(0.1), seed: 1)
        #expect(abs(split.test.count - part.photos.count / 5) <= 1)

        let stored = caches("split.json")
        try PhotoSplitFile(split, of: cache).write(to: stored)
        let again = try cache.split(
            test: .fraction(0.5), validation: .fraction(0.1), seed: 99, keeping: PhotoSplitFile(contentsOf: stored))
        #expect(Set(split.test).isSubset(of: again.test) && again.parts == split.parts)
    }
}
