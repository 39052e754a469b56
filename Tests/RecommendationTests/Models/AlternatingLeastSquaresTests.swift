import Interactions
import Recommendation
import Testing

@Suite struct AlternatingLeastSquaresTests {
    private static let items = 24

    private static func data(seed: UInt64 = 4, threads: Int = 1) throws -> TrainingData {
        let users = Histories.random(users: 40, items: items, kinds: [.view, .purchase], lengths: 2...10, seed: seed)
        return TrainingData(log: try Histories.log(users, items: items), seed: seed, threads: threads)
    }

    private static func configuration(iterations: Int, steps: Int = 24) -> AlternatingLeastSquares.Configuration {
        var configuration = AlternatingLeastSquares.Configuration()
        configuration.factors = 6
        configuration.iterations = iterations
        configuration.steps = steps
        configuration.penalty = 0.5
        configuration.confidence = 2
        return configuration
    }

    private static func rows(_ model: AlternatingLeastSquares) -> [[Double]] {
        (0..<model.itemCount).map { item in
            (0..<model.configuration.factors).map { Double(model.factors[item * model.width + $0]) }
        }
    }

    /// One side from the other by the normal equations: `(λ + Σ y yᵀ + Σ c y yᵀ) x = Σ (1 + c) y`.
    private static func solved(_ matrix: InteractionMatrix, _ other: [[Double]], _ configuration: AlternatingLeastSquares.Configuration) -> [[Double]] {
        let width = configuration.factors
        return (0..<matrix.rows).map { row in
            let range = matrix.range(of: row)
            guard !range.isEmpty else { return [Double](repeating: 0, count: width) }
            var system = (0..<width).map { left in
                (0..<width).map { right in
                    other.reduce(left == right ? Double(configuration.penalty) : 0) { $0 + $1[left] * $1[right] }
                }
            }
            var target = [Double](repeating: 0, count: width)
            for entry in range {
                let factors = other[Int(matrix.indices[entry])], confidence = Double(configuration.confidence * matrix.values[entry])
                for left in 0..<width {
                    target[left] += (1 + confidence) * factors[left]
                    for right in 0..<width { system[left][right] += confidence * factors[left] * factors[right] }
                }
            }
            return solve(system, target)
        }
    }

    private static func product(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }

    /// The paper's objective for the best users that given items have.
    private static func objective(_ matrix: InteractionMatrix, items: [[Double]], _ configuration: AlternatingLeastSquares.Configuration) -> Double {
        let users = solved(matrix, items, configuration)
        let penalty = Double(configuration.penalty)
        var sum = (users + items).reduce(0) { $0 + penalty * product($1, $1) }
        for user in 0..<matrix.rows {
            var confidences = [Double](repeating: 0, count: items.count)
            for entry in matrix.range(of: user) {
                confidences[Int(matrix.indices[entry])] = Double(configuration.confidence * matrix.values[entry])
            }
            for item in items.indices {
                let error = (confidences[item] > 0 ? 1 : 0) - product(users[user], items[item])
                sum += (1 + confidences[item]) * error * error
            }
        }
        return sum
    }

    @Test func theObjectiveFallsInEveryIteration() throws {
        let data = try Self.data()
        let matrix = InteractionMatrix(data)
        var last = Double.infinity
        for iterations in 0...10 {
            let configuration = Self.configuration(iterations: iterations)
            let value = Self.objective(matrix, items: Self.rows(try AlternatingLeastSquares(data, configuration: configuration)), configuration)
            #expect(value <= last * (1 + 1e-6), "iteration \(iterations): \(value) after \(last)")
            last = value
        }
        // The usual three steps of conjugate gradients end about as low.
        let usual = Self.configuration(iterations: 20, steps: 3)
        #expect(Self.objective(matrix, items: Self.rows(try AlternatingLeastSquares(data, configuration: usual)), usual) < last * 1.02)
    }

    @Test func manyStepsAreTheExactSolution() throws {
        let data = try Self.data()
        let matrix = InteractionMatrix(data)
        let configuration = Self.configuration(iterations: 0)
        var items = Self.rows(try AlternatingLeastSquares(data, configuration: configuration))
        for _ in 0..<4 {
            let users = Self.solved(matrix, items, configuration)
            items = Self.solved(matrix.transposed, users, configuration)
        }
        let model = try AlternatingLeastSquares(data, configuration: Self.configuration(iterations: 4))
        for (own, exact) in zip(Self.rows(model), items) { #expect(areClose(own.map(Float.init), exact, tolerance: 2e-3)) }
        // Unused places of a row stay empty.
        for item in 0..<Self.items {
            #expect((6..<model.width).allSatisfy { model.factors[item * model.width + $0] == 0 })
        }
    }

    @Test func aHistoryIsFoldedInAsTrainingWouldHaveSolvedIt() throws {
        let data = try Self.data()
        let configuration = Self.configuration(iterations: 40)
        let model = try AlternatingLeastSquares(data, configuration: configuration)
        let items = Self.rows(model)
        let trained = Self.solved(InteractionMatrix(data), items, configuration)
        for user in 0..<data.log.userCount {
            let scores = model.scores(Query(history: data.log.history(of: user)))
            #expect(areClose(scores, items.map { Self.product($0, trained[user]) }, tolerance: 2e-3))
        }
        #expect(model.scores(Query(history: [])).allSatisfy { $0 == 0 })
        #expect(model.scores(Query(items: [500])).allSatisfy { $0 == 0 })
        #expect(model.scores(Query(history: [HistoryEvent(item: 3, kind: .hide)])).allSatisfy { $0 == 0 })
    }

    @Test func theSameSeedGivesTheSameFactorsOnAnyThreads() throws {
        let configuration = Self.configuration(iterations: 3)
        let one = try AlternatingLeastSquares(Self.data(threads: 1), configuration: configuration)
        #expect(try AlternatingLeastSquares(Self.data(threads: 3), configuration: configuration).factors == one.factors)
        var other = try Self.data()
        other.seed += 1
        #expect(try AlternatingLeastSquares(other, configuration: configuration).factors != one.factors)
    }

    @Test func aModelBeforeIsWhereTrainingBegins() throws {
        let data = try Self.data()
        let before = try AlternatingLeastSquares(data, configuration: Self.configuration(iterations: 5))
        let none = try AlternatingLeastSquares(data, configuration: Self.configuration(iterations: 0), initial: before)
        #expect(none.factors == before.factors)
        let more = try AlternatingLeastSquares(data, configuration: Self.configuration(iterations: 2), initial: before)
        // But for rounding: the users are solved from nothing again.
        let whole = try AlternatingLeastSquares(data, configuration: Self.configuration(iterations: 7))
        #expect(areClose(more.factors.array, whole.factors.map(Double.init), tolerance: 2e-3))
    }

    @Test func similarItemsAreThoseOfTheLargestCosine() throws {
        let model = try AlternatingLeastSquares(Self.data(), configuration: Self.configuration(iterations: 6))
        let rows = Self.rows(model)
        for item in 0..<Self.items {
            let similar = model.similar(to: item, count: 5)
            #expect(!similar.contains { $0.item == item })
            func cosine(_ other: Int) -> Double {
                Self.product(rows[item], rows[other]) / (Self.product(rows[item], rows[item]) * Self.product(rows[other], rows[other])).squareRoot()
            }
            let expected = (0..<Self.items).filter { $0 != item }.map(cosine).sorted(by: >).prefix(5)
            #expect(areClose(similar.map { Float(cosine($0.item)) }, Array(expected)))
            if let similarity = model.similarity(item, similar[0].item) { #expect(abs(Double(similarity) - cosine(similar[0].item)) < 1e-4) }
        }
    }

    /// What the events bring in is the whole score, shared among those of the same item by their weights.
    @Test(arguments: [16, 20]) func contributionsAddUpToTheScore(_ factors: Int) throws {
        let log = try Histories.log(Histories.random(users: 40, items: 30, kinds: [.view, .cart, .hide], seed: 6), items: 30)
        var configuration = AlternatingLeastSquares.Configuration()
        (configuration.factors, configuration.iterations) = (factors, 5)
        let model = try AlternatingLeastSquares(TrainingData(log: log), configuration: configuration)
        for user in 0..<10 {
            let query = Query(history: log.history(of: user)), scores = model.scores(query)
            for item in stride(from: 0, to: 30, by: 7) {
                let parts = model.contributions(to: item, of: query)
                #expect(parts.count == query.history.count)
                #expect(abs(parts.reduce(0, +) - scores[item]) < 2e-3, "user \(user), item \(item)")
            }
        }
        let twice = model.contributions(to: 3, of: Query(history: [HistoryEvent(item: 5), HistoryEvent(item: 5, kind: .cart), HistoryEvent(item: 99)]))
        #expect(abs(twice[1] - 3 * twice[0]) < 1e-5 && twice[2] == 0)
        #expect(model.contributions(to: 3, of: Query(history: [])).isEmpty)
    }
}
