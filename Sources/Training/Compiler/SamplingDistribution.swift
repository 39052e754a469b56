import ComputeGraph
import Foundation
import Kernels

/// How often each of many items is drawn as a negative.
public enum SamplingDistribution: Hashable, Codable, Sendable {
    case uniform
    /// Zipf's law: item `k` of `count` in proportion to `log((k + 2) / (k + 1))`, for items ordered from the most
    /// to the least popular.
    case logUniform
    /// In proportion to a weight for each item, such as its number of purchases. Items of weight zero are never drawn.
    case weighted([Float])
}

/// Draws items by a distribution, with replacement.
struct ItemSampler {
    /// Upper ends of each item's stretch of [0, 1).
    private let cumulative: [Double]
    private let count: Int
    private let distribution: SamplingDistribution

    /// - Throws: `KernelError` when the weights do not fit the items.
    init(_ distribution: SamplingDistribution, count: Int) throws {
        self.distribution = distribution
        self.count = count
        guard case .weighted(let weights) = distribution else {
            cumulative = []
            return
        }
        let total = weights.reduce(0.0) { $0 + Double($1) }
        guard weights.count == count, weights.allSatisfy({ $0 >= 0 && $0.isFinite }), total > 0 else {
            throw KernelError(
                step: "sampled softmax", problem: "\(weights.count) weights, some perhaps negative or all zero, for \(count) items",
                remedy: "give each item one finite weight of at least 0")
        }
        var sum = 0.0
        cumulative = weights.map {
            sum += Double($0)
            return sum / total
        }
    }

    func draw(_ random: inout RandomSource) -> Int {
        let number = Double(random.next() >> 11) * 0x1p-53
        let item: Int
        switch distribution {
        case .uniform: item = Int(number * Double(count))
        case .logUniform: item = Int(exp(number * log(Double(count) + 1))) - 1
        case .weighted:
            // The first item whose stretch ends behind the number.
            var (low, high) = (0, count - 1)
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] > number { high = middle } else { low = middle + 1 }
            }
            item = low
        }
        return min(max(item, 0), count - 1)
    }

    /// The share of draws that give an item.
    func probability(of item: Int) -> Double {
        switch distribution {
        case .uniform: 1 / Double(count)
        case .logUniform: log(Double(item + 2) / Double(item + 1)) / log(Double(count) + 1)
        case .weighted: cumulative[item] - (item > 0 ? cumulative[item - 1] : 0)
        }
    }
}
