import ComputeGraph
import CRanking
import Interactions
import Kernels

/// A transformer over the items of a history, in their order: self-attention beside a low-pass filter (Shin et al., "An
/// attentive inductive bias for sequential recommendation beyond the self-attention", 2024).
///
/// What it learned is bound to items alone. It answers for any history at once, one that no one ever had included.
public struct SequenceModel: RankingModel {
    public static let name = "sequence"

    public let configuration: SequenceConfiguration
    public let itemCount: Int
    /// Which events of a history count.
    public let weights: EventWeights
    /// In the order of the network's parameters.
    package let parameters: [[Float]]
    let encoder: SequenceEncoder
    private let reader: HistoryReader
    /// One over the length of each item's row.
    private let inverseNorms: [Float]

    public var scale: ScoreScale { .logits }

    /// - Parameters:
    ///   - parameters: those of the network, in its order.
    ///   - threads: that answer at the same time.
    /// - Throws: `SequenceConfiguration.Invalid`; `GraphError` when the catalog is too large; `InferenceError` when the
    ///   parameters do not fit.
    package init(
        _ configuration: SequenceConfiguration, itemCount: Int, weights: EventWeights, parameters: [[Float]], threads: Int = 1
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.itemCount = itemCount
        self.weights = weights
        self.parameters = parameters
        reader = HistoryReader(weights, itemCount: itemCount)
        encoder = try SequenceEncoder(
            SequenceGraph(configuration: configuration, itemCount: itemCount), parameters: parameters, threads: threads)
        let width = configuration.width
        inverseNorms = parameters[0].withUnsafeBufferPointer { table in
            (0..<itemCount).map { item in
                guard let row = table.baseAddress.map({ $0 + item * width }) else { return 0 }
                let norm = cr_dot(row, row, width).squareRoot()
                return norm > 0 ? 1 / norm : 0
            }
        }
    }

    /// One row of `configuration.width` numbers for each item: a state's product with it is the item's score.
    public var itemEmbeddings: [Float] { parameters[0] }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        let width = configuration.width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { state in
            guard encode(query, into: state) else {
                scores.update(repeating: 0)
                return
            }
            parameters[0].withUnsafeBufferPointer {
                cr_products($0.baseAddress, state.baseAddress, scores.baseAddress, itemCount, width)
            }
        }
    }

    /// Writes what the model makes of a history: its product with an item's embedding is the item's score.
    ///
    /// - Parameter state: room for `configuration.width` numbers.
    /// - Returns: false for a history without any item that the model knows, which has no state.
    public func encode(_ query: Query, into state: UnsafeMutableBufferPointer<Float>) -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: configuration.maximumLength) { steps in
            let count = reader.read(query.history, into: steps)
            guard count > 0 else { return false }
            for step in 0..<count { steps[step] = Int32(query.history[Int(steps[step])].item) }
            let history = UnsafeBufferPointer(rebasing: steps[..<count])
            // There are kernels for every length; only memory for a first answer can be short.
            do { try encoder.encode(history, count: 1, length: count, into: state) } catch {
                preconditionFailure("the sequence model could not answer: \(error)")
            }
            return true
        }
    }

    /// By the cosine of embeddings.
    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item >= 0, item < itemCount, count > 0 else { return [] }
        var cosines = cosines(with: item)
        cosines[item] = -.infinity
        return cosines.best(count)
    }

    /// Of all items' embeddings with that of one.
    func cosines(with item: Int) -> [Float] {
        let width = configuration.width
        var cosines = [Float](repeating: 0, count: itemCount)
        parameters[0].withUnsafeBufferPointer { table in
            guard let base = table.baseAddress else { return }
            cr_products(base, base + item * width, &cosines, itemCount, width)
        }
        for other in 0..<itemCount { cosines[other] *= inverseNorms[other] * inverseNorms[item] }
        return cosines
    }

    /// Latest steps that are looked at for reasons: each takes another pass of the network.
    static let explainedSteps = 16

    /// By how much the items' scores fall without the event, for the latest events.
    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        var result = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        let steps = steps(of: query), history = steps.map { query.history[$0] }
        let explained = steps.indices.suffix(Self.explainedSteps)
        // Nearly all are of one length, and pass together.
        let queries = [Query(history: history)] + explained.map { place in
            var rest = history
            rest.remove(at: place)
            return Query(history: rest)
        }
        let states: [Float]
        do { states = try self.states(for: queries) } catch { preconditionFailure("the sequence model could not answer: \(error)") }
        let width = configuration.width
        states.withUnsafeBufferPointer { states in
            parameters[0].withUnsafeBufferPointer { table in
                for (index, item) in items.enumerated() where item >= 0 && item < itemCount {
                    let row = table.baseAddress! + item * width
                    let whole = cr_dot(row, states.baseAddress!, width)
                    for (number, place) in explained.enumerated() {
                        result[index][steps[place]] = whole - cr_dot(row, states.baseAddress! + (number + 1) * width, width)
                    }
                }
            }
        }
        return result
    }

    /// Positions in a query's history of the steps that the model looks at.
    func steps(of query: Query) -> [Int] {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: configuration.maximumLength) { steps in
            steps[..<reader.read(query.history, into: steps)].map(Int.init)
        }
    }
}
