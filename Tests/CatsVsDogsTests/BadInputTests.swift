import Foundation
import TestSupport
import Testing

/// What a user can get wrong: each has its own error, with the remedy, and nothing is lost.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Program.run(["sample", "photos", "--count", "40", "--size", "48"], in: folder)
    }

    private func train(_ source: String, run: String = "run", fileLimit: Int? = nil) throws -> Program.Result {
        try Program.run(
            ["train", source, "--run", run, "--epochs", "1", "--size", "32", "--network", "small", "--batch", "8", "--precision", "float32"],
            in: folder, fileLimit: fileLimit)
    }

    /// Copies some of the drawings.
    private func copy(cats: Int, dogs: Int, to name: String) throws {
        try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
        let all = try FileManager.default.contentsOfDirectory(atPath: folder("photos")).sorted()
        for (prefix, count) in [("cat", cats), ("dog", dogs)] {
            for file in all.filter({ $0.hasPrefix(prefix) }).prefix(count) {
                try FileManager.default.copyItem(atPath: folder("photos/\(file)"), toPath: folder("\(name)/\(file)"))
            }
        }
    }

    @Test func missingFolder() throws {
        let result = try train("nowhere")
        #expect(result.status == 1)
        #expect(result.errors.contains("nowhere: there is no such folder"))
    }

    @Test func otherPhotosThatAreNotThere() throws {
        let result = try Program.run(["train", "photos", "--others", "nothing", "--epochs", "1", "--size", "32"], in: folder)
        #expect(result.status == 1)
        #expect(result.errors.contains("nothing"))
        #expect(!result.errors.contains("epoch"))
    }

    @Test func oneClassOnly() throws {
        try copy(cats: 12, dogs: 0, to: "cats")
        let result = try train("cats")
        #expect(result.status == 1)
        #expect(result.errors.contains("one class, \"cat\""))
    }

    @Test func classWithThreePhotos() throws {
        try copy(cats: 12, dogs: 3, to: "few")
        let result = try train("few")
        #expect(result.status == 1)
        #expect(result.errors.contains("class \"dog\" has 3 photos"))
    }

    @Test func photosAllCorrupt() throws {
        for number in 0..<24 { try folder.write("no picture \(number)", to: "corrupt/\(number % 2 == 0 ? "cat" : "dog").\(number).jpg") }
        let result = try train("corrupt")
        #expect(result.status == 1)
        #expect(result.errors.contains("scan"), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("corrupt")).count == 24)
    }

    @Test func labelsWithoutFile() throws {
        try folder.write("photos/cat.0.jpg,cat\nphotos/gone.jpg,dog\n", to: "labels.csv")
        let result = try train("labels.csv")
        #expect(result.status == 1)
        #expect(result.errors.contains("line 2: photos/gone.jpg"))
    }

    @Test func fullDiskWhileCaching() throws {
        let result = try train("photos", fileLimit: 40)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("cache"), "\(result.errors)")
        // With room again it goes through; what was half written is not taken for a cache.
        let again = try Program.run(
            ["train", "photos", "--run", "again", "--epochs", "1", "--size", "32", "--network", "small", "--batch", "8"], in: folder)
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test func fullDiskWhileCheckpointing() throws {
        #expect(try train("photos").status == 0)
        // The cache stands now; a checkpoint has no room.
        let result = try train("photos", run: "full", fileLimit: 100)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("full/"), "\(result.errors)")
        let resumed = try Program.run(["train", "--resume", "--run", "full"], in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(folder.contains("full/model.safetensors"))
    }

    @Test func twoTrainingsIntoOneFolder() throws {
        #expect(try train("photos").status == 0)
        let model = try Data(contentsOf: URL(filePath: folder("run/model.safetensors")))
        let result = try train("photos")
        #expect(result.status == 1)
        #expect(result.errors.contains("--resume"))
        #expect(try Data(contentsOf: URL(filePath: folder("run/model.safetensors"))) == model)
    }

    @Test func damagedModelsAreRefused() throws {
        #expect(try train("photos").status == 0)
        let file = URL(filePath: folder("run/model.safetensors"))
        let model = try Data(contentsOf: file)
        try model.prefix(5_000).write(to: URL(filePath: folder("short.safetensors")))
        var other = model
        let range = try #require(other.range(of: Data(#""tandem.format":"1"#.utf8)))
        other[range.upperBound - 1] = UInt8(ascii: "9")
        try other.write(to: URL(filePath: folder("other.safetensors")))
        for name in ["short.safetensors", "other.safetensors", "photos/cat.0.jpg", "nothing.safetensors"] {
            let result = try Program.run(["classify", "--model", name, "photos/cat.0.jpg"], in: folder)
            #expect(result.status == 2, "\(name): \(result.output)\(result.errors)")
            #expect(result.errors.contains(name), "\(result.errors)")
        }
    }

    @Test func aStoreThatCannotBeWritten() throws {
        #expect(try train("photos").status == 0)
        // A file stands where the folder should be: even root cannot write there.
        try folder.write("in the way", to: "store")
        let result = try Program.run(["models", "import", "run/model.safetensors", "--store", "store"], in: folder)
        #expect(result.status != 0)
        #expect(result.errors.contains("store"), "\(result.errors)")
        #expect(try String(contentsOfFile: folder("store"), encoding: .utf8) == "in the way")
    }

    @Test func oneBadFileDoesNotStopTheRest() throws {
        #expect(try train("photos").status == 0)
        try folder.write("no picture", to: "bad.jpg")
        let result = try Program.run(
            ["classify", "--model", "run/model.safetensors", "--json", "photos/cat.0.jpg", "bad.jpg", "missing.jpg", "photos/dog.1.jpg"], in: folder)
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 4)
        for (line, name) in zip(lines, ["cat.0.jpg", "bad.jpg", "missing.jpg", "dog.1.jpg"]) { #expect(line.contains(name)) }
    }
}
