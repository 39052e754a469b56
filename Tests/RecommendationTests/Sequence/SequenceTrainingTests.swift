import Interactions
import Recommendation
import Testing

@Suite struct SequenceTrainingTests {
    static func configuration() -> SequenceConfiguration {
        var configuration = SequenceConfiguration()
        configuration.width = 16
        configuration.maximumLength = 6
        configuration.dropout = 0.1
        configuration.attentionDropout = 0.1
        configuration.batchSize = 32
        configuration.epochs = 30
        configuration.learningRate = 0.01
        return configuration
    }

    private static let itemCount = 24

    /// What follows is a function of the last item, and goes through all of them.
    private static func next(_ last: Int) -> Int { (last * 13 + 5) % itemCount }

    private static func sequences(_ count: Int) -> [[Int]] {
        (0..<count).map { user in
            var items = [user * 7 % itemCount]
            for _ in 0..<(2 + user % 7) { items.append(next(items[items.count - 1])) }
            return items
        }
    }

    static func data(seed: UInt64 = 1, users: Int = 240) throws -> TrainingData {
        try PrefixSamplesTests.data(sequences(users), seed: seed)
    }

    /// The share of histories whose first rank is right.
    private static func accuracy(_ model: SequenceModel) throws -> Double {
        let cases = sequences(96)
        let queries = cases.map { Query(items: Array($0.dropLast())) }
        var right = 0
        try model.score(queries) { index, scores in
            if scores.indices.max(by: { scores[$0] < scores[$1] }) == cases[index].last { right += 1 }
        }
        return Double(right) / Double(cases.count)
    }

    @Test func aRuleIsLearned() throws {
        let training = try SequenceTraining(Self.data(), configuration: Self.configuration())
        var steps = 0
        var losses: [Double] = []
        let result = try training.run(progress: { progress in
            steps += 1
            if progress.step == progress.steps { losses.append(progress.loss) }
        })
        #expect(result.sampleCount > 500 && result.history.count == 30 && result.bestEpoch == 29 && !result.stoppedEarly)
        #expect(losses.count == 30 && losses[29] < 0.5 * losses[0])
        #expect(steps % 30 == 0)
        let share = try Self.accuracy(result.model)
        #expect(share > 0.95, "\(share)")
    }

    @Test func sampledSoftmaxLearnsItToo() throws {
        var configuration = Self.configuration()
        configuration.fullSoftmaxLimit = 10
        configuration.negatives = 16
        let result = try SequenceTraining(Self.data(), configuration: configuration).run()
        let share = try Self.accuracy(result.model)
        #expect(share > 0.9, "\(share)")
    }

    /// An item that nobody met comes to stand beside the one that is described as it is.
    @Test func whatIsDescribedAlikeIsLearnedTogether() throws {
        var configuration = Self.configuration()
        configuration.precision = .float32
        let unmet = Self.itemCount
        var data = try PrefixSamplesTests.data(Self.sequences(240) + [[unmet]])
        for item in 0...unmet { data.catalog[item] = Item(id: "\(item)", categories: ["\(item == unmet ? 3 : item)"]) }
        func likeness(_ rate: Float) throws -> [ScoredItem] {
            configuration.descriptionRate = rate
            return try SequenceTraining(data, configuration: configuration).run().model.similar(to: unmet, count: Self.itemCount)
        }
        let described = try likeness(1)
        #expect(described[0].item == 3 && described[0].score > described[1].score + 0.1, "\(described)")
        let alone = try #require(try likeness(0).first { $0.item == 3 })
        #expect(alone.score < described[0].score - 0.2, "\(alone) \(described)")
    }

    @Test func theSeedDecidesTheParameters() throws {
        var configuration = Self.configuration()
        configuration.epochs = 2
        func parameters(_ seed: UInt64) throws -> [[Float]] {
            try SequenceTraining(Self.data(seed: seed, users: 200), configuration: configuration).run().model.parameters
        }
        let first = try parameters(1)
        let (second, other) = (try parameters(1), try parameters(2))
        #expect(second == first)
        #expect(other != first)
    }

    @Test func validationChoosesTheEpoch() throws {
        var configuration = Self.configuration()
        configuration.epochs = 20
        configuration.patience = 3
        var models: [SequenceModel] = []
        let values = [0.1, 0.4, 0.3, 0.2, 0.4, 0.9]
        let result = try SequenceTraining(Self.data(users: 100), configuration: configuration).run(validatingBy: { model in
            models.append(model)
            return values[models.count - 1]
        })
        #expect(result.stoppedEarly && result.bestEpoch == 1)
        #expect(result.history.map(\.validation) == [0.1, 0.4, 0.3, 0.2, 0.4])
        #expect(result.model.parameters == models[1].parameters && result.model.parameters != models[2].parameters)
    }

    @Test func trainingGoesOnFromAModelWithFewerItems() throws {
        var configuration = Self.configuration()
        let first = try SequenceTraining(Self.data(), configuration: configuration).run().model
        configuration.epochs = 0
        var sequences = Self.sequences(240)
        sequences.append([3, Self.itemCount + 4])
        let larger = try PrefixSamplesTests.data(sequences)
        let second = try SequenceTraining(larger, configuration: configuration, from: first).run()
        #expect(second.model.itemCount == Self.itemCount + 5 && second.bestEpoch == nil)
        #expect(Array(second.model.itemEmbeddings.prefix(first.itemEmbeddings.count)) == first.itemEmbeddings)
        #expect(second.model.parameters.dropFirst() == first.parameters.dropFirst())
        #expect(second.model.itemEmbeddings.suffix(16).contains { $0 != 0 })

        let error = #expect(throws: SequenceTraining.StartMismatch.self) {
            try SequenceTraining(Self.data(), configuration: configuration, from: second.model)
        }
        #expect(error?.description.contains("29 items") == true)
        configuration.width = 32
        #expect(throws: SequenceTraining.StartMismatch.self) { try SequenceTraining(larger, configuration: configuration, from: first) }
    }

    @Test func trainingCanBeCancelled() throws {
        var asked = 0
        #expect(throws: SequenceTraining.Interrupted.self) {
            try SequenceTraining(Self.data(), configuration: Self.configuration()).run(isCancelled: {
                asked += 1
                return asked > 5
            })
        }
        #expect(asked == 6)
    }

    @Test func aLogWithoutSequencesGivesAModelThatAnswers() throws {
        let result = try SequenceTraining(PrefixSamplesTests.data([[1], [2], [3]]), configuration: Self.configuration()).run()
        #expect(result.sampleCount == 0 && result.history.isEmpty)
        let scores = result.model.scores(Query(items: [1]))
        #expect(scores.count == 4 && scores.allSatisfy { $0.isFinite })
    }

    @Test func impossibleSettingsAreNamed() throws {
        for (change, word) in [
            ({ $0.width = 0 }, "width"), ({ $0.heads = 5 }, "heads"), ({ $0.layers = 0 }, "layers"),
            ({ $0.maximumLength = 0 }, "maximumLength"), ({ $0.filterShare = .nan }, "filterShare"),
            ({ $0.frequencies = 5 }, "frequencies"), ({ $0.dropout = 1 }, "dropout"), ({ $0.attentionDropout = .nan }, "attentionDropout"), ({ $0.batchSize = 0 }, "batchSize"),
            ({ $0.epochs = -1 }, "epochs"), ({ $0.learningRate = -.infinity }, "learningRate"), ({ $0.labelSmoothing = 1 }, "labelSmoothing"),
            ({ $0.negatives = 0 }, "negatives"), ({ $0.samplesPerEpoch = 0 }, "samplesPerEpoch"), ({ $0.networks = 0 }, "networks"),
            ({ $0.descriptionRate = -1 }, "descriptionRate"), ({ $0.descriptionRate = .nan }, "descriptionRate"),
        ] as [((inout SequenceConfiguration) -> Void, String)] {
            var configuration = Self.configuration()
            change(&configuration)
            let error = #expect(throws: SequenceConfiguration.Invalid.self) {
                try SequenceTraining(Self.data(users: 10), configuration: configuration)
            }
            #expect(error?.setting == word)
        }
    }
}
