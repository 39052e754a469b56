import Classification
import Foundation
import Imaging
import TestSupport
import Testing

struct PhotoCacheTests {
    let source: TemporaryFolder
    let caches: TemporaryFolder

    init() throws {
        source = try TemporaryFolder()
        caches = try TemporaryFolder()
        try source.writePhotos(side: 48)
    }

    func prepare(side: Int = 32) throws -> (cache: PhotoCache, preparation: PhotoCache.Preparation) {
        try PhotoCache.prepare(PhotoCollection(reading: source.path), side: side, in: caches.path, threads: 3)
    }

    /// Changes the time of a file's last change, as an editor would.
    func touch(_ path: String, seconds: Int) {
        var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }

    @Test func picturesAreThoseOfTheFilesResized() throws {
        let (cache, preparation) = try prepare()
        #expect(preparation == .built(reason: "there was none"))
        #expect(cache.entries.count == 24)
        #expect(cache.classNames == ["cat", "dog"])
        #expect(cache.classCounts == [12, 12])
        for (index, entry) in cache.entries.enumerated() {
            let path = source(entry.photo.path)
            let decoded = try ImageDecoder().decode(contentsOf: path)
            #expect(entry.width == 48 && entry.height == 48)
            #expect(entry.digest == (try ContentDigest(contentsOf: path)))
            let expected = decoded.image.resized(toWidth: 32, height: 32)
            #expect(cache.withPixels(of: index) { Array($0) } == expected.pixels)
        }
    }

    @Test func picturesOfTheCachesSizeAreKeptBitForBit() throws {
        let (cache, _) = try prepare(side: 48)
        let decoded = try ImageDecoder().decode(contentsOf: source(cache.entries[5].photo.path))
        #expect(cache.withPixels(of: 5) { Array($0) } == decoded.image.pixels)
    }

    @Test func itIsBuiltOnceAndAgainWhenThePhotosChange() throws {
        _ = try prepare()
        #expect(try prepare().preparation == .reused)

        touch(source("cat/3.jpg"), seconds: 1_000_000_000)
        #expect(try prepare().preparation == .built(reason: "the photos have changed"))
        #expect(try prepare().preparation == .reused)

        try source.write(try ImageEncoder.png(TestPicture.random(seed: 77)), to: "cat/new.png")
        let added = try prepare()
        #expect(added.preparation == .built(reason: "the photos have changed"))
        #expect(added.cache.entries.count == 25)

        try FileManager.default.moveItem(atPath: source("cat/new.png"), toPath: source("dog/new.png"))
        #expect(try prepare().cache.classCounts == [12, 13])

        try FileManager.default.removeItem(atPath: source("dog/new.png"))
        #expect(try prepare().cache.entries.count == 24)
        #expect(try prepare(side: 16).preparation == .built(reason: "there was none"))
        #expect(try prepare(side: 32).preparation == .reused)
    }

    @Test func theDataFingerprintIsOfContentAndClassAlone() throws {
        let before = try prepare().cache.dataFingerprint
        try FileManager.default.moveItem(atPath: source("cat/3.jpg"), toPath: source("cat/renamed.jpg"))
        touch(source("cat/4.jpg"), seconds: 1_000_000_000)
        #expect(try prepare().cache.dataFingerprint == before)
        try FileManager.default.moveItem(atPath: source("cat/4.jpg"), toPath: source("dog/moved.jpg"))
        #expect(try prepare().cache.dataFingerprint != before)
    }

    @Test func corruptPhotosAreListedAndLeftOut() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: source("cat/0.jpg")))
        try source.write(Array(whole.prefix(whole.count / 2)), to: "cat/half.jpg")
        try source.write([], to: "dog/empty.jpg")
        try source.write(Array("GIF89a".utf8) + [1, 0, 1, 0], to: "dog/moving.gif")
        let cache = try prepare().cache
        #expect(cache.entries.count == 24)
        #expect(cache.rejected.map(\.path) == ["cat/half.jpg", "dog/empty.jpg", "dog/moving.gif"])
        #expect(cache.rejected.map(\.kind) == ["truncated", "empty", "wrong-format"])
        #expect(cache.rejected[2].reason.contains("GIF"))
        // Pictures after the gap are where they belong.
        let last = try ImageDecoder().decode(contentsOf: source(cache.entries[23].photo.path))
        #expect(cache.withPixels(of: 23) { Array($0) } == last.image.resized(toWidth: 32, height: 32).pixels)
    }

    @Test func nothingIsLeftWhenAllPhotosAreCorrupt() throws {
        let bad = try TemporaryFolder()
        for number in 0..<8 { try bad.write("no picture", to: "\(number % 2 == 0 ? "cat" : "dog")/\(number).jpg") }
        let error = #expect(throws: PhotoCollectionError.self) {
            try PhotoCache.prepare(PhotoCollection(reading: bad.path), side: 32, in: caches.path)
        }
        guard case .allCorrupt(count: 8, let first) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(first.count == 5)
        #expect(try caches.names.filter { !$0.hasSuffix(".lock") }.isEmpty)
    }

    @Test func whatAKilledBuildLeftIsRemoved() throws {
        // As a process killed in the middle leaves it: the name of a temporary file, and no lock on it.
        try caches.write([UInt8](repeating: 0, count: 5000), to: ".photos-abc.photos.1f.partial")
        _ = try prepare()
        let names = try caches.names
        #expect(names.count == 2)
        #expect(names.contains { $0.hasSuffix(".photos") } && names.contains { $0.hasSuffix(".photos.lock") })
    }

    @Test func damageIsRefusedAndRepairedByBuildingAgain() throws {
        let path = try prepare().cache.path
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let pixels = 24 * 32 * 32 * 3
        // Magic, version, side, slots, lengths, fingerprint, digests; then the index from start to end.
        var places = Array(stride(from: 0, to: 140, by: 3))
        places += stride(from: 4096 + pixels, to: whole.count, by: 997)
        places.append(whole.count - 1)
        for place in places {
            var damaged = whole
            damaged[place] ^= 0x10
            try damaged.write(to: URL(fileURLWithPath: path))
            #expect(throws: PhotoCacheError.self, "byte \(place)") { try PhotoCache(contentsOf: path) }
        }
        for length in [0, 1, 100, 4095, 4096, 4096 + pixels, whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: PhotoCacheError.self, "cut to \(length)") { try PhotoCache(contentsOf: path) }
        }
        try (whole + [0]).write(to: URL(fileURLWithPath: path))
        #expect(throws: PhotoCacheError.self) { try PhotoCache(contentsOf: path) }

        guard case .built(let reason) = try prepare().preparation else {
            Issue.record("a damaged cache was used")
            return
        }
        #expect(reason.contains("no intact photo cache"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
    }

    @Test func anotherVersionIsNamed() throws {
        let path = try prepare().cache.path
        var other = try Data(contentsOf: URL(fileURLWithPath: path))
        other[8] = 99
        try other.write(to: URL(fileURLWithPath: path))
        #expect(throws: PhotoCacheError.otherVersion(path: path, found: 99, expected: 1)) { try PhotoCache(contentsOf: path) }
    }

    @Test func buildersAtTheSameTimeAgree() async throws {
        let collection = try PhotoCollection(reading: source.path)
        let folder = caches.path
        let results = try await withThrowingTaskGroup(of: PhotoCache.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    // Building blocks: it runs on a thread of its own here, as everywhere.
                    try await withCheckedThrowingContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(
                                with: Result { try PhotoCache.prepare(collection, side: 32, in: folder, threads: 2).cache })
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(results.map(\.fingerprint)).count == 1)
        #expect(results.allSatisfy { $0.entries == results[0].entries })
        #expect(try caches.names.count == 2)
    }

    @Test func aDiskWithoutRoomIsReportedBeforehand() throws {
        // No disk has room for this many; the check comes before anything is written.
        let photos = (0..<1_000_000).map { Photo(path: "cat/\($0 % 12).jpg", label: 0) }
        let collection = PhotoCollection(root: source.path, layout: .folders, classNames: ["cat"], photos: photos)
        let error = #expect(throws: PhotoCacheError.self) {
            try PhotoCache.prepare(collection, side: 2048, in: caches.path)
        }
        guard case .notEnoughSpace(_, let needed, let available) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(needed > 12_000_000_000_000 && available < needed)
        #expect(try caches.names.filter { !$0.hasSuffix(".lock") }.isEmpty)
    }

    @Test func anUnusableSideIsRefused() throws {
        #expect(throws: PhotoCacheError.unusableSide(7, allowed: 8...2048)) { try prepare(side: 7) }
    }
}
