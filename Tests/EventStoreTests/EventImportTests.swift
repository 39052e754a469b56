import EventStore
import Foundation
import GRDB
import Interactions
import TestSupport
import Testing

@Suite struct EventImportTests {
    private let folder: TemporaryFolder
    private let store: SQLiteEventStore

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteEventStore(path: folder("shop.db"), access: .create)
    }

    /// A part of a log whose digests are its line numbers.
    private func part(
        _ lines: Range<Int>, hasTimes: Bool = true, isOpen: Bool = false, more: [Event] = [], items: [(item: Item, time: Int64?)] = [], users: [User] = []
    ) -> ImportPart {
        ImportPart(
            events: lines.map { Event(user: "u\($0 % 5)", item: "i\($0)", kind: .view, time: hasTimes ? Int64($0) : nil, session: "s\($0)") }
                + more,
            items: items,
            users: users, startOffset: lines.lowerBound, startDigest: "d\(lines.lowerBound)", endOffset: lines.upperBound,
            endDigest: "d\(lines.upperBound)", lastLine: lines.upperBound, lineCount: lines.count, isOpen: isOpen)
    }

    private var items: [String] { get throws { try store.events(after: 0, limit: 1_000_000).map(\.event.item) } }

    @Test func partsAreFoundAgain() throws {
        do {
            let work = try store.beginImport(of: "log")
            #expect(try work.parts(from: 0, digest: "d0").isEmpty)
            try work.append(part(0..<3))
            try work.append(part(3..<7))
            #expect(work.totals == ImportTotals(lines: 7, events: 7, rejects: 0))
        }
        let again = try store.beginImport(of: "log")
        let first = try #require(try again.parts(from: 0, digest: "d0").first)
        #expect(first.endOffset == 3 && first.endDigest == "d3" && !first.isFinished)
        again.pass(first)
        #expect(try again.parts(from: 3, digest: "something else").isEmpty)
        again.pass(try #require(try again.parts(from: 3, digest: "d3").first))
        // It is the same import as before.
        #expect(again.totals.events == 7)
        try again.append(part(7..<9))
        try again.finish()
        #expect(try items == (0..<9).map { "i\($0)" })
    }

    /// New sessions are written many at once; those that are there keep their numbers, whoever imports.
    @Test func sessionsOfAUserAreOne() throws {
        func events(_ users: Range<Int>, _ sessions: Range<Int>) -> [Event] {
            users.flatMap { user in sessions.map { Event(user: "u\(user)", item: "i", kind: .view, time: 1, session: "s\($0 % 50)") } }
        }
        for (number, events) in [events(0..<5, 0..<70), events(3..<8, 30..<100), events(0..<1, 200..<203)].enumerated() {
            let work = try SQLiteEventStore(path: folder("shop.db")).beginImport(of: "log \(number)")
            try work.append(ImportPart(
                events: events, items: [], users: [], startOffset: number, startDigest: "a\(number)", endOffset: number + 1,
                endDigest: "b\(number)", lastLine: events.count, lineCount: events.count, isOpen: false))
            try work.finish()
        }
        let all = try store.events(after: 0, limit: 10_000).map(\.event)
        #expect(all == events(0..<5, 0..<70) + events(3..<8, 30..<100) + events(0..<1, 200..<203))
        let counts = try DatabaseQueue(path: folder("shop.db")).read { db in
            (try Int.fetchOne(db, sql: "SELECT count(*) FROM sessions"), try Int.fetchOne(db, sql: "SELECT count(DISTINCT session) FROM events"))
        }
        #expect(counts.0 == 8 * 50 && counts.1 == 8 * 50)
    }

    /// What an import tells again is as late as its last telling, though it is written once.
    @Test func theLatestTellingGoes() throws {
        func priced(_ price: Double, at time: Int64) -> [(item: Item, time: Int64?)] { [(Item(id: "i1", price: price), time)] }
        do {
            let first = try store.beginImport(of: "first")
            try first.append(part(0..<3, items: priced(1, at: 10)))
            try first.append(part(3..<6, items: priced(1, at: 30)))
            // Said late of an earlier time, it changes nothing.
            try first.append(part(6..<9, items: priced(1, at: 5)))
            try first.finish()
        }
        let second = try store.beginImport(of: "second")
        try second.append(part(20..<23, items: priced(2, at: 20)))
        #expect(try store.item("i1")?.price == 1)
        try second.append(part(23..<26, items: priced(3, at: 40)))
        try second.append(part(26..<29, items: priced(2, at: 35)))
        #expect(try store.item("i1")?.price == 3)
        // What somebody replaces meanwhile is told again with the next part.
        try store.upsert([Item(id: "i1", name: "told live")])
        #expect(try store.item("i1") == Item(id: "i1", name: "told live"))
        try second.append(part(30..<33, items: priced(2, at: 35)))
        #expect(try store.item("i1") == Item(id: "i1", name: "told live", price: 2))
        try second.append(part(33..<36, items: priced(3, at: 50)))
        try second.finish()
        #expect(try store.items().first { $0.id == "i1" }?.price == 3)
    }

    @Test func theOrderOfLinesIsKept() throws {
        do {
            let work = try store.beginImport(of: "set")
            try work.append(part(100..<110, hasTimes: false))
            try work.finish()
        }
        #expect(try !store.interactionLog().isOrdered)
        let work = try store.beginImport(of: "log", isOrdered: true)
        try work.append(part(0..<6, hasTimes: false))
        #expect(try store.interactionLog().isOrdered)
        try work.discard()
        #expect(try !store.interactionLog().isOrdered)
    }

    @Test func theOrderOfLinesCanBeSaidAnew() throws {
        do {
            let work = try store.beginImport(of: "log", isOrdered: true)
            try work.append(part(0..<6, hasTimes: false))
            try work.finish()
        }
        for (told, expected) in [(nil, true), (false, false), (nil, false), (true, true)] as [(Bool?, Bool)] {
            let again = try store.beginImport(of: "log", isOrdered: told ?? true)
            again.pass(try #require(try again.parts(from: 0, digest: "d0").first), isOrdered: told)
            try again.finish()
            #expect(try store.interactionLog().isOrdered == expected)
        }
        #expect(try items == (0..<6).map { "i\($0)" })
    }

    /// What was said of a log goes for the lines that it grows by.
    @Test func theOrderOfLinesGoesForThoseThatFollow() throws {
        do {
            let work = try store.beginImport(of: "log", isOrdered: false)
            try work.append(part(0..<6, hasTimes: false))
            try work.finish()
        }
        let again = try store.beginImport(of: "log", isOrdered: true)
        again.pass(try #require(try again.parts(from: 0, digest: "d0").first))
        try again.append(part(6..<9, hasTimes: false))
        try again.finish()
        #expect(try !store.interactionLog().isOrdered)
    }

    @Test func takingBackLeavesTheRest() throws {
        try store.append([Event(user: "u1", item: "i1", kind: .purchase), Event(user: "old", item: "old", kind: .view)])
        try store.upsert([Item(id: "i1", name: "Before", price: 3)])
        let counts = try store.counts()
        let work = try store.beginImport(of: "log")
        try work.append(part(0..<50_000, items: [(Item(id: "i1", name: "After"), .max), (Item(id: "new", price: 2), nil)]))
        // Somebody buys meanwhile.
        try store.append([Event(user: "u2", item: "i2", kind: .purchase)])
        try work.append(part(50_000..<60_000, users: [User(id: "told", properties: ["a": 1])]))
        #expect(try store.item("i1")?.name == "After")
        #expect(try store.item("i1")?.price == 3)
        try work.discard()
        #expect(try store.item("i1") == Item(id: "i1", name: "Before", price: 3))
        #expect(try items == ["i1", "old", "i2"])
        // The buyer and what was bought stay.
        #expect(try store.counts() == StoreCounts(events: 3, users: counts.users + 1, items: counts.items + 1))
        #expect(try store.user("told") == nil)
        #expect(try store.events(of: "u2").count == 1)
        #expect(try work.parts(from: 0, digest: "d0").isEmpty)
    }

    @Test func aHalfWrittenLineIsReplaced() throws {
        let work = try store.beginImport(of: "log")
        try work.append(part(0..<3))
        try work.append(part(3..<4, isOpen: true))
        try work.finish()
        let open = try #require(try work.parts(from: 3, digest: "d3").first)
        #expect(open.isOpen)
        try work.remove(open)
        #expect(try items == ["i0", "i1", "i2"])
        #expect(try work.parts(from: 3, digest: "d3").isEmpty)
    }

    /// Users, items and what is told of them go with the line, but for what somebody else told of too.
    @Test func aHalfWrittenLineLeavesNothing() throws {
        let work = try store.beginImport(of: "log")
        try work.append(part(0..<3))
        let whole = try store.counts()
        let half = [
            Event(user: "u0", item: "wanted", kind: .view, session: "half"), Event(user: "u0", item: "i0", kind: .view, session: "s0"),
            Event(user: "ghost", item: "ghost", kind: .view, session: "of a ghost"),
        ]
        try work.append(part(
            3..<4, isOpen: true, more: half, items: [(Item(id: "half", price: 1), nil), (Item(id: "i1", name: "Hal"), nil)],
            users: [User(id: "half")]))
        try work.finish()
        // What comes later is nobody's half line, with events or without.
        try store.append([Event(user: "later", item: "wanted", kind: .view)])
        try store.upsert([Item(id: "bare")])
        try work.remove(try #require(try work.parts(from: 3, digest: "d3").first))
        #expect(try store.counts() == StoreCounts(events: 4, users: whole.users + 1, items: whole.items + 2))
        #expect(try Set(store.items().map(\.id)) == ["i0", "i1", "i2", "wanted", "bare"])
        #expect(try Set(store.users().map(\.id)) == ["u0", "u1", "u2", "later"])
        #expect(try store.item("i1") == Item(id: "i1"))
        #expect(try store.read(sql: "SELECT count(*) FROM sessions WHERE user NOT IN (SELECT key FROM users)") == 0)
        // Sessions of users who were known before, too, but for those that other lines tell of.
        #expect(try store.read(sql: "SELECT count(*) FROM sessions") == 3)
        // The rest of the log is taken back as one, its last line included.
        try work.append(part(3..<6))
        try work.append(part(6..<7, isOpen: true))
        try work.discard()
        #expect(try items == ["wanted"])
        #expect(try work.parts(from: 0, digest: "d0").isEmpty && work.parts(from: 6, digest: "d6").isEmpty)
    }

    /// Killed behind the last line, and before the import was ended.
    @Test func anInterruptedLastLineBelongsToItsImport() throws {
        do {
            let work = try store.beginImport(of: "log")
            try work.append(part(0..<3))
            try work.append(part(3..<4, isOpen: true))
        }
        let again = try store.beginImport(of: "log")
        again.pass(try #require(try again.parts(from: 0, digest: "d0").first))
        again.pass(try #require(try again.parts(from: 3, digest: "d3").first))
        #expect(again.totals == ImportTotals(lines: 4, events: 4))
        // The log went on behind that line, and ends in another such line.
        try again.append(part(4..<6))
        try again.append(part(6..<7, isOpen: true))
        #expect(again.totals == ImportTotals(lines: 7, events: 7))
        try again.finish()
        #expect(try again.parts(from: 0, digest: "d0").first?.isFinished == true)
        #expect(try again.parts(from: 3, digest: "d3").first?.isFinished == true)
        #expect(try again.parts(from: 6, digest: "d6").first?.isFinished == true)
        try again.discard()
        #expect(try store.counts() == StoreCounts(events: 0, users: 0, items: 0))
    }

    /// At the first byte all logs with the same settings have the same digest.
    @Test func logsOfOneLengthAreTwo() throws {
        for (name, log) in [("first", 0), ("second", 1), ("third", 2)] {
            let work = try store.beginImport(of: name)
            var part = part(log..<(log + 1), isOpen: log == 2)
            (part.startOffset, part.startDigest, part.endOffset) = (0, "settings", 40)
            try work.append(part)
            try work.finish()
        }
        let work = try store.beginImport(of: "again")
        let parts = try work.parts(from: 0, digest: "settings")
        #expect(Set(parts.map(\.endDigest)) == ["d1", "d2", "d3"])
        // And taking back one leaves the others.
        try work.remove(try #require(parts.first { $0.isOpen }))
        #expect(try items == ["i0", "i1"])
        #expect(try work.parts(from: 0, digest: "settings").count == 2)
    }

    /// A store of the first schema is brought to this one with all that it holds.
    @Test func storesOfTheFirstSchemaGoOn() throws {
        let old = folder("old.db")
        do {
            let store = try SQLiteEventStore(path: old, access: .create)
            let work = try store.beginImport(of: "log")
            try work.append(part(0..<3))
            try work.append(part(3..<4, isOpen: true))
            try work.finish()
        }
        try DatabaseQueue(path: old).write { db in
            try db.execute(sql: """
                DELETE FROM grdb_migrations WHERE identifier LIKE '2:%' OR identifier LIKE '3:%';
                ALTER TABLE imports DROP COLUMN is_ordered;
                ALTER TABLE imports ADD COLUMN first_user INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE imports ADD COLUMN first_item INTEGER NOT NULL DEFAULT 1;
                UPDATE events SET import = 1;
                UPDATE import_parts SET import = 1;
                DELETE FROM imports WHERE key = 2;
                CREATE TABLE parts AS SELECT import, start_offset, start_digest, end_offset, end_digest, last_line, lines, events, rejects,
                    rejects_bytes, first_position, last_position, is_open FROM import_parts;
                DROP TABLE import_parts;
                ALTER TABLE parts RENAME TO import_parts;
                """)
        }
        // Who only reads does not change it.
        #expect(try SQLiteEventStore(path: old, access: .readOnly).interactionLog().eventCount == 4)
        let store = try SQLiteEventStore(path: old)
        let work = try store.beginImport(of: "log", isOrdered: true)
        let open = try #require(try work.parts(from: 3, digest: "d3").first)
        #expect(open.isOpen && open.isFinished)
        try work.remove(open)
        #expect(try store.events(after: 0, limit: 10).map(\.event.item) == ["i0", "i1", "i2"])
        #expect(try store.items().map(\.id) == ["i0", "i1", "i2"])
        let first = try #require(try work.parts(from: 0, digest: "d0").first)
        #expect(first.endOffset == 3 && !first.isOrdered)
        try work.append(part(3..<5))
        #expect(try store.interactionLog().eventCount == 5)
    }

    @Test func laterDescriptionsGo() throws {
        let work = try store.beginImport(of: "first")
        try work.append(part(0..<1, items: [(Item(id: "i0", price: 5), 2_000), (Item(id: "i0", price: 4), 1_000)]))
        try work.append(part(1..<2, items: [(Item(id: "i0", name: "Name", price: 3), 1_500)]))
        try work.finish()
        #expect(try store.item("i0") == Item(id: "i0", name: "Name", price: 5))
    }

    /// A later description takes away what it says is not so any more, and nothing else; taken back, what was known is known again.
    @Test func whatIsToldToBeEmptyGoes() throws {
        let full = Item(id: "i0", name: "Lamp", categories: ["a"], price: 5, stock: 1, isHidden: true, expires: 9, added: 1, properties: ["x": 1])
        do {
            let work = try store.beginImport(of: "first")
            try work.append(part(0..<1, items: [(full, nil)]))
            try work.finish()
        }
        let work = try store.beginImport(of: "second")
        var later = Item(id: "i0", price: 6)
        for field in [Item.Field.isHidden, .expires, .categories, .price] { later.tellIfEmpty(field) }
        try work.append(part(1..<2, items: [(Item(id: "i0"), nil), (later, nil), (later, nil)]))
        #expect(try store.item("i0") == Item(id: "i0", name: "Lamp", price: 6, stock: 1, added: 1, properties: ["x": 1]))
        // The same import says otherwise, and again what it said before.
        try work.append(part(2..<3, items: [(Item(id: "i0", isHidden: true), nil)]))
        #expect(try store.item("i0")?.isHidden == true)
        try work.append(part(3..<4, items: [(later, nil)]))
        #expect(try store.item("i0")?.isHidden == false)
        try work.discard()
        #expect(try store.item("i0") == full)
        try store.upsert([Item(id: "i0", name: "Sofa")])
        #expect(try store.item("i0") == Item(id: "i0", name: "Sofa"))
    }

    @Test func oneImportAtATime() throws {
        let other = try SQLiteEventStore(path: folder("shop.db"))
        do {
            let work = try store.beginImport(of: "log")
            let error = #expect(throws: EventStoreError.self) { try other.beginImport(of: "another", waiting: 0.2) }
            guard case .importAtWork(_, let process) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(process == "\(getpid())")
            try work.append(part(0..<2))
        }
        try other.beginImport(of: "another").append(part(2..<4))
        #expect(try items == ["i0", "i1", "i2", "i3"])
    }

    @Test func readingWorksWhileIndicesAreAway() throws {
        do {
            let work = try store.beginImport(of: "log")
            try work.append(part(0..<30_000))
            #expect(try store.events(of: "u3").count == 6_000)
            #expect(try store.events(on: "i7", limit: 5).count == 1)
        }
        // The import never came to its end; the next who opens the store builds them.
        let next = try SQLiteEventStore(path: folder("shop.db"))
        #expect(try next.events(of: "u3").count == 6_000)
        #expect(try next.read(sql: "SELECT count(*) FROM sqlite_master WHERE name IN ('events_of_user', 'events_on_item')") == 2)
    }
}


extension SQLiteEventStore {
    fileprivate func read(sql: String) throws -> Int? {
        try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: sql) }
    }
}
