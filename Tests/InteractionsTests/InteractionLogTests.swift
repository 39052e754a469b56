import Interactions
import Testing

@Suite struct InteractionLogTests {
    @Test func groupsByUserInTheOrderOfTime() throws {
        var builder = InteractionLogBuilder()
        try builder.append(Event(user: "b", item: "x", kind: .view, time: 5))
        try builder.append(Event(user: "a", item: "y", kind: .purchase, value: 2, time: 9))
        try builder.append(Event(user: "b", item: "z", kind: .cart, time: 3, session: "s"))
        try builder.append(Event(user: "b", item: "y", kind: .view, time: 5))
        builder.addItem("new")
        let log = builder.build()
        #expect(log.users.names == ["b", "a"])
        #expect(log.items.names == ["x", "y", "z", "new"])
        #expect(log.history(of: 0).map { log.items[$0.item] } == ["z", "x", "y"])
        #expect(log.history(of: 1) == [HistoryEvent(item: 1, kind: .purchase, value: 2, time: 9)])
        #expect(log.latest == 9)
        #expect(log.eventSessions == [1, 0, 0, 0])
    }

    @Test func filteringKeepsNumbers() throws {
        var builder = InteractionLogBuilder()
        for (user, item) in [("a", "x"), ("b", "x"), ("b", "y")] { try builder.append(Event(user: user, item: item, kind: .view)) }
        let log = builder.build().filtered { user, event in user == 1 && event == 2 }
        #expect(log.eventCount == 1)
        #expect(log.history(of: 0).isEmpty)
        #expect(log.history(of: 1).map(\.item) == [1])
        #expect(log.userCount == 2 && log.itemCount == 2)
    }

    /// Lines may come in order without telling a time.
    @Test func aLogWithoutTimesMayBeInOrder() throws {
        func log(isInOrder: Bool, times: [Int64?] = [nil, nil, nil]) throws -> InteractionLog {
            var builder = InteractionLogBuilder()
            builder.isInOrder = isInOrder
            for (item, time) in zip(["z", "x", "y"], times) { try builder.append(Event(user: "a", item: item, kind: .view, time: time)) }
            return builder.build()
        }
        let told = try log(isInOrder: true)
        #expect(told.isOrdered && !told.hasTimes)
        #expect(told.history(of: 0).map { told.items[$0.item] } == ["z", "x", "y"])
        #expect(told.filtered { _, event in event > 0 }.isOrdered)
        let untold = try log(isInOrder: false)
        #expect(!untold.isOrdered && !untold.hasTimes)
        // What has a time is later than what has none, and of the same time is what came first.
        let mixed = try log(isInOrder: true, times: [5, nil, nil])
        #expect(mixed.isOrdered && mixed.hasTimes)
        #expect(mixed.history(of: 0).map { mixed.items[$0.item] } == ["x", "y", "z"])
    }

    @Test func tooManyKindsAreRefused() throws {
        var builder = InteractionLogBuilder()
        for kind in 0..<255 { try builder.append(Event(user: "a", item: "x", kind: EventKind(rawValue: "\(kind)"))) }
        #expect(throws: InteractionLogBuilder.TooManyKinds.self) { try builder.append(Event(user: "a", item: "x", kind: "more")) }
    }
}

@Suite struct EventWeightsTests {
    @Test func agesByHalves() {
        let weights = EventWeights(halfLifeDays: 2)
        #expect(abs(weights.share(age: 4 * 86_400_000) - 0.25) < 1e-12)
        #expect(weights.share(age: -5) == 1)
        #expect(EventWeights().share(age: 1 << 50) == 1)
    }

    @Test func termsOfProperties() {
        let value: PropertyValue = ["red", 3, ["deep"]]
        #expect(value.terms == ["red", "3.0", "deep"])
    }
}
