import EventStore
import Foundation
import GRDB
import Interactions
import TestSupport
import Testing

@Suite struct SQLiteEventStoreTests {
    private let folder: TemporaryFolder
    private var path: String { folder("shop.db") }

    init() throws { folder = try TemporaryFolder() }

    private func store(_ access: SQLiteEventStore.Access = .create) throws -> SQLiteEventStore {
        try SQLiteEventStore(path: path, access: access)
    }

    @Test func eventsComeBackAsTheyWere() throws {
        let events = [
            Event(user: "a \"quoted\"", item: "x\ty", kind: .view, time: 5, session: "s", recommendation: "r1"),
            Event(user: "😀", item: "", kind: "own kind", value: -2.5), Event(user: "", item: "日本", kind: .rating, value: 0, time: -1),
            Event(user: "a \"quoted\"", item: "x\ty", kind: .view, time: 5, session: "s", recommendation: "r1"),
        ]
        let store = try store()
        #expect(try store.append(events) == 4)
        #expect(try store.events(after: 0, limit: 10).map(\.event) == events)
        #expect(try store.events(after: 1, limit: 2).map(\.position) == [2, 3])
        #expect(try store.events(of: "a \"quoted\"").map(\.position) == [1, 4])
        #expect(try store.events(on: "x\ty", limit: 1).map(\.position) == [4])
        #expect(try store.events(of: "nobody").isEmpty && store.events(on: "nothing", limit: 5).isEmpty)
        #expect(try store.counts() == StoreCounts(events: 4, users: 3, items: 3))
        #expect(try store.lastPosition() == 4)
        #expect(try store.append([]) == nil)
        // And from the file.
        #expect(try self.store(.readOnly).events(after: 0, limit: 10).map(\.event) == events)
    }

    @Test func itemsAndUsersAreReplaced() throws {
        let store = try store()
        let lamp = Item(
            id: "lamp", name: "A \"lamp\" \\ 😀", categories: ["home", "light"], price: 12.5, stock: 0, isHidden: true, expires: 1_700_000_000_000,
            added: 5, properties: ["color": "red", "sizes": [1, 2.5, .object(["deep": true])], "none": "", "n": 1e300])
        try store.upsert([lamp, Item(id: "bare")])
        #expect(try store.items() == [lamp, Item(id: "bare")])
        try store.upsert([Item(id: "lamp", price: 3)])
        #expect(try store.item("lamp") == Item(id: "lamp", price: 3))
        #expect(try store.item("nothing") == nil)
        try store.upsert([User(id: "u", properties: ["age": 24])])
        #expect(try store.user("u") == User(id: "u", properties: ["age": 24]))
        #expect(try store.users().map(\.id) == ["u"])
    }

    @Test func interactionLogIsWhatTheBuilderMakes() throws {
        let store = try store()
        var random = SeededGenerator(seed: 7)
        let kinds: [EventKind] = [.view, .cart, .purchase]
        let events = (0..<5_000).map { _ in
            Event(
                user: "u\(Int.random(in: 0..<300, using: &random))", item: "i\(Int.random(in: 0..<90, using: &random))",
                kind: kinds.randomElement(using: &random)!, value: Bool.random(using: &random) ? 2 : nil,
                time: Int64.random(in: 0..<1_000, using: &random),
                session: Bool.random(using: &random) ? "s" : nil)
        }
        try store.append(events)
        try store.upsert([Item(id: "without events", price: 1)])
        let log = try store.interactionLog()
        var builder = InteractionLogBuilder()
        for event in events { try builder.append(event) }
        builder.addItem("without events")
        let expected = builder.build()
        #expect(log.users.names == expected.users.names)
        #expect(Set(log.items.names) == Set(expected.items.names))
        for user in 0..<log.userCount {
            let found = log.history(of: user), wanted = expected.history(of: user)
            #expect(found.map { log.items[$0.item] } == wanted.map { expected.items[$0.item] })
            #expect(found.map(\.kind) == wanted.map(\.kind) && found.map(\.time) == wanted.map(\.time))
            #expect(found.map(\.value) == wanted.map(\.value))
        }
        // Sessions belong to users.
        #expect(log.sessionCount == Set(events.filter { $0.session != nil }.map(\.user)).count)
        let slice = try store.interactionLog(since: 200, until: 400, upTo: 3_000)
        #expect(slice.eventCount == events.prefix(3_000).count { (200..<400).contains($0.time!) })
    }

    @Test func forgettingLeavesNothing() throws {
        let store = try store()
        let name = "anna.secret@example.org", session = "secret-session-of-anna"
        var random = SeededGenerator(seed: 3)
        for round in 0..<30 {
            try store.append((0..<400).map { number in
                let isAnna = Int.random(in: 0..<10, using: &random) == 0
                return Event(
                    user: isAnna ? name : "user \(number)", item: "item \(number % 50)", kind: .view, time: Int64(round),
                    session: isAnna ? "\(session)-\(round)" : nil, recommendation: isAnna ? "told-to-anna" : nil)
            })
        }
        try store.upsert([User(id: name, properties: ["street": "hidden-lane"])])
        let before = try store.counts(), last = try store.lastPosition()
        let forgotten = try #require(try store.forget(user: name))
        #expect(forgotten.isErased && forgotten.sessions == 30 && forgotten.properties == 1)
        #expect(try store.counts() == StoreCounts(events: before.events - forgotten.events, users: before.users - 1, items: before.items))
        #expect(try store.events(of: name).isEmpty && store.user(name) == nil)
        #expect(try store.interactionLog().users.number(of: name) == nil)
        #expect(try store.forget(user: name) == nil)
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = try Data(contentsOf: URL(filePath: folder(file)))
            for secret in [name, session, "hidden-lane", "told-to-anna"] {
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file) still holds \(secret)")
            }
        }
        // Positions are not given again, and the same name is somebody new.
        try store.append([Event(user: name, item: "item 1", kind: .view)])
        #expect(try store.lastPosition() > last)
        #expect(try store.events(of: name).count == 1)
    }

    /// The same letters in other bytes are another id, wherever the id was looked up before.
    @Test func idsAreBytes() throws {
        let composed = "caf\u{E9}", decomposed = "cafe\u{301}"
        #expect(composed == decomposed)
        let store = try store()
        let ids = [composed, decomposed, composed, decomposed]
        try store.append(ids.map { Event(user: $0, item: $0, kind: .view, session: "s" + $0) })
        // Through a connection that knows none of them yet.
        try self.store(.existing).append(ids.map { Event(user: $0, item: $0, kind: .view, session: "s" + $0) })
        #expect(try store.counts() == StoreCounts(events: 8, users: 2, items: 2))
        for id in [composed, decomposed] {
            let events = try store.events(of: id)
            #expect(events.count == 4 && events.allSatisfy { $0.event.item.utf8.elementsEqual(id.utf8) })
        }
        let log = try store.interactionLog()
        #expect(log.userCount == 2 && log.itemCount == 2 && log.eventCount == 8)
        #expect(try store.forget(user: decomposed)?.events == 4)
        #expect(try store.events(of: decomposed).isEmpty && store.events(of: composed).count == 4)
    }

    /// Somebody reads while a user is forgotten: the bytes stay until a later call, also one that knows nobody.
    @Test func erasingIsCompletedLater() throws {
        let store = try store()
        let name = "anna.secret@example.org"
        try store.append((0..<200).map { Event(user: $0 % 2 == 0 ? name : "u\($0)", item: "i\($0)", kind: .view) })
        func isInFiles() throws -> Bool {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).contains {
                try Data(contentsOf: URL(filePath: folder($0))).range(of: Data(name.utf8)) != nil
            }
        }
        let reader = try DatabaseQueue(path: path)
        try reader.inDatabase { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM events")
            #expect(try store.forget(user: name)?.isErased == false)
            #expect(try store.hasFreedPages && isInFiles())
            try db.execute(sql: "COMMIT")
        }
        // By another program, later.
        let later = try self.store(.existing)
        #expect(try later.hasFreedPages)
        #expect(try later.forget(user: name) == nil)
        #expect(try !later.hasFreedPages && !isInFiles())
        #expect(try later.counts().events == 100)
    }

    @Test func nobodyIsForgottenWhileAnImportRuns() throws {
        let store = try store()
        try store.append([Event(user: "a", item: "x", kind: .view)])
        do {
            let work = try store.beginImport(of: "log")
            #expect(throws: EventStoreError.importAtWork(path: path, process: "\(getpid())")) { try store.forget(user: "a") }
            withExtendedLifetime(work) {}
        }
        #expect(try store.events(of: "a").count == 1)
        #expect(try store.forget(user: "a")?.events == 1)
    }

    @Test func twoConnectionsSeeOneStore() throws {
        let first = try store(), second = try store(.existing)
        try first.append([Event(user: "a", item: "x", kind: .view)])
        try second.append([Event(user: "a", item: "y", kind: .view)])
        #expect(try first.events(of: "a").map(\.event.item) == ["x", "y"])
        // The first connection has kept the user's number, which is gone.
        _ = try second.forget(user: "a")
        try first.append([Event(user: "a", item: "z", kind: .view)])
        #expect(try second.events(of: "a").map(\.event.item) == ["z"])
    }

    @Test func concurrentAppendsKeepEverything() async throws {
        let store = try store()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<20 {
                        _ = try? store.append((0..<5).map { Event(user: "w\(writer)", item: "\(number)-\($0)", kind: .view) })
                    }
                }
            }
        }
        for writer in 0..<4 {
            #expect(try store.events(of: "w\(writer)").map(\.event.item) == (0..<20).flatMap { number in (0..<5).map { "\(number)-\($0)" } })
        }
    }

    @Test func whatIsNoStoreIsRefusedAndLeft() throws {
        #expect(throws: EventStoreError.missing(path: path)) { try store(.existing) }
        #expect(throws: EventStoreError.missing(path: path)) { try store(.readOnly) }
        #expect(throws: EventStoreError.isFolder(path: folder.path)) { try SQLiteEventStore(path: folder.path, access: .create) }
        let text = String(repeating: "this is no database\n", count: 500)
        try folder.write(text, to: "shop.db")
        for access in [SQLiteEventStore.Access.create, .existing, .readOnly] {
            #expect(throws: EventStoreError.notAStore(path: path, reason: "it is no SQLite database")) { try store(access) }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)

        let other = folder("other.db")
        try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)") }
        let before = try Data(contentsOf: URL(filePath: other))
        #expect(throws: EventStoreError.notAStore(path: other, reason: "it is an SQLite database of another program")) {
            try SQLiteEventStore(path: other, access: .create)
        }
        #expect(try Data(contentsOf: URL(filePath: other)) == before)

        let empty = try folder.write("", to: "empty.db")
        #expect(throws: EventStoreError.notAStore(path: empty, reason: "the file is empty")) { try SQLiteEventStore(path: empty) }
        #expect(try SQLiteEventStore(path: empty, access: .create).counts().events == 0)
    }

    /// A program that was killed between marking the file, naming the migrations and making the tables.
    @Test(arguments: ["", "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"])
    func aStoreThatWasBegunIsCompleted(tables: String) throws {
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "PRAGMA application_id = \(0x5464_6D31)")
            try db.execute(sql: tables)
        }
        try store(.create).append([Event(user: "a", item: "x", kind: .view)])
        #expect(try store().counts().events == 1)
    }

    @Test func aNewerSchemaIsRefused() throws {
        do { try store().append([Event(user: "a", item: "x", kind: .view)]) }
        try DatabaseQueue(path: path).write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2: from the future')") }
        #expect(throws: EventStoreError.newerSchema(path: path)) { try store(.existing) }
        #expect(throws: EventStoreError.newerSchema(path: path)) { try store(.readOnly) }
    }

    @Test func readingOnlyChangesNothing() throws {
        do { try store().append([Event(user: "a", item: "x", kind: .view)]) }
        let store = try store(.readOnly)
        #expect(throws: EventStoreError.notWritable(path: path)) { try store.append([Event(user: "b", item: "y", kind: .view)]) }
        #expect(try store.counts().events == 1)
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere")) func withoutPermission() throws {
        do { try store().append([Event(user: "a", item: "x", kind: .view)]) }
        chmod(path, 0o444)
        #expect(throws: EventStoreError.notWritable(path: path)) { try store(.existing) }
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        #expect(try store(.readOnly).counts().events == 1)
        chmod(path, 0)
        #expect(throws: EventStoreError.notReadable(path: path)) { try store(.readOnly) }
    }

    @Test func damageIsAnErrorAndNoCrash() throws {
        do {
            let store = try store()
            for _ in 0..<20 { try store.append((0..<500).map { Event(user: "user \($0)", item: "item \($0)", kind: .view) }) }
        }
        let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
        for seed in 0..<30 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var bytes = whole
            for _ in 0..<200 { bytes[Int.random(in: 100..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            try folder.write(bytes, to: "damaged.db")
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder("damaged.db") + suffix) }
            // Each of these may find nothing wrong, or say so; none may crash.
            if let store = try? SQLiteEventStore(path: folder("damaged.db"), access: .readOnly) {
                _ = try? store.interactionLog()
                _ = try? store.events(of: "user 3")
                _ = try? store.items()
                _ = try? store.statistics()
            }
        }
    }
}
