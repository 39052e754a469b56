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
    public let itemCount: Int
    /// For each item its weights on others: `starts[item]..<starts[item + 1]`.
    let starts: [Int]
    let neighbors: [UInt32]
    let values: [Float]
    private let weights: EventWeights

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
        itemCount = count
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
        var starts = [0], neighbors: [UInt32] = [], values: [Float] = []
        var row = [Float](repeating: 0, count: count)
        for item in 0..<count {
            for other in 0..<count { row[other] = other == item ? 0 : -inverse[item * count + other] / inverse[other * count + other] }
            let kept = row.indices.filter { row[$0] != 0 }
            let threshold = kept.count <= configuration.neighbors
                ? 0 : row.map(abs).best(configuration.neighbors).last!.score
            for other in kept where abs(row[other]) >= threshold {
                neighbors.append(UInt32(other))
                values.append(row[other])
            }
            starts.append(neighbors.count)
        }
        (self.starts, self.neighbors, self.values) = (starts, neighbors, values)
    }

    init(configuration: Configuration, weights: EventWeights, starts: [Int], neighbors: [UInt32], values: [Float]) {
        self.configuration = configuration
        self.weights = weights
        itemCount = starts.count - 1
        (self.starts, self.neighbors, self.values) = (starts, neighbors, values)
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        var share: Float = 1
        for event in query.history.reversed() where event.item < itemCount {
            let weight = Float(weights.weight(of: event)) * share
            guard weight > 0 else { continue }
            for position in starts[event.item]..<starts[event.item + 1] { scores[Int(neighbors[position])] += weight * values[position] }
            share *= configuration.decay
        }
    }

    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item < itemCount else { return [] }
        return (starts[item]..<starts[item + 1]).map { ScoredItem(item: Int(neighbors[$0]), score: values[$0]) }
            .sorted { $0.score > $1.score }.prefix(count).filter { $0.score > 0 }
    }

    public func contributions(to item: Int, of query: Query) -> [Float] {
        var all = [Float](repeating: 0, count: query.history.count), share: Float = 1
        for (place, event) in query.history.enumerated().reversed() where event.item < itemCount {
            let weight = Float(weights.weight(of: event)) * share
            guard weight > 0 else { continue }
            share *= configuration.decay
            let range = starts[event.item]..<starts[event.item + 1]
            if let position = range.first(where: { neighbors[$0] == item }) { all[place] = weight * values[position] }
        }
        return all
    }
}
