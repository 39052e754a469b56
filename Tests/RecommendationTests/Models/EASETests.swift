import Interactions
import Recommendation
import Testing

@Suite struct EASETests {
    private static let items = 18

    private static func data(seed: UInt64 = 8) throws -> TrainingData {
        let users = Histories.random(users: 50, items: items, kinds: [.view, .purchase], seed: seed)
        return TrainingData(log: try Histories.log(users, items: items))
    }

    /// `B = I − P / diag P` with `P = (XᵀX + λ)⁻¹`, by elimination in double precision.
    private static func reference(_ data: TrainingData, penalty: Double) -> [[Double]] {
        let matrix = InteractionMatrix(data)
        var gram = (0..<items).map { row in (0..<items).map { $0 == row ? penalty : 0 } }
        for user in 0..<matrix.rows {
            for left in matrix.range(of: user) {
                for right in matrix.range(of: user) {
                    gram[Int(matrix.indices[left])][Int(matrix.indices[right])] += Double(matrix.values[left] * matrix.values[right])
                }
            }
        }
        let inverse = (0..<items).map { column in solve(gram, (0..<items).map { $0 == column ? 1 : 0 }) }
        return (0..<items).map { row in (0..<items).map { row == $0 ? 0 : -inverse[row][$0] / inverse[$0][$0] } }
    }

    @Test(arguments: [1, 20, 200] as [Float])
    func isTheInverseInClosedForm(penalty: Float) throws {
        let data = try Self.data()
        var configuration = EASE.Configuration()
        configuration.penalty = penalty
        let model = try EASE(data, configuration: configuration)
        let expected = Self.reference(data, penalty: Double(penalty))
        for item in 0..<Self.items {
            let row = model.scores(Query(items: [item]))
            #expect(row[item] == 0)
            #expect(areClose(row, expected[item]))
        }
    }

    @Test func onlyTheLargestWeightsAreKept() throws {
        let data = try Self.data()
        var configuration = EASE.Configuration()
        configuration.penalty = 20
        configuration.neighbors = 4
        let model = try EASE(data, configuration: configuration)
        let expected = Self.reference(data, penalty: 20)
        for item in 0..<Self.items {
            let row = model.scores(Query(items: [item]))
            let limit = expected[item].map(abs).sorted(by: >)[3]
            for other in 0..<Self.items where abs(abs(expected[item][other]) - limit) > 1e-5 {
                #expect((row[other] != 0) == (abs(expected[item][other]) > limit))
            }
        }
    }

    @Test func contributionsSumToTheScore() throws {
        let data = try Self.data()
        var configuration = EASE.Configuration()
        configuration.decay = 0.7
        let model = try EASE(data, configuration: configuration)
        let query = Query(history: data.log.history(of: 3) + [HistoryEvent(item: 2, kind: .hide), HistoryEvent(item: 77), HistoryEvent(item: 5, kind: .cart)])
        let scores = model.scores(query)
        for item in 0..<Self.items { #expect(abs(model.contributions(to: item, of: query).reduce(0, +) - scores[item]) < 1e-5) }
    }

    @Test func aCatalogTooLargeIsRefusedBeforeMemoryIsTaken() throws {
        var configuration = EASE.Configuration()
        configuration.bytes = EASE.byteCount(items: Self.items) - 1
        let error = #expect(throws: EASE.CatalogTooLarge.self) { try EASE(Self.data(), configuration: configuration) }
        #expect(error?.items == Self.items)
        let many = TrainingData(log: try Histories.log([Histories.views([0, 1])], items: 200_000))
        #expect(throws: EASE.CatalogTooLarge.self) { try EASE(many) }
    }
}
