import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct SpectralFilterTests {
    private static let items = 48

    private static func data() throws -> TrainingData {
        let users = Histories.random(users: 90, items: items, kinds: [.view, .cart], seed: 21)
        return TrainingData(log: try Histories.log(users, items: items))
    }

    private static func configuration(degree: Int = 8, flatness: Float = 1.5, rank: Int = 6, pass: Float = 0.2) -> SpectralFilter.Configuration {
        var configuration = SpectralFilter.Configuration()
        (configuration.degree, configuration.flatness, configuration.rank, configuration.pass) = (degree, flatness, rank, pass)
        return configuration
    }

    /// The polynomial through the plateau's values, by Lagrange's formula: at `1 - 2λ`.
    private static func polynomial(_ place: Double, degree: Int, flatness: Double) -> Double {
        let roots = (0...degree).map { cos((Double(degree - $0) + 0.5) / Double(degree + 1) * .pi) }
        return roots.indices.reduce(0.0) { sum, node in
            let extremum = cos(Double(degree - node) / Double(degree) * .pi)
            let value = extremum < 0 ? 0.5 + 0.5 * pow(-extremum, flatness) : 0.5 - 0.5 * pow(extremum, flatness)
            return sum + roots.indices.filter { $0 != node }.reduce(value) { $0 * (place - roots[$1]) / (roots[node] - roots[$1]) }
        }
    }

    /// What an item says to others, as defined: rows speak, columns are scored.
    private static func reference(_ data: TrainingData, _ configuration: SpectralFilter.Configuration) -> [[Double]] {
        let graph = DenseGraph(data, userPower: 1)
        var weights = (0..<items).map { _ in [Double](repeating: 0, count: items) }
        for (place, eigen) in graph.eigenvectors.enumerated() {
            let response = polynomial(1 - 2 * eigen.value, degree: configuration.degree, flatness: Double(configuration.flatness))
                + (place < configuration.rank ? Double(configuration.pass) : 0)
            for left in 0..<items {
                for right in 0..<items { weights[left][right] += response * eigen.vector[left] * eigen.vector[right] }
            }
        }
        let norms = graph.frequencies.map { pow($0, Double(configuration.itemPower)) }
        return (0..<items).map { left in (0..<items).map { right in weights[left][right] * norms[right] / norms[left] } }
    }

    @Test(arguments: [(8, 1.5, 6, 0.2), (3, 10, 0, 0.2), (1, 1, 4, 0), (12, 4, 5, 0.5)] as [(Int, Float, Int, Float)])
    func weightsAreThoseOfTheDefinition(degree: Int, flatness: Float, rank: Int, pass: Float) throws {
        let data = try Self.data(), configuration = Self.configuration(degree: degree, flatness: flatness, rank: rank, pass: pass)
        let model = try SpectralFilter(data, configuration: configuration), expected = Self.reference(data, configuration)
        for item in 0..<Self.items {
            let scores = model.scores(Query(items: [item]))
            #expect(zip(scores, expected[item]).allSatisfy { abs(Double($0) - max($1, 0)) < 3e-4 }, "item \(item)")
        }
    }

    @Test func contributionsSumToTheScore() throws {
        let data = try Self.data(), model = try SpectralFilter(data, configuration: Self.configuration())
        let query = Query(history: data.log.history(of: 3) + [HistoryEvent(item: 2, kind: .hide), HistoryEvent(item: 77), HistoryEvent(item: 5, kind: .cart)])
        let scores = model.scores(query)
        // More than are worked out together, and one the model does not know.
        let contributions = model.contributions(to: Array(0..<Self.items) + [77], of: query)
        for item in scores.indices where scores[item] > 0 { #expect(abs(contributions[item].reduce(0, +) - scores[item]) < 1e-4) }
        #expect(contributions[Self.items].allSatisfy { $0 == 0 })
    }

    @Test func threadsChangeNothing() throws {
        var data = try Self.data()
        data.threads = 1
        let alone = try SpectralFilter(data)
        data.threads = 3
        let together = try SpectralFilter(data)
        #expect(alone.scores(Query(items: [1, 7])) == together.scores(Query(items: [1, 7])))
        #expect(alone.similar(to: 4, count: 5) == together.similar(to: 4, count: 5))
        #expect(!alone.similar(to: 4, count: 5).contains { $0.item == 4 })
    }

    /// Who did nothing, and items that nobody met, have nothing to say.
    @Test func whatNobodyMetStaysAtZero() throws {
        let model = try SpectralFilter(TrainingData(log: try Histories.log([Histories.views([0, 1]), Histories.views([1, 2])], items: 4)))
        #expect(model.scores(Query(history: [])).allSatisfy { $0 == 0 })
        #expect(model.scores(Query(items: [3])).allSatisfy { $0 == 0 })
        let scores = model.scores(Query(items: [0]))
        #expect(scores[1] > scores[2] && scores[3] == 0)
    }
}
