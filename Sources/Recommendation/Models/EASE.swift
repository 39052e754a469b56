import COpenBLAS
import Foundation
import Interactions

/// A linear model of items on items in closed form (Steck, "Embarrassingly shallow autoencoders for sparse data", 2019).
///
/// It inverts a matrix of all items by all items, and so takes `4 items²` bytes while fitting: `EASE.byteCount`. Of the
/// weights the largest of each item are kept.
public struct EASE: RankingModel {
    public static let name = "ease"

    public struct Configuration: Hashable, Codable, Sendable {
        public var penalty: Float = 200
        /// Weights kept of each item.
        public var neighbors = 400
        /// What each earlier step of a history counts of the next; 1 knows no order.
        public var decay: Float = 1
        /// Memory that fitting may take.
        public var bytes = 4 << 30

        public init() {}
    }

    public let configuration: Configuration
    /// For each item its weights on others.
    let rows: SparseRows
    private let weights: EventWeights

    public var itemCount: Int { rows.count }
    public var scale: ScoreScale { .logits }

    /// Memory that fitting takes for so many items.
    public static func byteCount(items: Int) -> Int { items * items * MemoryLayout<Float>.size }

    /// A catalog too large for this model.
    public struct CatalogTooLarge: Error, CustomStringConvertible {
        public var items: Int
        public var limit: Int
        public var description: String {
            "EASE needs \(EASE.byteCount(items: items) >> 20) MB for \(items) items, and \(limit >> 20) MB are allowed; "
                + "leave the model out, or allow more"
        }
    }

    /// - Throws: `CatalogTooLarge`.
    public init(_ data: TrainingData, configuration: Configuration = Configuration()) throws {
        self.configuration = configuration
        weights = data.weights
        let count = data.log.itemCount
        guard Self.byteCount(items: count) <= configuration.bytes else {
            throw CatalogTooLarge(items: count, limit: configuration.bytes)
        }
        let matrix = InteractionMatrix(data)
        let inverse = UnsafeMutableBufferPointer<Float>.allocate(capacity: count * count)
        defer { inverse.deallocate() }
        inverse.initialize(repeating: 0)
        for user in 0..<matrix.rows {
            let range = matrix.range(of: user)
            for left in range {
                let row = Int(matrix.indices[left]) * count
                // One triangle is enough.
                for right in left..<range.upperBound {
                    inverse[row + Int(matrix.indices[right])] += matrix.values[left] * matrix.values[right]
                }
            }
        }
        for item in 0..<count { inverse[item * count + item] += configuration.penalty }
        // Row-major upper is column-major lower.
        var triangle = Int8(UInt8(ascii: "L")), size = Int32(count), stride = Int32(count), status: Int32 = 0
        spotrf_(&triangle, &size, inverse.baseAddress!, &stride, &status)
        if status == 0 { spotri_(&triangle, &size, inverse.baseAddress!, &stride, &status) }
        precondition(status == 0, "a sum of squares with a positive diagonal is positive definite")
        for row in 0..<count {
            for column in row + 1..<max(count, row + 1) { inverse[column * count + row] = inverse[row * count + column] }
        }
        let rows = (0..<count).lazy.map { item in
            let row = (0..<count).map { $0 == item ? 0 : -inverse[item * count + $0] / inverse[$0 * count + $0] }
            let kept = row.indices.filter { row[$0] != 0 }
            return SparseRow(columns: kept.map { UInt32($0) }, values: kept.map { row[$0] }, keeping: configuration.neighbors)
        }
        self.rows = SparseRows(rows, entries: count * min(count, configuration.neighbors))
    }

    init(configuration: Configuration, weights: EventWeights, rows: SparseRows) {
        self.configuration = configuration
        self.weights = weights
        self.rows = rows
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        for step in steps(of: query) { rows.add(step.item, times: step.weight, to: scores) }
    }

    private func steps(of query: Query) -> [Step] { query.steps(among: itemCount, weights, decay: configuration.decay) }

    public func similar(to item: Int, count: Int) -> [ScoredItem] { item < itemCount ? rows.best(of: item, count: count) : [] }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        var all = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        for step in steps(of: query) {
            for (place, own) in rows.values(at: items, of: step.item).enumerated() { all[place][step.position] = step.weight * own }
        }
        return all
    }
}
