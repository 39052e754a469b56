import Interactions
import Recommendation
import TestSupport
import Testing

/// Users who look, cart and buy by chance over some days of 2024, several events of one moment among them.
private func shop(users: Int = 80, items: Int = 25, seed: UInt64 = 5) throws -> InteractionLog {
    let start: Int64 = 1_704_067_200_000
    var random = SeededGenerator(seed: seed)
    let histories = (0..<users).map { _ -> [HistoryEvent] in
        var time = start + Int64.random(in: 0..<30, using: &random) * Histories.day
        return (0..<Int.random(in: 1...14, using: &random)).map { _ in
            time += Int64.random(in: 0...3, using: &random) * Histories.day
            let kind: EventKind = [.view, .view, .cart, .purchase, .cancellation].randomElement(using: &random)!
            return HistoryEvent(item: Int.random(in: 0..<items, using: &random), kind: kind, time: time)
        }
    }
    return try Histories.log(histories, items: items)
}

/// What everybody's training history is, as a set of (user, event).
private func isPart(_ part: InteractionLog, of log: InteractionLog) -> Bool {
    (0..<log.userCount).allSatisfy { user in
        let all = log.history(of: user)
        return part.history(of: user).elementsEqual(all.prefix(part.history(of: user).count))
    }
}

@Suite struct QuestionsTests {
    @Test func asksForPurchasesWhateverModelsLearnWith() throws {
        #expect(Questions(about: try shop()).wanted == [.purchase])
        let views = try Histories.log(Histories.random(users: 10, items: 5, seed: 1), items: 5)
        #expect(Questions(about: views).wanted == [.view])
    }

    @Test func whatAUserHadIsNeitherAskedNorAnswered() throws {
        let history = [
            HistoryEvent(item: 0, kind: .purchase, time: 1), HistoryEvent(item: 1, kind: .purchase, time: 2),
            HistoryEvent(item: 1, kind: .cancellation, time: 3), HistoryEvent(item: 2, kind: .view, time: 4), HistoryEvent(item: 3, kind: .hide, time: 5),
        ]
        let log = try Histories.log([history + [0, 1, 2, 3].map { HistoryEvent(item: $0, kind: .purchase, time: 10) }], items: 6)
        // A share of 0.4 is the four purchases of time 10, and the three of times 3 to 5 before them.
        for allowsRepeats in [false, true] {
            let questions = Questions(wanted: [.purchase, .view], allowsRepeats: allowsRepeats)
            let split = try TimeSplit(share: 0.4).split(log, asking: questions)
            let question = try #require(split.test.first)
            // 1 was sent back, so it may be wanted again.
            #expect(question.targets == (allowsRepeats ? [0, 1, 2, 3] : [1]))
            #expect(question.excluded == (allowsRepeats ? [] : [0, 2, 3]))
        }
    }
}

@Suite struct TimeSplitTests {
    @Test(arguments: [0.05, 0.1, 0.3])
    func nothingOfTheFutureIsKnown(share: Double) throws {
        let log = try shop()
        let split = try TimeSplit(share: share).split(log, asking: Questions(about: log))
        let validationStart = try #require(split.validation.first?.query.now), testStart = try #require(split.test.first?.query.now)
        #expect(validationStart < testStart)
        #expect(split.training.eventTimes.allSatisfy { $0 < validationStart })
        #expect(split.everything.eventTimes.allSatisfy { $0 < testStart })
        #expect(split.training.latest < split.everything.latest)
        #expect(isPart(split.training, of: log) && isPart(split.everything, of: log))
        for (cases, start, end) in [(split.validation, validationStart, testStart), (split.test, testStart, .max)] {
            for question in cases {
                #expect(question.query.now == start)
                #expect(question.query.history.allSatisfy { $0.time < start })
                // The history is all that was known.
                #expect(question.query.history == log.history(of: question.user).filter { $0.time < start })
                let later = Set(log.history(of: question.user).filter { $0.time >= start && $0.time < end && $0.kind == .purchase }.map(\.item))
                #expect(Set(question.targets) == later.subtracting(question.excluded))
                #expect(!question.targets.isEmpty && Set(question.targets).isDisjoint(with: question.excluded))
            }
        }
        #expect(Double(log.eventTimes.count { $0 >= testStart }) >= share * Double(log.eventCount) - 1)
    }

    @Test func newcomersAreAskedWhereWanted() throws {
        let log = try shop()
        let all = try TimeSplit(share: 0.3).split(log, asking: Questions(wanted: [.purchase], asksNewcomers: true))
        let known = try TimeSplit(share: 0.3).split(log, asking: Questions(wanted: [.purchase]))
        #expect(known.test.allSatisfy { !$0.query.history.isEmpty })
        #expect(all.test.filter { !$0.query.history.isEmpty }.map(\.user) == known.test.map(\.user))
        #expect(all.test.count > known.test.count)
    }

    @Test func aLogWithoutMomentsIsRefused() throws {
        let log = try Histories.log([[HistoryEvent(item: 0), HistoryEvent(item: 1)]], items: 2)
        #expect(throws: EvaluationSplitError.noTimes) { try TimeSplit().split(log, asking: Questions(wanted: [.view])) }
        // Two moments make no three parts.
        let two = try Histories.log([Histories.views([0, 1])], items: 2)
        #expect(throws: EvaluationSplitError.self) { try TimeSplit().split(two, asking: Questions(wanted: [.view])) }
    }
}

@Suite struct UserSplitTests {
    @Test(arguments: [0.1, 0.4])
    func heldOutUsersAreInNoTraining(share: Double) throws {
        let log = try shop()
        let split = try UserSplit(share: share, seed: 3).split(log, asking: Questions(about: log))
        let tested = Set(split.test.map(\.user)), weighing = Set(split.validation.map(\.user))
        #expect(tested.isDisjoint(with: weighing) && tested.count == weighing.count)
        for user in 0..<log.userCount {
            let isHeldOut = tested.contains(user) || weighing.contains(user)
            #expect(split.training.history(of: user) == (isHeldOut ? [] : log.history(of: user)))
            #expect(split.everything.history(of: user) == (tested.contains(user) ? [] : log.history(of: user)))
        }
        for question in split.test + split.validation {
            #expect(!question.query.history.isEmpty && question.targets.count == 1)
            let history = log.history(of: question.user)
            #expect(question.query.history == Array(history.prefix(question.query.history.count)))
            let now = try #require(question.query.now)
            #expect(history.contains { $0.item == question.targets[0] && $0.kind == .purchase && $0.time == now })
        }
    }

    @Test func theSeedChoosesTheUsers() throws {
        let log = try shop(), questions = Questions(about: log)
        func users(_ seed: UInt64) throws -> [Int] { try UserSplit(share: 0.2, seed: seed).split(log, asking: questions).test.map(\.user) }
        #expect(try users(1) == users(1))
        #expect(try users(1) != users(2))
    }
}

@Suite struct LastWantedSplitTests {
    @Test func theLastIsTheTestAndTheOneBeforeWeighs() throws {
        let log = try shop()
        let split = try LastWantedSplit().split(log, asking: Questions(about: log))
        #expect(isPart(split.training, of: log) && isPart(split.everything, of: log))
        for question in split.test {
            // Its history is all that training and validation know of the user.
            #expect(question.query.history == split.everything.history(of: question.user))
            #expect(!question.excluded.contains(question.targets[0]))
        }
        let tests = Dictionary(uniqueKeysWithValues: split.test.map { ($0.user, $0) })
        for question in split.validation {
            #expect(question.query.history == split.training.history(of: question.user))
            let test = try #require(tests[question.user])
            #expect(question.query.history.count < test.query.history.count)
        }
        let asked = Set(tests.keys)
        for user in 0..<log.userCount where !asked.contains(user) { #expect(split.training.history(of: user) == log.history(of: user)) }
    }
}

@Suite struct GivenSplitTests {
    @Test func filesAreAskedForAsTheyAre() throws {
        func log(_ events: [(String, String, Int64)], _ before: InteractionLog?) throws -> InteractionLog {
            var builder = InteractionLogBuilder(users: before?.users ?? .init(), items: before?.items ?? .init())
            for (user, item, time) in events { try builder.append(Event(user: user, item: item, kind: .purchase, time: time)) }
            return builder.build()
        }
        let first: [(String, String, Int64)] = [("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("b", "z", 4)]
        let second: [(String, String, Int64)] = [("a", "z", 5)]
        let training = try log(first, nil), both = try log(first + second, nil)
        let test = try log([("a", "x", 6), ("b", "y", 7), ("b", "new", 8), ("c", "x", 9)], both)
        let split = try GivenSplit.split(
            training: training, validation: try log(second, training), test: test, everything: both,
            asking: Questions(wanted: [.purchase], asksNewcomers: true))
        #expect(split.training.eventCount == 4 && split.everything.eventCount == 5)
        #expect(split.validation.map(\.targets) == [[2]])
        // a has x already; b wants two items, one of which nobody knew; c is new.
        #expect(split.test.map(\.user) == [1, 2])
        #expect(split.test.map(\.targets) == [[1, 3], [0]])
        #expect(split.test[1].query.history.isEmpty)
        #expect(throws: EvaluationSplitError.self) {
            try GivenSplit.split(training: training, validation: nil, test: try log([], both), everything: both, asking: Questions(wanted: [.purchase]))
        }
    }
}
