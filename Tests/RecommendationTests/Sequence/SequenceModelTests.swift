import Foundation
import Interactions
import ModelStore
import Recommendation
import Testing

@Suite struct SequenceModelTests {
    private static let itemCount = 31

    private static func model() throws -> SequenceModel {
        let configuration = SequenceGraphTests.configuration()
        let graph = try SequenceGraph(configuration: configuration, itemCount: itemCount).graph(length: 1, ending: .state)
        return try SequenceModel(
            configuration, itemCount: itemCount, weights: EventWeights(), parameters: SequenceGraphTests.parameters(graph))
    }

    private static func query(length: Int, from first: Int = 3) -> Query { Query(items: (0..<length).map { (first + $0 * 7) % itemCount }) }

    private static func expectClose(_ left: [Float], _ right: [Float]) {
        #expect(left.count == right.count)
        for (a, b) in zip(left, right) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
    }

    @Test func batchesAnswerAsSingleQueriesDo() throws {
        let model = try Self.model()
        var queries = (0...11).map { Self.query(length: $0) } + (0..<70).map { Self.query(length: 3, from: $0) }
        queries.append(Query(items: [-1, 99]))
        let scores = try model.scores(for: queries)
        for (query, scores) in zip(queries, scores) { Self.expectClose(model.scores(query), scores) }
        #expect(scores[0].allSatisfy { $0 == 0 })
        #expect(scores.last?.allSatisfy { $0 == 0 } == true)
        #expect(try model.scores(for: []).isEmpty)
    }

    @Test func onlyTheEndOfALongHistoryCounts() throws {
        let model = try Self.model()
        let long = Self.query(length: 30)
        Self.expectClose(model.scores(long), model.scores(Query(history: Array(long.history.suffix(8)))))
        #expect(model.scores(long) != model.scores(Query(history: Array(long.history.suffix(7)))))
    }

    @Test func unknownItemsAndEventsAgainstAnItemArePassedOver() throws {
        let model = try Self.model()
        let events = [
            HistoryEvent(item: 4), HistoryEvent(item: 4, kind: .purchase), HistoryEvent(item: 500), HistoryEvent(item: -7),
            HistoryEvent(item: 9, kind: .hide), HistoryEvent(item: 8, kind: .rating, value: 1), HistoryEvent(item: 5, kind: .rating, value: 5),
        ]
        #expect(model.scores(Query(history: events)) == model.scores(Query(items: [4, 5])))
        let parts = model.contributions(to: 12, of: Query(history: events))
        #expect(parts.count == events.count)
        // Of two events on one item in a row the later one is the step.
        #expect(parts.indices.filter { parts[$0] != 0 } == [1, 6])
        let (both, without) = (model.scores(Query(items: [4, 5]))[12], model.scores(Query(items: [4]))[12])
        #expect(abs(parts[6] - (both - without)) < 1e-4)
    }

    @Test func severalThreadsGetTheAnswersOfOne() throws {
        let model = try Self.model()
        let expected = (0..<12).map { model.scores(Self.query(length: $0)) }
        DispatchQueue.concurrentPerform(iterations: 48) { index in
            #expect(model.scores(Self.query(length: index % 12)) == expected[index % 12])
        }
    }

    @Test func similarItemsAreThoseOfTheNearestDirection() throws {
        let model = try Self.model()
        let width = model.configuration.width
        func cosine(_ a: Int, _ b: Int) -> Double {
            func product(_ a: Int, _ b: Int) -> Double {
                (0..<width).reduce(0) { $0 + Double(model.itemEmbeddings[a * width + $1] * model.itemEmbeddings[b * width + $1]) }
            }
            return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
        }
        let found = model.similar(to: 6, count: 5)
        let expected = (0..<Self.itemCount).filter { $0 != 6 }.sorted { cosine(6, $0) > cosine(6, $1) }.prefix(5)
        #expect(found.map(\.item) == Array(expected))
        for one in found { #expect(abs(Double(one.score) - cosine(6, one.item)) < 1e-5) }
        #expect(model.similar(to: 6, count: 1000).count == Self.itemCount - 1)
        #expect(model.similar(to: -1, count: 5).isEmpty && model.similar(to: 31, count: 5).isEmpty && model.similar(to: 1, count: 0).isEmpty)
    }

    @Test func aFileGivesTheSameAnswers() throws {
        let model = try Self.model()
        var file = ModelFile()
        try model.write(to: &file)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sequence-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.write(to: path)
        let read = try SequenceModel(ModelFile(contentsOf: path))
        #expect(SequenceModel.isPart(of: file) && !SequenceModel.isPart(of: ModelFile()))
        #expect(read.configuration == model.configuration && read.weights == model.weights && read.itemCount == model.itemCount)
        for length in [0, 1, 5] { #expect(read.scores(Self.query(length: length)) == model.scores(Self.query(length: length))) }
    }

    @Test func damagedFilesAreRefused() throws {
        var file = ModelFile()
        #expect(throws: ModelFileError.self) { try SequenceModel(file) }
        try Self.model().write(to: &file)
        var short = file
        short.parameters.removeLast()
        #expect(throws: ModelFileError.self) { try SequenceModel(short) }
        /// The section as the model writes it.
        struct Header: Encodable {
            var configuration = SequenceGraphTests.configuration()
            var itemCount = 31
            var weights = EventWeights()
        }
        func refuses(_ change: (inout Header) -> Void) throws {
            var header = Header()
            change(&header)
            var damaged = file
            try damaged.setSection(header, named: "sequence")
            #expect(throws: (any Error).self) { try SequenceModel(damaged) }
        }
        try refuses { $0.configuration.width = 0 }
        try refuses { $0.configuration.width = 32 }
        try refuses { $0.configuration.heads = 3 }
        try refuses { $0.configuration.layers = 3 }
        try refuses { $0.configuration.maximumLength = .max }
        try refuses { $0.itemCount = -1 }
        try refuses { $0.itemCount = 4_000_000_000 }
    }
}
