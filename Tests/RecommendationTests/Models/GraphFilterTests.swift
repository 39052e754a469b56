import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct GraphFilterTests {
    private static let items = 48

    private static func data() throws -> TrainingData {
        let users = Histories.random(users: 90, items: items, kinds: [.view, .cart], seed: 12)
        return TrainingData(log: try Histories.log(users, items: items))
    }

    private static func configuration(rank: Int) -> GraphFilter.Configuration {
        var configuration = GraphFilter.Configuration()
        configuration.rank = rank
        return configuration
    }

    /// The weights of items on others as defined: rows speak, columns are scored.
    private static func reference(_ data: TrainingData, _ configuration: GraphFilter.Configuration) -> [[Double]] {
        let graph = DenseGraph(data, userPower: Double(configuration.userPower))
        var products = graph.products
        let eigen = graph.eigenvectors
        for (value, vector) in eigen.prefix(configuration.rank) {
            for left in 0..<items {
                for right in 0..<items { products[left][right] -= (value - eigen[configuration.rank].value) * vector[left] * vector[right] }
            }
        }
        let power = 0.5 - Double(configuration.balance)
        let norms = graph.frequencies.map { pow(max($0, 1e-6), power) }
        // What nobody met together stays at zero, and nothing is below it.
        return (0..<items).map { left in
            (0..<items).map { right in
                let met = left != right && graph.met.contains { $0[left] > 0 && $0[right] > 0 }
                return met ? max(products[left][right] * norms[right] / norms[left], 0) : 0
            }
        }
    }

    @Test(arguments: [0, 2, 6]) func weightsAreThoseOfTheDefinition(rank: Int) throws {
        let data = try Self.data(), configuration = Self.configuration(rank: rank)
        let model = try GraphFilter(data, configuration: configuration)
        let expected = Self.reference(data, configuration)
        for item in 0..<Self.items {
            var scores = model.scores(Query(items: [item]))
            scores[item] = 0
            #expect(zip(scores, expected[item]).allSatisfy { abs(Double($0) - $1) < 2e-4 }, "item \(item)")
        }
    }

    @Test func contributionsSumToTheScore() throws {
        let data = try Self.data()
        let model = try GraphFilter(data, configuration: Self.configuration(rank: 4))
        let query = Query(history: data.log.history(of: 3) + [HistoryEvent(item: 2, kind: .hide), HistoryEvent(item: 77), HistoryEvent(item: 5, kind: .cart)])
        let scores = model.scores(query)
        for item in scores.indices where scores[item] > 0 {
            #expect(abs(model.contributions(to: item, of: query).reduce(0, +) - scores[item]) < 1e-4)
        }
    }

    @Test func threadsChangeNothing() throws {
        var data = try Self.data()
        data.threads = 1
        let alone = try GraphFilter(data)
        data.threads = 3
        let together = try GraphFilter(data)
        #expect(alone.scores(Query(items: [1, 7])) == together.scores(Query(items: [1, 7])))
        #expect(alone.similar(to: 4, count: 5) == together.similar(to: 4, count: 5))
        #expect(!alone.similar(to: 4, count: 5).contains { $0.item == 4 })
    }

    @Test func aTinyCatalogHasNothingToLevel() throws {
        let model = try GraphFilter(TrainingData(log: try Histories.log([Histories.views([0, 1]), Histories.views([1, 2])], items: 3)))
        let scores = model.scores(Query(items: [0]))
        #expect(scores[1] > 0 && scores[2] == 0)
    }
}
