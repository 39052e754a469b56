import FileStorage
import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct VersionStoreConcurrencyTests {
    let folder: TemporaryFolder
    let store: VersionStore

    init() throws {
        folder = try TemporaryFolder()
        store = VersionStore(at: folder("store"))
    }

    /// A model whose parameters all equal its mark, so that half a model shows.
    static func model(mark: Float) throws -> ModelFile {
        var model = ModelFile(parameters: [NamedTensor(name: "w", shape: [5_000], floats: .init(repeating: mark, count: 5_000))])
        try model.setSection(mark, named: .thresholds)
        return model
    }

    static func change(_ store: VersionStore, rounds: Int, mark: Float) throws {
        for round in 0..<rounds {
            let added = try store.add(model(mark: mark + Float(round)), metrics: ["mark": Double(mark) + Double(round)])
            try store.promote(added.number)
            // Enough that no version is removed which another writer has added and is about to promote.
            if round % 4 == 3 { try store.prune(keeping: 17) }
        }
    }

    /// Reads until told to stop, and checks that each version seen is whole.
    static func read(_ store: VersionStore, until done: () throws -> Bool) throws -> Int {
        var seen = 0
        while try !done() {
            do {
                let (version, model) = try store.promotedModel()
                let mark = Float(version.metrics["mark"]!)
                #expect(try model.section(Float.self, named: .thresholds) == mark)
                #expect(model.parameters[0].floats?.array == .init(repeating: mark, count: 5_000))
                seen += 1
            } catch VersionStoreError.noStore, VersionStoreError.nothingPromoted {}
            do {
                let numbers = try store.list().map(\.number)
                #expect(numbers == Set(numbers).sorted())
            } catch VersionStoreError.noStore {}
            usleep(1_000)
        }
        return seen
    }

    /// What must hold after any number of changes, however they ended.
    static func expectSound(_ store: VersionStore) throws {
        for version in try store.list() {
            let model = try store.model(version.number)
            #expect(try model.section(Float.self, named: .thresholds) == Float(version.metrics["mark"]!))
        }
        if let promoted = try store.promoted() { #expect(try store.list().contains(promoted)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: store.path + "/versions")
        #expect(names.count == (try store.list().count))
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: store.path)).isSubset(of: ["lock", "versions", "promotions.jsonl"]))
    }

    @Test(.timeLimit(.minutes(10))) func threadsThatChangeTheStoreTakeTurns() async throws {
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask { try Self.change(store, rounds: 8, mark: Float(100 * writer)) }
            }
            try await group.waitForAll()
        }
        let promotions = try store.promotions()
        #expect(Set(promotions.map(\.version)) == Set(1...24))
        #expect(promotions.count == 24)
        try Self.expectSound(store)
    }

    #if compiler(>=6.3)
    @Test(.timeLimit(.minutes(10))) func processesThatChangeTheStoreTakeTurnsAndReadersSeeWholeVersions() async throws {
        let path = store.path
        let done = folder("done")
        async let reader = Task.detached { [store] in
            try Self.read(store) { access(done, F_OK) == 0 }
        }.value
        async let first = #expect(processExitsWith: .success) { [path = path as String] in
            try VersionStoreConcurrencyTests.change(VersionStore(at: path), rounds: 12, mark: 1000)
        }
        async let second = #expect(processExitsWith: .success) { [path = path as String] in
            try VersionStoreConcurrencyTests.change(VersionStore(at: path), rounds: 12, mark: 2000)
        }
        _ = await (first, second)
        // Both have ended: one more look, then the reader stops.
        let last = try #require(try store.promoted())
        try AtomicFile.write("", to: done)
        #expect(try await reader > 0)
        #expect(Set(try store.promotions().map(\.version)) == Set(1...24))
        #expect(try store.promotions().last?.version == last.number)
        try Self.expectSound(store)
    }

    @Test(.timeLimit(.minutes(10)), arguments: [0, 3, 7, 12, 18, 25, 40, 60])
    func aProcessKilledAtAnyMomentLeavesASoundStore(milliseconds: Int) async throws {
        try Self.change(store, rounds: 2, mark: 1)
        let path = store.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, milliseconds = milliseconds as Int] in
            Thread.detachNewThread {
                usleep(UInt32(milliseconds) * 1_000)
                kill(getpid(), SIGKILL)
            }
            try VersionStoreConcurrencyTests.change(VersionStore(at: path), rounds: .max, mark: 10)
        }
        let before = try store.list().last!.number
        _ = try store.promotedModel()
        let added = try store.add(Self.model(mark: 7), metrics: ["mark": 7])
        #expect(added.number > before)
        try store.promote(added.number)
        try Self.expectSound(store)
    }
    #endif
}
