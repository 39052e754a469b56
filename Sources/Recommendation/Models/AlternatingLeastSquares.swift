import CRanking
import ComputeGraph
import Interactions
import ModelStore
import Parallelism

/// Matrix factorization of implicit feedback (Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets",
/// 2008), with the weights of events as confidence, solved by conjugate gradients.
///
/// Only items are kept. Whoever is asked for gets factors from the history, by one small solve.
public struct AlternatingLeastSquares: RankingModel {
    public static let name = "als"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Numbers for each item, 1 to 1024.
        public var factors = 64
        public var iterations = 15
        public var penalty: Float = 0.05
        /// What an event of weight 1 adds to the confidence of 1 that all pairs have.
        public var confidence: Float = 10
        /// Steps of the conjugate gradient method for each row and iteration.
        public var steps = 3

        public init() {}
    }

    public let configuration: Configuration
    public let itemCount: Int
    /// Of a row of factors, with zeros at its end.
    package let width: Int
    /// `[items, width]`.
    package let factors: FrozenArray<Float>
    /// The sum of the factors' outer products, with the penalty on the diagonal.
    let gram: [Float]
    private let weights: EventWeights

    public var scale: ScoreScale { .logits }

    /// - Parameters:
    ///   - initial: factors to begin with, such as those of the model before; of more items the rest is drawn.
    ///   - progress: told how many iterations are done.
    public init(
        _ data: TrainingData, configuration: Configuration = Configuration(), initial: AlternatingLeastSquares? = nil,
        progress: (Int) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        weights = data.weights
        let width = (configuration.factors + 15) / 16 * 16
        self.width = width
        let matrix = InteractionMatrix(data)
        itemCount = matrix.columns
        let users = FactorSide(matrix, confidence: configuration.confidence, width: width)
        let items = FactorSide(matrix.transposed, confidence: configuration.confidence, width: width)
        var random = RandomSource(data.seed, 0xA15)
        let deviation = 1 / Float(configuration.factors).squareRoot()
        for row in 0..<itemCount {
            for column in 0..<configuration.factors { items.factors[row * width + column] = (random.uniform() - 0.5) * 2 * 0.1 * deviation }
        }
        if let initial, initial.width == width {
            for index in 0..<min(initial.factors.count, items.factors.count) { items.factors[index] = initial.factors[index] }
        }
        for iteration in 0..<configuration.iterations {
            try users.solve(against: items, configuration, threads: data.threads)
            try items.solve(against: users, configuration, threads: data.threads)
            progress(iteration + 1)
        }
        factors = FrozenArray(Array(items.factors))
        gram = items.gram(penalty: configuration.penalty)
    }

    init(configuration: Configuration, weights: EventWeights, factors: FrozenArray<Float>, gram: [Float]) {
        self.configuration = configuration
        self.weights = weights
        let width = (configuration.factors + 15) / 16 * 16
        self.width = width
        self.factors = factors
        self.gram = gram
        itemCount = factors.count / width
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        let user = userFactors(of: query)
        factors.withUnsafeBufferPointer { cr_products($0.baseAddress!, user, scores.baseAddress!, itemCount, width) }
    }

    /// The factors that a history amounts to.
    package func userFactors(of query: Query) -> [Float] {
        userFactors(of: CollectionOfOne(query))
    }

    /// The factors that histories amount to, `[queries, width]`.
    func userFactors(of queries: some Collection<Query>) -> [Float] {
        var offsets: [Int64] = [0], columns: [UInt32] = [], confidences: [Float] = []
        for query in queries {
            appendEntries(of: query, &columns, &confidences)
            offsets.append(Int64(columns.count))
        }
        var users = [Float](repeating: 0, count: queries.count * width)
        factors.withUnsafeBufferPointer { fixed in
            FactorSide.withProblem(
                offsets: offsets, columns: columns, confidences: confidences, fixed: fixed.baseAddress!, gram: gram, width: width, steps: 10
            ) { problem in
                users.withUnsafeMutableBufferPointer { cr_solve_factors(&problem, $0.baseAddress!, 0, queries.count) }
            }
        }
        return users
    }

    /// Adds the items that a history speaks for, ascending, and what is above their confidence of 1.
    private func appendEntries(of query: Query, _ columns: inout [UInt32], _ confidences: inout [Float]) {
        var met = query.history.indices.filter { query.history[$0].item < itemCount }
        met.sort { (query.history[$0].item, $0) < (query.history[$1].item, $1) }
        var place = 0
        while place < met.count {
            let item = query.history[met[place]].item
            var sum: Float = 0
            while place < met.count, query.history[met[place]].item == item {
                sum += Float(query.weight(of: query.history[met[place]], weights))
                place += 1
            }
            guard sum > 0 else { continue }
            columns.append(UInt32(item))
            confidences.append(configuration.confidence * sum)
        }
    }

    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item < itemCount else { return [] }
        var scores = [Float](repeating: 0, count: itemCount)
        factors.withUnsafeBufferPointer { all in
            cr_products(all.baseAddress!, all.baseAddress! + item * width, &scores, itemCount, width)
            for other in scores.indices {
                let row = all.baseAddress! + other * width
                scores[other] /= max(cr_dot(row, row, width), 1e-12).squareRoot()
            }
        }
        scores[item] = -.infinity
        return scores.best(count)
    }

    public func similarity(_ left: Int, _ right: Int) -> Float? {
        guard left < itemCount, right < itemCount else { return nil }
        return factors.withUnsafeBufferPointer { all in
            let (first, second) = (all.baseAddress! + left * width, all.baseAddress! + right * width)
            let norms = (cr_dot(first, first, width) * cr_dot(second, second, width)).squareRoot()
            return norms > 0 ? cr_dot(first, second, width) / norms : nil
        }
    }

    /// The score is linear in the items of the history: what each brings in, for the confidences of them all (as in the
    /// paper's section 5), shared among its events by their weights.
    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        let none = [Float](repeating: 0, count: query.history.count)
        var columns: [UInt32] = [], confidences: [Float] = []
        appendEntries(of: query, &columns, &confidences)
        guard !columns.isEmpty else { return items.map { _ in none } }
        // By event, where its item stands among the entries.
        let entries = query.history.map { $0.item < itemCount ? columns.ascendingPosition(of: UInt32($0.item)) : nil }
        return factors.withUnsafeBufferPointer { all in
            var directions = items.flatMap { $0 < itemCount ? Array(all[$0 * width..<($0 + 1) * width]) : [Float](repeating: 0, count: width) }
            guard solve(for: columns, confidences, all, &directions) else { return items.map { _ in none } }
            return items.indices.map { place in
                var parts = none
                let direction = Array(directions[place * width..<(place + 1) * width])
                for (position, event) in query.history.enumerated() {
                    guard let entry = entries[position] else { continue }
                    let whole = (1 + confidences[entry]) * cr_dot(all.baseAddress! + event.item * width, direction, width)
                    parts[position] = whole * configuration.confidence * Float(query.weight(of: event, weights)) / confidences[entry]
                }
                return parts
            }
        }
    }

    /// Replaces vectors by those whose products with the matrix of a history they are; false where it is not positive definite.
    private func solve(
        for columns: [UInt32], _ confidences: [Float], _ all: UnsafeBufferPointer<Float>, _ vectors: inout [Float]
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width * width) { matrix in
            _ = matrix.initialize(from: gram)
            for (column, confidence) in zip(columns, confidences) {
                let row = all.baseAddress! + Int(column) * width
                for place in 0..<width where row[place] != 0 {
                    cr_add_scaled(matrix.baseAddress! + place * width, row, confidence * row[place], width)
                }
            }
            // Zeros at the end of the rows leave nothing there but the penalty, which may be zero.
            for place in configuration.factors..<max(width, configuration.factors) { matrix[place * width + place] = 1 }
            return FactorSide.solve(matrix, width: width, &vectors)
        }
    }
}
