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

    /// Eigenvalues, descending, and vectors of a symmetric matrix, by Jacobi's rotations.
    private static func eigenvectors(_ matrix: [[Double]]) -> [(value: Double, vector: [Double])] {
        let count = matrix.count
        var matrix = matrix, vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
        for _ in 0..<30 {
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) where abs(matrix[p][q]) > 1e-14 {
                    let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
                    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot(), sine = tangent * cosine
                    for k in 0..<count {
                        (matrix[k][p], matrix[k][q]) = (cosine * matrix[k][p] - sine * matrix[k][q], sine * matrix[k][p] + cosine * matrix[k][q])
                    }
                    for k in 0..<count {
                        (matrix[p][k], matrix[q][k]) = (cosine * matrix[p][k] - sine * matrix[q][k], sine * matrix[p][k] + cosine * matrix[q][k])
                        (vectors[p][k], vectors[q][k]) = (cosine * vectors[p][k] - sine * vectors[q][k], sine * vectors[p][k] + cosine * vectors[q][k])
                    }
                }
            }
        }
        return (0..<count).map { (matrix[$0][$0], vectors[$0]) }.sorted { $0.0 > $1.0 }
    }

    /// The weights of items on others as defined: rows speak, columns are scored.
    private static func reference(_ data: TrainingData, _ configuration: GraphFilter.Configuration) -> [[Double]] {
        let matrix = InteractionMatrix(data)
        var dense = (0..<matrix.rows).map { _ in [Double](repeating: 0, count: items) }
        for user in 0..<matrix.rows {
            for position in matrix.range(of: user) { dense[user][Int(matrix.indices[position])] = Double(matrix.values[position]) }
        }
        let frequencies = (0..<items).map { item in dense.reduce(0) { $0 + $1[item] } }
        for user in dense.indices {
            let amount = dense[user].reduce(0, +)
            for item in 0..<items where dense[user][item] > 0 {
                dense[user][item] *= pow(amount, -Double(configuration.userPower) / 2) / frequencies[item].squareRoot()
            }
        }
        var products = (0..<items).map { left in (0..<items).map { right in dense.reduce(0) { $0 + $1[left] * $1[right] } } }
        let eigen = eigenvectors(products)
        for (value, vector) in eigen.prefix(configuration.rank) {
            for left in 0..<items {
                for right in 0..<items { products[left][right] -= (value - eigen[configuration.rank].value) * vector[left] * vector[right] }
            }
        }
        let power = 0.5 - Double(configuration.balance)
        let norms = frequencies.map { pow(max($0, 1e-6), power) }
        // What nobody met together stays at zero, and nothing is below it.
        return (0..<items).map { left in
            (0..<items).map { right in
                let met = left != right && dense.contains { $0[left] > 0 && $0[right] > 0 }
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
