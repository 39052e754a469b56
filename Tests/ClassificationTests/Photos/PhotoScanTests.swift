import Classification
import Foundation
import Imaging
import TestSupport
import Testing

/// A folder with one of every flaw.
struct PhotoScanTests {
    let source: TemporaryFolder
    let elsewhere: TemporaryFolder

    init() throws {
        source = try TemporaryFolder()
        elsewhere = try TemporaryFolder()
        try source.writePhotos(perClass: 10)
    }

    func scan() throws -> PhotoScan { PhotoScan(of: try PhotoCollection(reading: source.path), threads: 3) }

    func addFlaws() throws {
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: source("cat/0.jpg"))))
        let picture = TestPicture.random(seed: 500, width: 120, height: 90)
        try source.write(Array(whole.prefix(whole.count / 2)), to: "cat/cut.jpg")
        try source.write([], to: "cat/empty.jpg")
        try source.write(Array("<html>Not found</html>".utf8), to: "dog/page.jpg")
        try source.write(Array("GIF89a".utf8) + [UInt8](repeating: 1, count: 40), to: "dog/moving.jpg")
        try source.write(Array("RIFF".utf8) + [9, 0, 0, 0] + Array("WEBPVP8 ".utf8), to: "dog/new.webp")
        try source.write(try ImageEncoder.png(picture), to: "cat/really-png.jpg")
        try source.write(whole, to: "cat/copy.jpg")
        try source.write(Array(try Data(contentsOf: URL(fileURLWithPath: source("cat/1.jpg")))), to: "dog/1-as-dog.jpg")
        try source.write(
            try ImageEncoder.jpeg(TestPicture.random(seed: 1002).resized(toWidth: 40, height: 40), quality: 60),
            to: "dog/2-small.jpg")
        try source.write(try ImageEncoder.jpeg(TestPicture.random(seed: 3).mirrored(), quality: 90), to: "dog/3-mirrored.jpg")
        try source.write(try ImageEncoder.png(TestPicture.random(seed: 900, width: 20, height: 30)), to: "dog/tiny.png")
        try source.write("notes", to: "cat/notes.txt")
    }

    @Test func aCleanFolderIsClean() throws {
        let scan = try scan()
        #expect(scan.isClean)
        #expect(scan.photoCount == 20 && scan.readableCount == 20)
        #expect(scan.classes.map(\.name) == ["cat", "dog"])
        #expect(scan.classes.map(\.photos) == [10, 10])
        #expect(scan.widths?.median == 64 && scan.heights?.maximum == 64)
        #expect(scan.formats.map(\.format) == [.jpeg] && scan.formats[0].photos == 20)
        #expect(scan.text().contains("Nothing is wrong with these photos."))
    }

    @Test func everyFlawIsFoundAndNothingElse() throws {
        try addFlaws()
        let scan = try scan()
        #expect(scan.corrupt.map(\.path) == ["cat/cut.jpg", "cat/empty.jpg", "dog/page.jpg"])
        #expect(scan.corrupt.map(\.kind) == ["truncated", "empty", "wrong-format"])
        #expect(scan.unsupported.map(\.path) == ["dog/moving.jpg", "dog/new.webp"])
        #expect(scan.unsupported[0].reason.contains("GIF"))
        #expect(!scan.corrupt[0].reason.contains("/cat/cut.jpg"))
        #expect(scan.misnamed.map(\.path) == ["cat/really-png.jpg"])
        #expect(scan.misnamed[0].format == .png)
        #expect(scan.tiny.map(\.path) == ["dog/tiny.png"])
        #expect(scan.exactDuplicates.map { $0.photos.map(\.path) } == [
            ["cat/0.jpg", "cat/copy.jpg"], ["cat/1.jpg", "dog/1-as-dog.jpg"],
        ])
        #expect(scan.nearDuplicates.map { $0.photos.map(\.path) } == [
            ["cat/3.jpg", "dog/3-mirrored.jpg"], ["dog/2-small.jpg", "dog/2.jpg"],
        ])
        #expect(scan.labelConflicts.map { $0.photos[0].path } == ["cat/1.jpg", "cat/3.jpg"])
        #expect(scan.leaks.isEmpty)
        #expect(scan.ignored.map(\.path) == ["cat/notes.txt"])
        #expect(scan.photoCount == 31 && scan.readableCount == 26)
        let text = scan.text()
        for path in ["cat/cut.jpg", "dog/new.webp", "cat/really-png.jpg", "dog/2-small.jpg", "dog/tiny.png"] {
            #expect(text.contains(path))
        }
    }

    @Test func copiesOnBothSidesOfADivisionAreLeaks() throws {
        let divided = try TemporaryFolder()
        for (name, seed) in [("train/cat/1", 1), ("train/dog/1", 2), ("test/cat/1", 3), ("validation/dog/1", 2)] {
            try divided.write(try ImageEncoder.jpeg(TestPicture.random(seed: UInt64(seed)), quality: 90), to: name + ".jpg")
        }
        let scan = PhotoScan(of: try PhotoCollection(reading: divided.path))
        #expect(scan.leaks.map { $0.photos.map(\.path) } == [["train/dog/1.jpg", "validation/dog/1.jpg"]])
        #expect(scan.labelConflicts.isEmpty)
    }

    @Test func jsonComesBackAsItWas() throws {
        try addFlaws()
        let scan = try scan()
        #expect(try JSONDecoder().decode(PhotoScan.self, from: JSONEncoder().encode(scan)) == scan)
    }

    @Test func thePageShowsWhatWasFound() throws {
        try addFlaws()
        try source.write([0xFF, 0xD8, 0xFF, 0], to: "cat/<script>alert(1)<&>.jpg")
        let page = try scan().page(of: try PhotoCollection(reading: source.path)).render()
        #expect(page.contains("2-small.jpg") && page.contains("data:image/jpeg;base64,"))
        #expect(page.contains("&lt;script>") || page.contains("&lt;script&gt;"))
        #expect(!page.contains("<script>"))
    }

    // MARK: Quarantine

    @Test func nothingMovesUnasked() throws {
        try addFlaws()
        let before = try FileManager.default.subpathsOfDirectory(atPath: source.path).sorted()
        _ = try scan()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: source.path).sorted() == before)
    }

    @Test func badFilesMoveAndComeBack() throws {
        try addFlaws()
        let before = try FileManager.default.subpathsOfDirectory(atPath: source.path).sorted()
        let quarantine = PhotoQuarantine(folder: elsewhere("bad"))
        let collection = try PhotoCollection(reading: source.path)
        let moves = try quarantine.move(PhotoScan(of: collection), of: collection)
        #expect(moves.count == 5)
        for path in ["cat/cut.jpg", "cat/empty.jpg", "dog/page.jpg", "dog/moving.jpg", "dog/new.webp"] {
            #expect(FileManager.default.fileExists(atPath: elsewhere("bad/" + path)))
            #expect(!FileManager.default.fileExists(atPath: source(path)))
        }
        let clean = try scan()
        #expect(clean.corrupt.isEmpty && clean.unsupported.isEmpty && clean.readableCount == 26)
        #expect(try quarantine.undo().count == 5)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: source.path).sorted() == before)
    }

    @Test func nothingIsOverwritten() throws {
        try addFlaws()
        let collection = try PhotoCollection(reading: source.path)
        let taken = try elsewhere.write("mine", to: "dog/page.jpg")
        #expect(throws: PhotoQuarantine.Failure.self) {
            try PhotoQuarantine(folder: elsewhere.path).move(PhotoScan(of: collection), of: collection)
        }
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
        // Seen before the first move: all files are where they were.
        #expect(FileManager.default.fileExists(atPath: source("cat/cut.jpg")))
        #expect(throws: PhotoQuarantine.Failure.insideSource(folder: source("bad"), source: source.path)) {
            try PhotoQuarantine(folder: source("bad")).move(PhotoScan(of: collection), of: collection)
        }
    }

    @Test func copyingKeepsTheContentAndNeverReplaces() throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let from = try source.write(bytes, to: "a.bin")
        try PhotoQuarantine.copy(from, to: elsewhere("b.bin"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: elsewhere("b.bin"))) == Data(bytes))
        #expect(!FileManager.default.fileExists(atPath: from))
        let again = try source.write(bytes, to: "c.bin")
        #expect(throws: PhotoQuarantine.Failure.occupied(path: elsewhere("b.bin"))) {
            try PhotoQuarantine.copy(again, to: elsewhere("b.bin"))
        }
        #expect(FileManager.default.fileExists(atPath: again))
    }
}
