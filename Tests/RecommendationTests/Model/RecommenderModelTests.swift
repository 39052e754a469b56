import Foundation
import Interactions
import ModelStore
import Recommendation
import Testing

@Suite struct RecommenderModelTests {
    private static func trained() throws -> (model: RecommenderModel, log: InteractionLog) {
        let log = try RecommenderTrainingTests.log()
        var model = try RecommenderTraining(RecommenderTrainingTests.options()).train(log, catalog: RecommenderTrainingTests.catalog, position: 5).model
        // All that can be kept, whatever they turned out to be worth.
        let data = TrainingData(log: log, catalog: RecommenderTrainingTests.catalog)
        let missing: [any RankingModel] = [
            ItemNeighbors(data), try AlternatingLeastSquares(data), try EASE(data), SessionNeighbors(data), ContentSimilarity(data),
            Popularity(data), Resurfacing(data), try GraphFilter(data), try SpectralFilter(data),
        ]
        for other in missing where !model.blend.members.contains(where: { type(of: $0.model).name == type(of: other).name }) {
            model.blend.members.append(Blend.Member(other, weight: 0.25))
        }
        model.blend.returningOffset = -0.5
        for index in model.blend.members.indices { model.blend.members[index].returning = Float(index) / 10 }
        return (model, log)
    }

    @Test func aFileAnswersAsTheModelDid() throws {
        let (model, log) = try Self.trained()
        let path = FileManager.default.temporaryDirectory.path + "/recommender-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.write(to: path)
        let read = try RecommenderModel(contentsOf: path)
        #expect(read.items.names == model.items.names)
        #expect(read.catalog == model.catalog)
        #expect(read.weights == model.weights)
        #expect(read.metrics == model.metrics)
        #expect(read.provenance.position == 5 && read.provenance.events == log.eventCount && read.provenance.latest == log.latest)
        #expect(read.blend.members.map(\.weight) == model.blend.members.map(\.weight))
        #expect(read.blend.members.map(\.returning) == model.blend.members.map(\.returning) && read.blend.returningOffset == -0.5)
        for user in 0..<40 {
            let query = Query(history: log.history(of: user))
            #expect(read.blend.scores(query) == model.blend.scores(query))
            #expect(read.blend.contributions(to: user % 25, of: query) == model.blend.contributions(to: user % 25, of: query))
        }
        for item in 0..<25 { #expect(read.blend.similar(to: item, count: 5) == model.blend.similar(to: item, count: 5)) }
    }

    @Test func strangeNamesSurvive() throws {
        let names = ["", " ", "a\nb", "ü,\"'", "日本語", "🛒", "\u{0}", String(repeating: "x", count: 10_000)]
        var builder = InteractionLogBuilder(items: IdentifierTable(names))
        for name in names { try builder.append(Event(user: name, item: name, kind: .view, time: 1)) }
        let log = builder.build()
        let catalog = Dictionary(uniqueKeysWithValues: names.indices.map { ($0, Item(id: names[$0], name: "line\nbreak \(names[$0])")) })
        let model = try RecommenderTraining(RecommenderTrainingTests.options([.popularity(.init())])).train(log, catalog: catalog).model
        let read = try RecommenderModel(model.file())
        #expect(read.items.names == names)
        #expect(read.catalog == catalog)
    }

    @Test func itemsOfTodayTakeThePlaceOfThoseOfTheTraining() throws {
        let (model, _) = try Self.trained()
        let read = try RecommenderModel(model.file(), items: [Item(id: "3", name: "now"), Item(id: "unknown")])
        #expect(read.catalog == [3: Item(id: "3", name: "now")])
    }

    /// Errors that say what part of a file makes no sense.
    private static func isRefusal(_ error: any Error) -> Bool { error is ModelArchive.Malformed || error is ModelFileError }

    /// Reads a file that was changed. Whatever can still be read must answer without a crash.
    private static func read(_ file: ModelFile, _ change: String) {
        do {
            let model = try RecommenderModel(file)
            let query = Query(history: (0..<30).map { HistoryEvent(item: $0, kind: $0 % 2 == 0 ? .view : .purchase) })
            _ = model.blend.scores(query)
            _ = model.blend.similar(to: 0, count: 3)
            _ = model.blend.contributions(to: 0, of: query)
            _ = try Suggester(model).suggestions(for: SuggestionRequest(history: query.history, now: 1))
        } catch {
            #expect(isRefusal(error), "\(change): \(error)")
        }
    }

    private static func refuses(_ file: ModelFile, _ change: String) {
        do {
            _ = try RecommenderModel(file)
            Issue.record("\(change) was not refused")
        } catch {
            #expect(isRefusal(error), "\(change): \(error)")
        }
    }

    @Test func everyMissingPartIsRefused() throws {
        let file = try Self.trained().model.file()
        for part in file.parameters.indices {
            var changed = file
            changed.parameters.remove(at: part)
            Self.refuses(changed, "without \(file.parameters[part].name)")
        }
        for section in file.sections.names {
            var changed = file
            changed.sections.removeSection(named: section)
            Self.refuses(changed, "without \(section)")
        }
    }

    @Test func damagedPartsNeverCrash() throws {
        let file = try Self.trained().model.file()
        for (part, tensor) in file.parameters.enumerated() {
            func change(_ name: String, _ replacement: NamedTensor) {
                var changed = file
                changed.parameters[part] = replacement
                Self.read(changed, "\(tensor.name) \(name)")
            }
            if let values = tensor.floats {
                for changed in [Array(values.dropLast()), values + [1], [], values.map { _ in .nan }, values.map { _ in -.infinity }, values.map { -$0 }] {
                    change("of \(changed.count) floats", NamedTensor(name: tensor.name, shape: [changed.count], floats: changed, storedAs: .float32))
                }
                change("as whole numbers", NamedTensor(name: tensor.name, shape: [values.count], integers: values.map { _ in 1 }, storedAs: .int64))
            }
            if let values = tensor.integers {
                let last = values.count - 1
                var changes: [[Int64]] = [Array(values.dropLast()), values + [3], [], values.reversed(), values.map { _ in 0 }, values.map { -$0 - 1 }]
                for (place, value) in [(0, -1), (0, Int64.max), (last, Int64.max), (last, -5), (last / 2, 1 << 40)] as [(Int, Int64)] {
                    var changed = values
                    changed[place] = value
                    changes.append(changed)
                }
                for changed in changes {
                    change("of \(changed.count) integers", NamedTensor(name: tensor.name, shape: [changed.count], integers: changed, storedAs: .int64))
                }
                change("as floats", NamedTensor(name: tensor.name, shape: [values.count], floats: values.map { _ in 0.5 }, storedAs: .float32))
            }
        }
    }

    /// A member as it lies in a file.
    private struct Member: Encodable {
        var name: String
        var weight: Double
    }

    @Test func senselessConfigurationsAreRefused() throws {
        let file = try Self.trained().model.file()
        func refuses(_ value: some Encodable, at section: String) throws {
            var changed = file
            try changed.sections.setSection(value, named: ModelFile.Section(section))
            Self.refuses(changed, section)
        }
        var neighbors = ItemNeighbors.Configuration()
        neighbors.window = -1
        try refuses(neighbors, at: "neighbors.configuration")
        var sessions = SessionNeighbors.Configuration()
        for path in [\SessionNeighbors.Configuration.steps, \.sample, \.neighbors] {
            sessions = SessionNeighbors.Configuration()
            sessions[keyPath: path] = -2
            try refuses(sessions, at: "sessions.configuration")
        }
        var content = ContentSimilarity.Configuration()
        content.steps = .min
        try refuses(content, at: "content.configuration")
        var als = AlternatingLeastSquares.Configuration()
        for factors in [0, -1, 1025, .max] {
            als.factors = factors
            try refuses(als, at: "als.configuration")
        }
        try refuses([["name": "popularity"]], at: "shop.members")
        try refuses([Member(name: "oracle", weight: 1)], at: "shop.members")
        try refuses(["popularity", "popularity"].map { Member(name: $0, weight: 1) }, at: "shop.members")
        try refuses([Member(name: "popularity", weight: -1)], at: "shop.members")
        try refuses("much", at: "shop.repetition")
    }

    @Test func anotherKindOfModelIsRefused() throws {
        Self.refuses(ModelFile(), "an empty file")
        Self.refuses(ModelFile(parameters: [NamedTensor(name: "conv1.weight", shape: [2], floats: [1, 2], storedAs: .float32)]), "a classifier")
    }
}
