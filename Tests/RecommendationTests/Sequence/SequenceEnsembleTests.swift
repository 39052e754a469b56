import Interactions
import ModelStore
import Recommendation
import Testing

@Suite struct SequenceEnsembleTests {
    private static let itemCount = 31

    private static func models(_ count: Int) throws -> [SequenceModel] {
        let configuration = SequenceGraphTests.configuration()
        let graph = try SequenceGraph(configuration: configuration, itemCount: itemCount).graph(length: 1, ending: .state)
        return try (0..<count).map { number in
            let parameters = SequenceGraphTests.parameters(graph).map { $0.enumerated().map { $1 + Float(($0 * 13 + number * 5) % 11) / 50 } }
            return try SequenceModel(configuration, itemCount: itemCount, weights: EventWeights(), parameters: parameters)
        }
    }

    private static func expectMean(_ mean: [Float], of rows: [[Float]]) {
        for place in mean.indices { #expect(abs(mean[place] - rows.reduce(0) { $0 + $1[place] } / Float(rows.count)) < 1e-4) }
    }

    @Test func theAnswerIsTheMeanOfTheModels() throws {
        let models = try Self.models(3), ensemble = SequenceEnsemble(models)
        let query = Query(items: [4, 17, 9])
        #expect(models[0].scores(query) != models[1].scores(query))
        Self.expectMean(ensemble.scores(query), of: models.map { $0.scores(query) })
        #expect(SequenceEnsemble([models[1]]).scores(query) == models[1].scores(query))
        for item in [2, 30] { Self.expectMean(ensemble.contributions(to: item, of: query), of: models.map { $0.contributions(to: item, of: query) }) }
        let cosines = models.map { model in Dictionary(uniqueKeysWithValues: model.similar(to: 6, count: 100).map { ($0.item, $0.score) }) }
        let similar = ensemble.similar(to: 6, count: 100)
        #expect(similar.count == Self.itemCount - 1 && zip(similar, similar.dropFirst()).allSatisfy { $0.score >= $1.score })
        for one in similar { #expect(abs(one.score - cosines.reduce(0) { $0 + $1[one.item]! } / 3) < 1e-5) }
        #expect(ensemble.similar(to: 31, count: 3).isEmpty)
    }

    @Test func aFileHoldsAllModels() throws {
        let ensemble = SequenceEnsemble(try Self.models(3)), query = Query(items: [4, 17, 9])
        let model = RecommenderModel(
            items: IdentifierTable((0..<Self.itemCount).map(String.init)), catalog: [:], weights: EventWeights(),
            blend: Blend([.init(ensemble, weight: 1)], popularity: [Float](repeating: 1, count: Self.itemCount)),
            provenance: .init(
                created: .distantPast, events: 0, users: 0, items: Self.itemCount, position: nil, latest: 0, seed: 1, seconds: 0), metrics: [:])
        var file = try model.file()
        let read = try #require(try RecommenderModel(file).blend.members[0].model as? SequenceEnsemble)
        #expect(read.models.count == 3 && read.scores(query) == ensemble.scores(query))
        file.parameters.removeAll { $0.name.hasPrefix("sequence.3/") }
        #expect(throws: ModelFileError.self) { try RecommenderModel(file) }
    }

    /// Networks begin apart, the first as one alone, however many threads there are.
    @Test func networksAreTrainedSideBySide() throws {
        var configuration = SequenceTrainingTests.configuration()
        configuration.epochs = 2
        var options = RecommenderOptions(members: [.sequence(configuration)])
        options.refits = false
        func fitted(networks: Int, threads: Int) throws -> ([SequenceModel], RecommenderTraining.MemberResult) {
            configuration.networks = networks
            options.members = [.sequence(configuration)]
            var data = try SequenceTrainingTests.data(users: 120)
            data.threads = threads
            let result = try RecommenderTraining(options).fit(data, validation: [])
            return (try #require(result.blend.members[0].model as? SequenceEnsemble).models, result.members[0])
        }
        let (one, _) = try fitted(networks: 1, threads: 1), (two, member) = try fitted(networks: 2, threads: 1)
        #expect(one.count == 1 && two.count == 2 && member.epochs?.map(\.count) == [2, 2])
        #expect(two[0].parameters == one[0].parameters && two[1].parameters != one[0].parameters)
        let (together, _) = try fitted(networks: 2, threads: 2)
        #expect(together.map(\.parameters) == two.map(\.parameters))
    }
}
