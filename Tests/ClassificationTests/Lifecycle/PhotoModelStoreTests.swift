import Classification
import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct PhotoModelStoreTests {
    @Test func importedModelsAreListedWithTheirMetrics() throws {
        let folder = try TemporaryFolder()
        let store = PhotoModelStore(at: folder.path + "/models")
        for (seed, accuracy) in [(UInt64(1), 0.9), (2, 0.95)] {
            let file = folder.path + "/\(seed).safetensors"
            try sampleModel(seed: seed, accuracy: accuracy).write(to: file)
            try store.importModel(from: file, note: "seed \(seed)")
        }
        #expect(try store.listing().promoted == nil)
        try store.versions.promote(1)
        let listing = try store.listing()
        #expect(listing.versions.map(\.number) == [1, 2] && listing.promoted == 1)
        #expect(listing.versions[1].metrics["validation accuracy"] == 0.95)
        let text = listing.text()
        #expect(text.contains("90.00 %") || text.contains("90.00%"))
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("▶") }.count == 2)

        let decoded = try JSONDecoder().decode(PhotoModelStore.Listing.self, from: JSONEncoder().encode(listing))
        #expect(decoded.versions.map(\.checksum) == listing.versions.map(\.checksum))
    }

    @Test func aVersionTellsWhereItComesFrom() throws {
        let folder = try TemporaryFolder()
        let store = PhotoModelStore(at: folder.path + "/models")
        let file = folder.path + "/model.safetensors"
        try sampleModel(seed: 7).write(to: file)
        try store.importModel(from: file)
        try store.versions.promote(1)
        let detail = try store.detail(1)
        #expect(detail.isPromoted && detail.classes == ["cat", "dog"] && detail.inputWidth == 32 && detail.provenance.seed == 7)
        #expect(detail.text.contains("cat, dog"))
        #expect(try store.promoted().model.parameters == store.model(1).parameters)
        #expect(throws: VersionStoreError.self) { try store.detail(2) }
    }

    @Test func whatIsNoClassifierIsRefusedAndNothingIsAdded() throws {
        let folder = try TemporaryFolder()
        let store = PhotoModelStore(at: folder.path + "/models")
        let file = folder.path + "/model.safetensors"

        var wrongClasses = try sampleModel()
        wrongClasses.classes = ["cat", "dog", "hen"]
        try wrongClasses.write(to: file)
        #expect(throws: PhotoModelStore.NotAClassifier.self) { try store.importModel(from: file) }

        var notFinite = try sampleModel()
        notFinite.parameters[0][0] = .nan
        try notFinite.write(to: file)
        #expect(throws: (any Error).self) { try store.importModel(from: file) }

        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes.removeLast(100)
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(throws: SafetensorsError.self) { try store.importModel(from: file) }

        // A sound file of tensors, of something else.
        try ModelFile(parameters: [NamedTensor(name: "a", shape: [2], floats: [1, 2], storedAs: .float32)]).write(to: file)
        #expect(throws: (any Error).self) { try store.importModel(from: file) }
        #expect(throws: VersionStoreError.self) { try store.listing() }
    }

    @Test func comparisonNamesWhatDiffers() throws {
        let folder = try TemporaryFolder()
        let store = PhotoModelStore(at: folder.path + "/models")
        for (number, model) in [try sampleModel(accuracy: 0.9), try sampleModel(seed: 2, classes: ["a", "b", "c"], accuracy: 0.95)].enumerated() {
            let file = folder.path + "/\(number).safetensors"
            try model.write(to: file)
            try store.importModel(from: file)
        }
        let comparison = try store.versions.compare(1, 2)
        let text = comparison.text()
        #expect(text.contains("+5.00 points") && text.contains("head") && text.contains("classes"))
        #expect(try store.versions.compare(1, 1).text().contains("to the bit"))
    }
}
