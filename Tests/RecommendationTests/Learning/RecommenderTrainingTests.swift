import Interactions
import Recommendation
import Synchronization
import Testing

@Suite struct RecommenderTrainingTests {
    static let quick: [MemberConfiguration] = [
        .neighbors(nil), .als(als), .ease(.init()), .sessions(.init()), .content(.init()), .popularity(.init()), .resurfacing(.init()),
    ]

    private static var als: AlternatingLeastSquares.Configuration {
        var configuration = AlternatingLeastSquares.Configuration()
        (configuration.factors, configuration.iterations) = (8, 5)
        return configuration
    }

    static func options(_ members: [MemberConfiguration] = quick) -> RecommenderOptions {
        var options = RecommenderOptions(members: members)
        options.threads = 2
        return options
    }

    static func log(seed: UInt64 = 2, users: Int = 120) throws -> InteractionLog {
        let start: Int64 = 1_704_067_200_000
        let histories = Histories.random(users: users, items: 25, kinds: [.view, .view, .cart, .purchase], lengths: 2...12, seed: seed)
        return try Histories.log(histories.map { $0.map { HistoryEvent(item: $0.item, kind: $0.kind, time: start + $0.time) } }, items: 25)
    }

    static let catalog = Dictionary(uniqueKeysWithValues: (0..<25).map {
        ($0, Item(id: "\($0)", name: "Item \($0)", categories: ["c\($0 % 4)"], price: Double($0 + 1), properties: ["color": .text("k\($0 % 3)"), "series": .text("s\($0 / 2)")]))
    })

    @Test(arguments: [10, 50, 1_000])
    func whatIsAskedIsNotLearned(limit: Int) throws {
        let log = try Self.log()
        let data = TrainingData(log: log)
        let (training, cases) = RecommenderTraining.keepingBack(data, users: limit)
        #expect(!cases.isEmpty && cases.count < 2 * limit)
        let asked = Dictionary(uniqueKeysWithValues: cases.map { ($0.user, $0) })
        #expect(asked.count == cases.count)
        for user in 0..<log.userCount {
            guard let question = asked[user] else {
                #expect(training.log.history(of: user) == log.history(of: user))
                continue
            }
            let whole = log.history(of: user), known = training.log.history(of: user)
            // The beginning is learned from, and is what is asked with; the last purchase is the question.
            #expect(known == Array(whole.prefix(known.count)) && known.count < whole.count)
            #expect(question.query.history == known)
            let last = whole.last { $0.kind == .purchase }!
            #expect(question.targets == [last.item] && question.query.now == last.time)
            #expect(known.allSatisfy { $0.time < last.time })
        }
    }

    /// Where nothing tells what came last, what is asked must not be what happens to be listed last.
    @Test func ofALogWithoutOrderAnyEventIsAsked() throws {
        let users = (0..<200).map { user in (0..<6).map { HistoryEvent(item: ($0 * 4 + user) % 25, kind: .view) }.sorted { $0.item < $1.item } }
        let log = try Histories.log(users, items: 25)
        #expect(!log.isOrdered)
        let (training, cases) = RecommenderTraining.keepingBack(TrainingData(log: log), users: 1_000)
        #expect(cases.count == 200)
        var places = [Int](repeating: 0, count: 6)
        for question in cases {
            let whole = log.history(of: question.user), known = training.log.history(of: question.user)
            let place = try #require(whole.firstIndex { $0.item == question.targets[0] })
            places[place] += 1
            #expect(known == question.query.history && known.count == 5)
            #expect(Set(known.map(\.item)).union(question.targets) == Set(whole.map(\.item)))
        }
        #expect(places.allSatisfy { $0 > 15 })
    }

    @Test func whatIsWantedIsTheHeaviestKindThatManyHave() throws {
        let weights = EventWeights()
        func wanted(_ users: [[EventKind]]) throws -> Set<EventKind> {
            let log = try Histories.log(users.map { $0.map { HistoryEvent(item: 0, kind: $0) } }, items: 2)
            return Set(RecommenderTraining.targetKinds(of: TrainingData(log: log, weights: weights)).map { log.kinds[Int($0)] })
        }
        #expect(try wanted([[.view, .purchase], [.view]]) == [.purchase])
        #expect(try wanted([[.view, .purchase]] + Array(repeating: [.view, .cart], count: 9)) == [.cart])
        #expect(try wanted([[.view], [.view]]) == [.view])
        // Where nothing is wanted, everything counts.
        #expect(try wanted([[.hide, .cancellation]]) == [.hide, .cancellation])
    }

    @Test func theWholeLogIsLearnedInTheEnd() throws {
        let log = try Self.log()
        let (model, result) = try RecommenderTraining(Self.options()).train(log, catalog: Self.catalog, position: 17)
        #expect(result.members.map(\.name) == Self.quick.map(\.name))
        #expect(model.blend.members.map(\.weight) == result.members.filter { $0.weight > 0 || $0.returning ?? 0 > 0 }.map(\.weight))
        #expect(model.provenance.events == log.eventCount && model.provenance.position == 17)
        let everything = TrainingData(log: log, catalog: Self.catalog, threads: 2)
        let popularity = Blend([], popularity: Popularity(everything).counts).popularity
        #expect(model.blend.popularity == popularity)
        for member in model.blend.members {
            if let neighbors = member.model as? ItemNeighbors {
                let query = Query(items: [3, 4])
                #expect(neighbors.scores(query) == ItemNeighbors(everything).scores(query))
            }
        }
        var options = Self.options()
        options.refits = false
        let kept = try RecommenderTraining(options).train(log, catalog: Self.catalog).model
        #expect(kept.blend.popularity != popularity)
    }

    @Test func theSameSeedGivesTheSameAnswers() throws {
        let log = try Self.log()
        let models = try [1, 2].map { threads in
            var options = Self.options()
            options.threads = threads
            return try RecommenderTraining(options).train(log, catalog: Self.catalog).model
        }
        for user in 0..<20 {
            let query = Query(history: log.history(of: user))
            #expect(models[0].blend.scores(query) == models[1].blend.scores(query))
        }
    }

    @Test func theValidationIsThatOfTheBlend() throws {
        let data = TrainingData(log: try Self.log(), catalog: Self.catalog)
        let (training, cases) = RecommenderTraining.keepingBack(data, users: 100)
        let result = try RecommenderTraining(Self.options()).fit(training, validation: cases)
        #expect(result.validation == (try RankingEvaluation(result.blend, cases: cases, threads: 1).metrics(at: 10)))
        for (member, own) in zip(result.blend.members, result.members) {
            #expect(own.validation == (try RankingEvaluation(member.model, cases: cases, threads: 1).metrics(at: 10)))
        }
    }

    @Test func whatCannotBeLearnedIsSaid() throws {
        let training = RecommenderTraining(Self.options())
        func problem(_ training: RecommenderTraining, _ log: InteractionLog) throws -> String {
            try #require(#expect(throws: RecommenderTraining.NothingToLearn.self) { try training.train(log, catalog: [:]) }).description
        }
        #expect(try problem(training, Histories.log([], items: 5)).contains("no events"))
        #expect(try problem(training, Histories.log([Histories.views([0, 0])], items: 1)).contains("one item"))
        let log = try Self.log()
        #expect(try problem(RecommenderTraining(Self.options([.content(.init())])), log).contains("content"))
        #expect(try problem(RecommenderTraining(Self.options([.popularity(.init()), .popularity(.init())])), log).contains("twice"))
    }

    @Test func shortLogsAreLearnedToo() throws {
        // Nobody has three events, or everything that somebody did leads up to the last purchase.
        let start: Int64 = 1_704_067_200_000
        let visit = [EventKind.view, .cart, .purchase].map { HistoryEvent(item: 0, kind: $0, time: start) }
        for users in [[Histories.views([0, 1])], [Histories.views([0]), Histories.views([1])], [visit], [visit, Histories.views([1])]] {
            let model = try RecommenderTraining(Self.options()).train(try Histories.log(users, items: 3), catalog: Self.catalog).model
            #expect(model.blend.scores(Query(items: [0])).allSatisfy { $0.isFinite })
        }
    }

    @Test func itTellsWhatGoesOn() throws {
        let said = Mutex<[String]>([])
        let training = RecommenderTraining(Self.options()) { text in said.withLock { $0.append(text) } }
        _ = try training.train(try Self.log(), catalog: Self.catalog)
        for member in Self.quick { #expect(said.withLock { $0.contains("fitting \(member.name)") }) }
    }
}
