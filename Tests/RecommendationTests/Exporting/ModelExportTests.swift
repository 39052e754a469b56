import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct ModelExportTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/export-\(UUID().uuidString)"

    private func model(_ members: (TrainingData) throws -> [Blend.Member]) throws -> (RecommenderModel, TrainingData) {
        let log = try Histories.log(
            Histories.random(users: 60, items: 40, kinds: [.view, .cart, .purchase, .hide], seed: 4), items: 40)
        let data = TrainingData(log: log)
        let blend = Blend(try members(data), popularity: Popularity(data).counts, repetition: 0.2)
        let model = RecommenderModel(
            items: log.items, catalog: [:], weights: data.weights, blend: blend,
            provenance: .init(
                created: Date(), events: log.eventCount, users: log.userCount, items: log.itemCount, position: nil, latest: log.latest, seed: 1,
                seconds: 0), metrics: [:])
        return (model, data)
    }

    @Test(arguments: [16, 20], [nil, -2]) func theFilesAloneScoreAsTheModelDoes(_ factors: Int, returningOffset: Float?) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = AlternatingLeastSquares.Configuration()
        configuration.factors = factors
        var (model, data) = try model { data in
            [
                .init(try AlternatingLeastSquares(data, configuration: configuration), weight: 0.7), .init(ItemNeighbors(data), weight: 1.1),
                .init(try EASE(data), weight: 0.3), .init(Popularity(data), weight: 0.4), .init(try GraphFilter(data), weight: 0.6),
            ]
        }
        model.blend.returningOffset = returningOffset
        for index in model.blend.members.indices { model.blend.members[index].returning = Float(index) / 4 }
        try ModelExport(model).write(to: folder)
        let exported = try ExportedModel(folder: folder)
        #expect(exported.about.items == data.log.items.names)
        #expect(exported.about.leftOut.isEmpty)
        for user in stride(from: 0, to: 60, by: 7) {
            let history = data.log.history(of: user), query = Query(history: history)
            for member in model.blend.members {
                let name = type(of: member.model).name
                #expect(areClose(member.model.scores(query), try exported.scores(name, history), tolerance: 1e-3), "\(name), user \(user)")
            }
            #expect(areClose(model.blend.scores(query), try exported.blend(history), tolerance: 2e-3), "user \(user)")
        }
        #expect(areClose(model.blend.scores(Query(history: [])), try exported.blend([]), tolerance: 2e-3))
    }

    @Test func whatIsNotExportedIsNamed() throws {
        let (mixed, _) = try model { [.init(Popularity($0), weight: 1), .init(SessionNeighbors($0), weight: 1), .init(Resurfacing($0), weight: 0)] }
        #expect(try ModelExport(mixed).description.leftOut == ["sessions"])
        var (again, _) = try model { [.init(Popularity($0), weight: 1), .init(Resurfacing($0), weight: 0, returning: 1)] }
        again.blend.returningOffset = 3
        let exported = try ModelExport(again).description
        #expect(exported.leftOut == ["resurfacing"] && exported.returningOffset == nil && exported.members.allSatisfy { $0.returning == nil })
        let (none, _) = try model { [.init(SessionNeighbors($0), weight: 1)] }
        #expect(throws: ModelExport.NothingToExport.self) { try ModelExport(none) }
    }
}
