import Interactions
import Recommendation
import Testing

@Suite struct LeaveOneOutTests {
    private static let users = Histories.random(users: 40, items: 20, lengths: 1...8, seed: 14)

    @Test func nothingOfTheQuestionsIsInTraining() throws {
        let split = LeaveOneOut(try Histories.log(Self.users, items: 20))
        for (user, history) in Self.users.enumerated() {
            let asked = history.count >= 3
            #expect(split.training.history(of: user) == (asked ? Array(history.dropLast(2)) : history))
            let validation = split.validation.first { $0.user == user }, test = split.test.first { $0.user == user }
            #expect((validation != nil) == asked && (test != nil) == asked)
            guard let validation, let test else { continue }
            #expect(validation.query.history == Array(history.dropLast(2)))
            #expect(validation.targets == [history[history.count - 2].item])
            // At the time of the test the last but one is known.
            #expect(test.query.history == Array(history.dropLast()))
            #expect(test.targets == [history.last!.item])
            #expect(test.excluded == history.dropLast().map(\.item))
        }
        #expect(LeaveOneOut(try Histories.log(Self.users, items: 20), excludesHistory: false).test.allSatisfy { $0.excluded.isEmpty })
    }
}

@Suite struct RunUpTests {
    /// The year 2024, and minutes after it.
    private func event(_ item: Int, _ minutes: Int64, _ kind: EventKind = .view) -> HistoryEvent {
        HistoryEvent(item: item, kind: kind, time: 1_704_067_200_000 + minutes * 60_000)
    }

    @Test func beginsWithTheFirstEventOnTheItemInTheVisit() throws {
        let history = [event(1, 0), event(2, 10), event(1, 600), event(3, 605), event(1, 610, .cart), event(1, 620, .purchase), event(4, 630)]
        let log = try Histories.log([[event(0, 0)], history], items: 5)
        // Six hours before, it was another visit.
        #expect(log.runUp(to: 6, of: 1) == 3)
        #expect(log.runUp(to: 5, of: 1) == 3)
        #expect(log.runUp(to: 7, of: 1) == 7)
        #expect(log.runUp(to: 1, of: 1) == 1)
    }

    @Test func sessionsTellVisitsApart() throws {
        let history = [event(1, 0), event(1, 10), event(2, 20), event(1, 30, .purchase)]
        let log = try Histories.log([history], items: 3) { _, place in place == 0 ? "a" : "b" }
        #expect(log.runUp(to: 3, of: 0) == 1)
    }

    @Test func timesThatAreNoMomentsTellOfNoVisits() throws {
        let log = try Histories.log([(0..<4).map { HistoryEvent(item: 1, time: Int64($0)) }], items: 2)
        for event in 0..<4 { #expect(log.runUp(to: event, of: 0) == event) }
    }
}

@Suite struct NewestSliceTests {
    /// Users who look at something in a first year, and buy in a second one.
    private static func log() throws -> InteractionLog {
        let start: Int64 = 1_704_067_200_000
        let users = Histories.random(users: 60, items: 15, kinds: [.view, .cart, .purchase], lengths: 4...10, seed: 21).map { events in
            events.map { HistoryEvent(item: $0.item, kind: $0.kind, time: start + $0.time) }
        }
        return try Histories.log(users, items: 15)
    }

    @Test(arguments: [0.05, 0.3, 0.5])
    func asksForTheFirstWantedEventOfTheNewest(share: Double) throws {
        let log = try Self.log()
        let slice = NewestSlice(log, share: share, weights: EventWeights())
        // Those of one time are all within or all before.
        let newest = log.eventTimes.count { $0 > slice.before.latest }
        #expect(slice.before.eventCount + newest == log.eventCount)
        #expect(Double(newest) >= share * Double(log.eventCount) - 1)
        #expect(!slice.cases.isEmpty)
        for question in slice.cases {
            let first = log.history(of: question.user).first { $0.time > slice.before.latest && $0.kind == .purchase }!
            #expect(question.targets == [first.item])
            #expect(question.query.now == first.time)
            #expect(question.query.history.allSatisfy { $0.time <= first.time })
            #expect(!question.excluded.contains(first.item))
            // Bought before, and not to be answered.
            let bought = question.query.history.filter { $0.kind == .purchase }.map(\.item)
            #expect(Set(question.excluded) == Set(bought).subtracting([first.item]))
        }
        let asked = Set(slice.cases.map(\.user))
        for user in 0..<log.userCount where !asked.contains(user) {
            #expect(!log.history(of: user).contains { $0.time > slice.before.latest && $0.kind == .purchase })
        }
    }

    /// A model is not asked what it has learned from, however large a share is asked for.
    @Test func nothingThatIsKnownIsAskedFor() throws {
        let log = try Self.log(), times = log.eventTimes.sorted(), learned = times[times.count * 9 / 10]
        let slice = NewestSlice(log, share: 0.5, after: learned, weights: EventWeights())
        #expect(slice.cases.count > 0 && slice.cases.allSatisfy { $0.query.now! > learned })
        #expect(slice.before.eventCount == times.count { $0 <= learned })
        // Where less is asked for than is new, the share decides.
        let small = NewestSlice(log, share: 0.05, after: times[0], weights: EventWeights())
        #expect(small.cases.map(\.targets) == NewestSlice(log, share: 0.05, weights: EventWeights()).cases.map(\.targets))
        #expect(NewestSlice(log, share: 0.5, after: log.latest, weights: EventWeights()).cases.isEmpty)
    }

    @Test func aModelThatNumbersItemsInAnotherWayIsWorthTheSame() throws {
        let log = try Self.log()
        let slice = NewestSlice(log, share: 0.3, weights: EventWeights())
        var metrics: [RankingMetrics] = []
        for names in [(0..<15).map(String.init), (0..<15).reversed().map(String.init)] {
            var builder = InteractionLogBuilder(items: IdentifierTable(names))
            for user in 0..<slice.before.userCount {
                for event in slice.before.history(of: user) {
                    try builder.append(Event(user: "u\(user)", item: slice.before.items[event.item], kind: event.kind, time: event.time))
                }
            }
            let own = builder.build()
            let blend = Blend([.init(ItemNeighbors(TrainingData(log: own)), weight: 1)], popularity: Popularity(TrainingData(log: own)).counts)
            let model = RecommenderModel(
                items: own.items, catalog: [:], weights: EventWeights(), blend: blend,
                provenance: .init(created: .distantPast, events: 0, users: 0, items: 0, position: nil, latest: 0, seed: 1, seconds: 0), metrics: [:])
            metrics.append(try slice.metrics(of: model, threads: 2))
        }
        #expect(abs(metrics[0].ndcg - metrics[1].ndcg) < 1e-6)
        #expect(metrics[0].ndcg > 0)
    }
}
