import FileStorage
import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct VersionStoreTests {
    let folder: TemporaryFolder
    let store: VersionStore

    init() throws {
        folder = try TemporaryFolder()
        store = VersionStore(at: folder("models/pets"))
    }

    /// A store in which versions 1 to `count` have been added.
    func filled(_ count: Int) throws -> VersionStore {
        for number in 1...count {
            try store.add(
                ModelFileTests.model(seed: UInt64(number)), metrics: ["accuracy": Double(number) / 100], note: "run \(number)")
        }
        return store
    }

    @Test func versionsAreNumberedListedAndShown() throws {
        let date = Date(timeIntervalSince1970: 1_700_000_000.75)
        let model = try ModelFileTests.model()
        let first = try store.add(model, metrics: ["accuracy": 0.5], note: "first \"try\"\n", date: date)
        #expect(first.number == 1)
        #expect(first.created == Date(timeIntervalSince1970: 1_700_000_000))
        #expect(first.parameterCount == 113)
        var measured = model
        try measured.setSection(["accuracy": 0.75, "loss": 0.25], named: .metrics)
        let second = try store.add(measured)
        #expect(second.metrics == ["accuracy": 0.75, "loss": 0.25])
        #expect(try store.list() == [first, second])
        #expect(try store.version(1) == first)
        #expect(try store.promoted() == nil)
        #expect(ModelFileTests.sorted(try store.model(1)) == ModelFileTests.sorted(model))
        let size = try FileManager.default.attributesOfItem(atPath: store.modelPath(1))[.size] as? Int
        #expect(first.byteCount == size)
    }

    @Test func promotionAndRollbackWalkTheHistory() throws {
        let store = try filled(4)
        for number in [1, 2, 4, 4, 3] { #expect(try store.promote(number).number == number) }
        #expect(try store.promoted()?.number == 3)
        #expect(try store.rollback().number == 4)
        #expect(try store.rollback().number == 2)
        #expect(try store.promoted()?.number == 2)
        #expect(try store.promotedModel().version.number == 2)
        // Going forward after going back, the way back leads through what was in service.
        try store.promote(3)
        #expect(try store.rollback().number == 2)
        #expect(try store.rollback().number == 1)
        #expect(throws: VersionStoreError.nothingToRollBackTo(store: store.path, promoted: 1)) { try store.rollback() }
        #expect(try store.promoted()?.number == 1)
        #expect(try store.promotions().map(\.version) == [1, 2, 4, 3, 4, 2, 3, 2, 1])
        #expect(try store.promotions().map(\.kind) == [.promote, .promote, .promote, .promote, .rollback, .rollback, .promote, .rollback, .rollback])
        // Another store on the same folder sees the same.
        #expect(try VersionStore(at: store.path + "/").promoted()?.number == 1)
    }

    /// Random changes against a plain list of what should be in service.
    @Test(arguments: 0..<6) func randomChangesAgreeWithASimpleModel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var versions: [Int] = []
        var stack: [Int] = []
        let tiny = ModelFile(parameters: [NamedTensor(name: "w", shape: [], floats: [1])])
        for step in 0..<60 {
            switch Int.random(in: 0..<7, using: &generator) {
            case 0, 1:
                versions.append(try store.add(tiny, metrics: [:]).number)
                #expect(versions == versions.sorted() && Set(versions).count == versions.count)
            case 2, 3, 4:
                guard let number = versions.randomElement(using: &generator) else { continue }
                try store.promote(number)
                if stack.last != number { stack.append(number) }
            case 5:
                guard !versions.isEmpty else { continue }
                let current = stack.last
                let target = stack.dropLast().lastIndex { $0 != current && versions.contains($0) }
                guard let target else {
                    #expect(throws: VersionStoreError.self) { try store.rollback() }
                    continue
                }
                #expect(try store.rollback().number == stack[target])
                stack.removeSubrange((target + 1)...)
            default:
                guard !versions.isEmpty else { continue }
                let count = Int.random(in: 1...4, using: &generator)
                let current = stack.last
                let target = stack.dropLast().last { $0 != current && versions.contains($0) }
                let kept = versions.filter { versions.suffix(count).contains($0) || $0 == current || $0 == target }
                #expect(try store.prune(keeping: count) == versions.filter { !kept.contains($0) })
                versions = kept
            }
            guard !versions.isEmpty else { continue }
            #expect(try store.list().map(\.number) == versions, "step \(step)")
            #expect(try store.promoted()?.number == stack.last, "step \(step)")
        }
    }

    @Test func pruningKeepsWhatIsInServiceAndTheWayBack() throws {
        let store = try filled(6)
        try store.promote(1)
        try store.promote(3)
        try store.promote(2)
        #expect(try store.prune(keeping: 1) == [1, 4, 5])
        #expect(try store.list().map(\.number) == [2, 3, 6])
        #expect(try store.rollback().number == 3)
        // Version 1 is gone: there is nothing before 3.
        #expect(throws: VersionStoreError.nothingToRollBackTo(store: store.path, promoted: 3)) { try store.rollback() }
        #expect(try store.prune(keeping: 100) == [])
        #expect(throws: VersionStoreError.mustKeepOne(asked: 0)) { try store.prune(keeping: 0) }
        #expect(try store.add(ModelFileTests.model()).number == 7)
    }

    @Test func versionsAreRemovedByTheirNumbersAllOrNone() throws {
        let store = try filled(4)
        for number in [1, 3] { try store.promote(number) }
        #expect(throws: VersionStoreError.inService(3, store: store.path)) { try store.remove([2, 3]) }
        #expect(throws: VersionStoreError.unknownVersion(store: store.path, number: 7, available: [1, 2, 3, 4])) { try store.remove([2, 7]) }
        #expect(try store.list().map(\.number) == [1, 2, 3, 4])
        // Also what a rollback would return to.
        try store.remove([4, 1, 4])
        #expect(try store.list().map(\.number) == [2, 3])
        #expect(throws: VersionStoreError.nothingToRollBackTo(store: store.path, promoted: 3)) { try store.rollback() }
        // The number of what was never in service is free again.
        #expect(try store.add(ModelFileTests.model(seed: 9)).number == 4)
    }

    @Test func twoVersionsAreCompared() throws {
        var model = try ModelFileTests.model()
        try store.add(model, metrics: ["accuracy": 0.5, "loss": 2])
        try model.setSection(["cat", "dog", "bird"], named: .classes)
        try model.setSection(1, named: .provenance)
        model.parameters[1] = NamedTensor(name: "conv.bias", shape: [3], floats: [1, 2, 3])
        model.parameters[2].name = "epochs"
        try store.add(model, metrics: ["accuracy": 0.75, "recall": 1])
        let comparison = try store.compare(1, 2)
        #expect(comparison.metrics.map(\.name) == ["accuracy", "loss", "recall"])
        #expect(comparison.metrics.map(\.difference) == [0.25, nil, nil])
        #expect(comparison.metrics[2].first == nil)
        #expect(comparison.differingSections == ["classes", "provenance"])
        #expect(comparison.differingParameters == ["conv.bias", "epochs", "steps"])
        #expect(!comparison.isSameModel)
        let same = try store.compare(2, 2)
        #expect(same.isSameModel && same.differingSections.isEmpty && same.differingParameters.isEmpty)
        #expect(throws: VersionStoreError.unknownVersion(store: store.path, number: 3, available: [1, 2])) {
            try store.compare(1, 3)
        }
    }

    @Test func exportedModelsCanBeImported() throws {
        let store = try filled(2)
        let path = folder("exported.safetensors")
        try store.export(2, to: path)
        let other = VersionStore(at: folder("other"))
        let imported = try other.importModel(from: path, metrics: ["accuracy": 1], note: "from pets")
        #expect(imported.number == 1)
        #expect(try imported.checksum == store.version(2).checksum)
        #expect(try other.model(1) == store.model(2))
        try AtomicFile.write("no model", to: path)
        #expect(throws: SafetensorsError.self) { try other.importModel(from: path) }
        #expect(throws: FileError.self) { try other.importModel(from: folder("absent")) }
        #expect(try other.list().count == 1)
    }

    @Test func aMissingStoreOrVersionIsNamed() throws {
        #expect(throws: VersionStoreError.noStore(path: store.path)) { try store.list() }
        #expect(throws: VersionStoreError.noStore(path: store.path)) { try store.promoted() }
        #expect(throws: VersionStoreError.noStore(path: store.path)) { try store.promote(1) }
        #expect(throws: VersionStoreError.noStore(path: store.path)) { try store.version(1) }
        #expect(try folder.names.isEmpty)
    }

    @Test func aMissingVersionIsNamedWithThoseThereAre() throws {
        let store = try filled(2)
        #expect(throws: VersionStoreError.nothingPromoted(store: store.path)) { try store.promotedModel() }
        #expect(throws: VersionStoreError.nothingPromoted(store: store.path)) { try store.rollback() }
        for number in [0, -1, 3, .max] {
            #expect(throws: VersionStoreError.unknownVersion(store: store.path, number: number, available: [1, 2])) {
                try store.promote(number)
            }
            #expect(throws: VersionStoreError.self) { try store.model(number) }
            #expect(throws: VersionStoreError.self) { try store.export(number, to: folder("x")) }
        }
        #expect(throws: VersionStoreError.invalidMetric(name: "loss")) {
            try store.add(ModelFileTests.model(), metrics: ["accuracy": 1, "loss": .nan])
        }
        #expect(try folder.names == ["models"])
    }

    @Test func aModelThatCannotBeStoredLeavesNoVersion() throws {
        let store = try filled(1)
        let broken = ModelFile(parameters: [NamedTensor(name: "w", shape: [1], floats: [1e9], storedAs: .float16)])
        let error = #expect(throws: SafetensorsError.self) { try store.add(broken) }
        #expect(error?.path == store.modelPath(2))
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.path + "/versions") == ["0001"])
    }

    @Test func aStoreThatCannotBeWrittenIsNamed() throws {
        try AtomicFile.write("a file", to: folder("file"))
        let inside = VersionStore(at: folder("file/models"))
        let error = try #require(throws: VersionStoreError.self) { try inside.add(ModelFileTests.model()) }
        #expect(error == .cannotWrite(store: inside.path, FileError(.create, path: inside.path + "/versions", code: ENOTDIR)))
        #expect(error.description.contains(inside.path))

        // The administrator may write anywhere, so a place where even that is refused stands in.
        let kernel = VersionStore(at: "/proc/models")
        #expect(throws: VersionStoreError.self) { try kernel.add(ModelFileTests.model()) }
    }

    @Test(.enabled(if: geteuid() != 0, "the administrator may write anywhere"))
    func aStoreWithoutPermissionCanBeReadAndNotChanged() throws {
        let store = try filled(2)
        try store.promote(1)
        for path in [store.path, store.path + "/versions"] { #expect(chmod(path, 0o555) == 0) }
        defer { for path in [store.path, store.path + "/versions"] { chmod(path, 0o755) } }
        #expect(try store.list().count == 2)
        #expect(try store.promotedModel().version.number == 1)
        for change in [{ _ = try store.promote(2) }, { _ = try store.add(ModelFileTests.model()) }] as [() throws -> Void] {
            let error = #expect(throws: VersionStoreError.self) { try change() }
            guard case .cannotWrite(_, let cause) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(cause.isPermissionDenied)
        }
    }

    @Test func readingNeedsNoLockAndNoWriting() throws {
        let store = try filled(1)
        try store.promote(1)
        let lock = open(store.path + "/lock", O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        #expect(try store.list().count == 1)
        #expect(try store.promotedModel().version.number == 1)
        let hurried = VersionStore(at: store.path, lockTimeout: 0.05)
        #expect(throws: VersionStoreError.busy(store: store.path, seconds: 0.05)) { try hurried.rollback() }
    }

    @Test func damageIsNamedAndTheRestStillWorks() throws {
        let store = try filled(3)
        try store.promote(1)
        let record = store.path + "/versions/0002/version.json"
        let sound = try String(contentsOfFile: record, encoding: .utf8)
        for text in ["", "{", "[]", #"{"format":1}"#, sound.replacingOccurrences(of: "\"number\":2", with: "\"number\":3")] {
            try AtomicFile.write(text, to: record)
            let error = #expect(throws: VersionStoreError.self) { try store.list() }
            guard case .corruptRecord(record, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(throws: VersionStoreError.self) { try store.promote(2) }
        }
        try AtomicFile.write(sound.replacingOccurrences(of: "\"format\":1", with: "\"format\":9"), to: record)
        #expect(throws: VersionStoreError.otherFormat(path: record, found: 9, supported: 1)) { try store.version(2) }
        #expect(unlink(record) == 0)
        #expect(throws: VersionStoreError.corruptRecord(path: record, reason: "the file is missing")) { try store.version(2) }
        try AtomicFile.write(sound, to: record)
        #expect(try store.list().count == 3)

        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: store.modelPath(3))))
        bytes[bytes.count - 1] ^= 1
        try AtomicFile.write(bytes, to: store.modelPath(3))
        let damaged = #expect(throws: ModelFileError.self) { try store.promote(3) }
        #expect(damaged?.path == store.modelPath(3))
        #expect(throws: ModelFileError.self) { try store.export(3, to: folder("x")) }
        try store.model(1).write(to: store.modelPath(3))
        #expect(throws: VersionStoreError.self) { try store.promote(3) }

        let history = store.path + "/promotions.jsonl"
        let lines = try String(contentsOfFile: history, encoding: .utf8)
        for (text, line) in [("", 1), ("{", 1), (lines + "half", 3), (lines + "\n\n", 3)] {
            try AtomicFile.write(text, to: history)
            let error = #expect(throws: VersionStoreError.self) { try store.promoted() }
            guard case .corruptHistory(history, line, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(throws: VersionStoreError.self) { try store.promote(2) }
            #expect(try String(contentsOfFile: history, encoding: .utf8) == text)
        }
        try AtomicFile.write("{\"format\":2}\n", to: history)
        #expect(throws: VersionStoreError.otherFormat(path: history, found: 2, supported: 1)) { try store.promotions() }
        try AtomicFile.write(lines, to: history)
        #expect(try store.promoted()?.number == 1)
    }

    @Test func whatAKilledProcessLeftIsNoVersionAndIsCleared() throws {
        let store = try filled(1)
        let versions = store.path + "/versions"
        for name in [".adding-0123", ".removing-0007"] {
            try FileManager.default.createDirectory(atPath: versions + "/" + name, withIntermediateDirectories: false)
            try store.model(1).write(to: versions + "/" + name + "/model.safetensors")
        }
        try AtomicFile.write("half", to: store.path + "/.promotions.jsonl.0123.partial")
        try AtomicFile.write("not ours", to: versions + "/notes.txt")
        #expect(try store.list().map(\.number) == [1])
        #expect(try store.add(ModelFileTests.model()).number == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: versions).sorted() == ["0001", "0002", "notes.txt"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.path).sorted() == ["lock", "versions"])
    }
}
