import Interactions
import Recommendation
import Testing

@Suite struct FactorSearchTests {
    /// Blocks and tiles that are full, and those that are not.
    @Test(arguments: [(1, 5), (63, 33), (130, 700), (64, 512)])
    func manyAnswersAtOnceAreThoseOfOneAfterTheOther(_ users: Int, _ items: Int) throws {
        let log = try Histories.log(Histories.random(users: users, items: items, seed: 9), items: items)
        var configuration = AlternatingLeastSquares.Configuration()
        (configuration.factors, configuration.iterations) = (20, 3)
        let model = try AlternatingLeastSquares(TrainingData(log: log), configuration: configuration)
        let histories = (0..<users).map { log.history(of: $0) }
        let answers = try model.best(7, for: histories.map { Query(history: $0) }, excluding: { histories[$0].map(\.item) + [-1, items] }, threads: 2)
        #expect(answers.count == users)
        for (user, answer) in answers.enumerated() {
            let had = Set(histories[user].map(\.item)), scores = model.scores(Query(history: histories[user]))
            let expected = (0..<items).filter { !had.contains($0) }.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(7)
            #expect(answer.count == expected.count)
            #expect(answer.allSatisfy { !had.contains($0.item) })
            // Sums are rounded in another order: equal but for that.
            for (one, other) in zip(answer, expected) { #expect(abs(one.score - scores[other]) < 1e-4 && abs(one.score - scores[one.item]) < 1e-4) }
        }
    }

    @Test func nobodyAndNothingAreAnswered() throws {
        let log = try Histories.log([Histories.views([0, 1])], items: 3)
        let model = try AlternatingLeastSquares(TrainingData(log: log))
        #expect(try model.best(5, for: [], threads: 2).isEmpty)
        #expect(try model.best(0, for: [Query(items: [0])], threads: 2) == [[]])
        #expect(try model.best(5, for: [Query(items: [0])], excluding: { _ in [0, 1, 2] }, threads: 2) == [[]])
        #expect(try model.best(5, for: [Query(items: [0])], threads: 1)[0].count == 3)
    }
}
