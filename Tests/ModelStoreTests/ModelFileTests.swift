import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct ModelFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    struct Recipe: Codable, Equatable {
        struct Step: Codable, Equatable {
            var name: String
            var size: Int
        }
        var mean: [Float]
        var steps: [Step]
        var note: String?
    }

    static let recipe = Recipe(mean: [0.485, 0.1, .leastNonzeroMagnitude], steps: [.init(name: "resize/\"ü\"", size: 128)])

    static func model(seed: UInt64 = 1, type: SafetensorsElementType = .float32) throws -> ModelFile {
        var generator = SeededGenerator(seed: seed)
        var model = ModelFile(parameters: [
            NamedTensor(name: "conv.weight", shape: [4, 3, 3, 3], floats: (0..<108).map { _ in .random(in: -1...1, using: &generator) }, storedAs: type),
            NamedTensor(name: "conv.bias", shape: [4], floats: (0..<4).map { _ in .random(in: -1...1, using: &generator) }),
            NamedTensor(name: "steps", shape: [], integers: [12]),
            NamedTensor(name: "none", shape: [0, 3], floats: []),
        ])
        try model.setSection(["cat", "dog"], named: .classes)
        try model.setSection(recipe, named: .preprocessing)
        try model.setSection(0.7, named: .thresholds)
        return model
    }

    static func sorted(_ model: ModelFile) -> ModelFile {
        var model = model
        model.parameters.sort { $0.name < $1.name }
        return model
    }

    @Test func aModelComesBackAsItWas() throws {
        let path = folder("model.safetensors")
        let model = try Self.model()
        let checksum = try model.write(to: path)
        let read = try ModelFile(contentsOf: path)
        #expect(Self.sorted(read) == Self.sorted(model))
        #expect(try read.section([String].self, named: .classes) == ["cat", "dog"])
        #expect(try read.section(Recipe.self, named: .preprocessing) == Self.recipe)
        #expect(try read.section(Double.self, named: .thresholds) == 0.7)
        #expect(read.parameterCount == 113)
        #expect(try read.floats(named: "conv.bias", shape: [4]) == model.parameters[1].floats?.array)
        let names = try ModelSections(contentsOf: path).names
        #expect(names == [.classes, .preprocessing, .thresholds])

        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try read.write(to: path) == checksum)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        let metadata = try SafetensorsFile(contentsOf: path).metadata
        #expect(metadata["tandem.format"] == "1")
        #expect(metadata["tandem.checksum"] == checksum)
        #expect(metadata["classes"] == #"["cat","dog"]"#)
    }

    @Test func halvesAreCheckedAsStoredAndWrittenTheSameAgain() throws {
        let path = folder("half.safetensors")
        let checksum = try Self.model(type: .bfloat16).write(to: path)
        let read = try ModelFile(contentsOf: path)
        #expect(read.parameters.first { $0.name == "conv.weight" }?.elementType == .bfloat16)
        #expect(try read.write(to: folder("again.safetensors")) == checksum)
    }

    @Test func theChecksumSeesEveryChangeAndNotTheOrder() throws {
        let path = folder("model.safetensors")
        let model = try Self.model()
        let checksum = try model.write(to: path)
        var reordered = model
        reordered.parameters.reverse()
        #expect(try reordered.write(to: path) == checksum)

        var changed = model
        changed.parameters[1] = NamedTensor(name: "conv.bias", shape: [2, 2], floats: model.parameters[1].floats!)
        var seen: Set = [checksum, try changed.write(to: path)]
        changed = model
        changed.parameters[2] = NamedTensor(name: "steps", shape: [], integers: [13])
        seen.insert(try changed.write(to: path))
        changed = model
        changed.parameters[3].name = "nine"
        seen.insert(try changed.write(to: path))
        changed = model
        try changed.setSection(["cats", "dog"], named: .classes)
        seen.insert(try changed.write(to: path))
        changed = model
        changed.sections.removeSection(named: .classes)
        seen.insert(try changed.write(to: path))
        #expect(seen.count == 6)
    }

    @Test func aFlippedBitAnywhereIsNoticed() throws {
        let path = folder("model.safetensors")
        try Self.model().write(to: path)
        let sound = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let original = try ModelFile(contentsOf: path)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<400 {
            var bytes = sound
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do {
                // Only a flip that leaves the meaning as it was, such as in the padding or in the name of the
                // checksum's own key, may pass.
                let read = try ModelFile(contentsOf: path)
                let differs = read.sections.texts.filter { original.sections.texts[$0.key] != $0.value }
                #expect(read.parameters == original.parameters)
                #expect(differs.isEmpty || differs.keys.contains { $0.count == "tandem.checksum".count })
            } catch let error as ModelFileError {
                #expect(error.path == path)
            } catch is SafetensorsError {}
        }
    }

    @Test func aModelOfAnotherVersionIsRefusedWithTheRemedy() throws {
        let path = folder("future.safetensors")
        for (format, remedy) in [("2", "newer program"), ("0", "Train the model again"), ("one", "Train the model again")] {
            try SafetensorsFile.write([], metadata: ["tandem.format": format], to: path)
            let error = try #require(throws: ModelFileError.self) { try ModelFile(contentsOf: path) }
            #expect(error.problem == .otherVersion(found: format, supported: 1))
            #expect(error.description.hasPrefix(path))
            #expect(error.description.contains(remedy))
        }
        try SafetensorsFile.write([NamedTensor(name: "w", shape: [1], floats: [1])], metadata: ["format": "pt"], to: path)
        let foreign = #expect(throws: ModelFileError.self) { try ModelSections(contentsOf: path) }
        #expect(foreign?.problem == .notAModel)
    }

    @Test func aDamagedSectionIsNamedWithItsField() throws {
        let path = folder("damaged.safetensors")
        let sections = [
            "tandem.format": "1", "preprocessing": #"{"mean":[1,"x"],"steps":[]}"#, "graph": "{", "classes": #"{"a":1}"#,
            "calibration": #"{"mean":[],"steps":[{"name":"resize"}]}"#, "nested": String(repeating: "[", count: 100_000),
        ]
        try SafetensorsFile.write([], metadata: sections, to: path)
        let model = try ModelFile(contentsOf: path)
        func problem<Value: Decodable>(_ type: Value.Type, _ section: ModelFile.Section) -> ModelFileError.Problem? {
            let error = #expect(throws: ModelFileError.self) { try model.section(type, named: section) }
            #expect(error?.path == path)
            #expect(error?.description.contains("\"\(section)\"") == true)
            return error?.problem
        }
        guard case .damagedSection(.preprocessing, field: "mean[1]", _) = problem(Recipe.self, .preprocessing) else {
            Issue.record("the element of the wrong type is not named")
            return
        }
        #expect(
            problem(Recipe.self, .calibration)
                == .damagedSection(.calibration, field: "steps[0]", reason: "the field \"size\" is missing"))
        guard case .damagedSection(.graph, field: "", _) = problem(Recipe.self, .graph),
            case .damagedSection(.classes, field: "", _) = problem([String].self, .classes),
            case .damagedSection("nested", field: "", _) = problem([String].self, "nested")
        else {
            Issue.record("a text that is not the right JSON is not refused as damaged")
            return
        }
        #expect(problem([String: Double].self, .metrics) == .missingSection(.metrics))
    }

    @Test func valuesThatJSONCannotHoldAreRefused() throws {
        var model = ModelFile()
        let error = #expect(throws: ModelFileError.self) {
            try model.setSection(["accuracy": Double.nan], named: .metrics)
        }
        guard case .unencodableSection(.metrics, field: "accuracy", _) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(throws: ModelFileError.self) { try model.setSection(1, named: "tandem.format") }
        #expect(!model.sections.contains(.metrics))
    }

    @Test func parametersAreCheckedAgainstWhatTheGraphWants() throws {
        let model = try Self.model()
        func problem(_ name: String, _ shape: [Int]) -> ModelFileError.Problem? {
            #expect(throws: ModelFileError.self) { try model.floats(named: name, shape: shape) }?.problem
        }
        #expect(problem("dense.weight", [4]) == .missingParameter("dense.weight"))
        #expect(problem("conv.bias", [5]) == .parameterShape("conv.bias", expected: [5], found: [4]))
        #expect(problem("steps", []) == .parameterType("steps", found: .int64))
    }

    @Test func aModelThatCannotBeStoredLeavesTheOldFile() throws {
        let path = folder("model.safetensors")
        try Self.model().write(to: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let broken = ModelFile(parameters: [NamedTensor(name: "w", shape: [1], floats: [1e9], storedAs: .float16)])
        #expect(throws: SafetensorsError.self) { try broken.write(to: path) }
        var mixed = ModelFile(parameters: [NamedTensor(name: "w", shape: [1], floats: [1])])
        mixed.parameters[0].elementType = .int8
        #expect(throws: SafetensorsError.self) { try mixed.write(to: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        #expect(try folder.names == ["model.safetensors"])
    }
}
