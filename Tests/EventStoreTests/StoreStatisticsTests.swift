import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

@Suite struct StoreStatisticsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func ofASmallStore() throws {
        let store = try SQLiteEventStore(path: folder("shop.db"), access: .create)
        let day: Int64 = 86_400_000
        try store.append([
            Event(user: "a", item: "x", kind: .view, time: 10 * day), Event(user: "a", item: "x", kind: .view, time: 10 * day + 60_000),
            Event(user: "a", item: "y", kind: .purchase, time: 12 * day), Event(user: "b", item: "x", kind: .view, time: 12 * day + 5),
            Event(user: "c", item: "z", kind: .view),
        ])
        try store.upsert([Item(id: "x", name: "Lamp"), Item(id: "unseen")])
        let found = try store.statistics()
        #expect(found.counts == StoreCounts(events: 5, users: 3, items: 4))
        #expect(found.usersWithEvents == 3 && found.itemsWithEvents == 3)
        #expect(found.kinds.map { "\($0.kind) \($0.events) \($0.users)" } == ["view 4 3", "purchase 1 1"])
        #expect(found.days.map(\.day) == [10, 12] && found.days.map(\.events) == [[2, 0], [1, 1]])
        #expect(found.firstTime == 10 * day && found.lastTime == 12 * day + 5 && found.eventsWithoutTime == 1)
        #expect(found.historyLengths?.greatest == 3 && found.historyLengths?.median == 1)
        #expect(found.popularItems.map { "\($0.id) \($0.name ?? "-") \($0.events)" } == ["x Lamp 3", "y - 1", "z - 1"])
        #expect(found.itemsWithOneEvent == 2)
        #expect(found.popularityCurve.last?.events == 1)
        // Pairs a-x, a-y, b-x and c-z of 3 times 3; one of five events repeats.
        #expect(abs(found.density - 4.0 / 9) < 1e-12)
        #expect(abs(found.repeats - 0.2) < 1e-12)
        #expect(found.gaps?.greatest == 172_740.0)
        #expect(found.gapBins.map(\.count).reduce(0, +) == 2)
    }

    @Test func ofAnEmptyStore() throws {
        let found = try SQLiteEventStore(path: folder("shop.db"), access: .create).statistics()
        #expect(found.kinds.isEmpty && found.historyLengths == nil && found.gaps == nil && found.popularityCurve.isEmpty)
    }
}
