import CartoonPets
import Foundation
import Imaging
import Testing

@Suite("Sample folders")
struct SampleFolderTests {
    private func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("cartoon-pets-\(UUID().uuidString)").path
    }

    private func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name)))
    }

    @Test("Every file is there, is a picture of its format, and decodes")
    func contents() throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sample = try PetPainter.write(to: folder, catsAndDogs: 13, neither: 7, seed: 1, size: 32)
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == Set(sample.files))
        #expect(sample.files.filter { $0.hasPrefix("cat.") }.count == 7)
        #expect(sample.files.filter { $0.hasPrefix("dog.") }.count == 6)
        #expect(sample.files.filter { $0.hasPrefix("neither.") }.count == 7)
        #expect(sample.files.contains("dog.5.png") && sample.files.contains("cat.0.jpg"))
        #expect(sample.flawed.isEmpty)
        for name in sample.files {
            let file = try bytes(folder, name)
            #expect(ImageFormat(startOfFile: file) == (name.hasSuffix("png") ? .png : .jpeg))
            let decoded = try ImageDecoder().decode(bytes: file)
            #expect((16...44).contains(decoded.image.width) && (16...44).contains(decoded.image.height))
        }
    }

    @Test("The same request writes the same bytes, a later first number fresh pictures")
    func repeats() throws {
        let first = temporaryFolder(), second = temporaryFolder(), later = temporaryFolder()
        defer { for folder in [first, second, later] { try? FileManager.default.removeItem(atPath: folder) } }
        let sample = try PetPainter.write(to: first, catsAndDogs: 6, neither: 2, seed: 9, size: 24)
        try PetPainter.write(to: second, catsAndDogs: 6, neither: 2, seed: 9, size: 24)
        let fresh = try PetPainter.write(to: later, catsAndDogs: 6, neither: 2, seed: 9, size: 24, firstNumber: 100)
        for name in sample.files { #expect(try bytes(first, name) == bytes(second, name)) }
        #expect(Set(fresh.files).isDisjoint(with: sample.files))
    }

    @Test("The flaws asked for are there, and only those")
    func flaws() throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sample = try PetPainter.write(to: folder, catsAndDogs: 12, neither: 0, seed: 2, size: 48, flaws: Set(SampleFlaw.allCases))
        #expect(Set(sample.flawed.keys) == Set(SampleFlaw.allCases))
        func flawed(_ flaw: SampleFlaw) throws -> [UInt8] { try bytes(folder, try #require(sample.flawed[flaw]?.first)) }

        #expect(throws: ImageError.self) { _ = try ImageDecoder().decode(bytes: flawed(.truncated)) }
        #expect(ImageFormat(startOfFile: try flawed(.misnamedPNG)) == .png)
        #expect(ImageFormat(startOfFile: try flawed(.gif)) == .gif)

        let copy = try flawed(.exactDuplicate)
        let same = try sample.files.filter { try bytes(folder, $0) == copy }
        #expect(same.count == 2)

        let near = try ImageDecoder().decode(bytes: flawed(.nearDuplicate)).image
        let differences = try sample.files.filter { sample.flawed.values.joined().contains($0) == false }.compactMap { name -> Double? in
            let other = try ImageDecoder().decode(bytes: bytes(folder, name)).image
            guard other.width == near.width, other.height == near.height else { return nil }
            return zip(near.pixels, other.pixels).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(near.pixels.count)
        }
        let closest = try #require(differences.min())
        #expect(closest > 1 && closest < 20, "mean difference \(closest) of 255")

        let swapped = try #require(sample.flawed[.swappedLabels])
        #expect(swapped == ["cat.5.png", "dog.5.png"])
        let shown = try ImageDecoder().decode(bytes: bytes(folder, "cat.5.png")).image
        let dog = PetPainter(seed: 2).picture(of: .dog, number: 5, width: shown.width, height: shown.height)
        #expect(shown == dog)
    }

    @Test("Requests that make no sense are refused by name")
    func refusals() throws {
        let folder = temporaryFolder()
        #expect(throws: SampleFolderError.tooFewForFlaws(catsAndDogs: 3)) {
            try PetPainter.write(to: folder, catsAndDogs: 3, neither: 0, seed: 1, flaws: [.gif])
        }
        #expect(throws: SampleFolderError.self) { try PetPainter.write(to: folder, catsAndDogs: -1, neither: 0, seed: 1) }
        #expect(throws: SampleFolderError.self) { try PetPainter.write(to: folder, catsAndDogs: 2, neither: 0, seed: 1, size: 5) }
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(throws: SampleFolderError.self) {
            try PetPainter.write(to: "/dev/null/pets", catsAndDogs: 2, neither: 0, seed: 1, size: 24)
        }
    }
}
