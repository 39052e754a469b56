#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions
import ModelStore

/// Counts which items stand near which in the histories, a block of items at a time, so that memory is bounded however long
/// the log is.
struct PairCounter {
    let configuration: ItemNeighbors.Configuration
    /// By item, the sum of the weights of its steps.
    let frequencies: [Float]
    private let items: [UInt32]
    private let weights: [Float]
    /// Where each user's steps begin.
    private let offsets: [Int]

    /// Pairs that are held at once: 12 bytes each.
    static let pairsAtOnce = 1 << 24

    static func nearness(_ distance: Int, power: Float) -> Float { pow(Float(distance), -power) }

    init(_ data: TrainingData, configuration: ItemNeighbors.Configuration) {
        self.configuration = configuration
        var items: [UInt32] = [], weights: [Float] = [], offsets = [0]
        var frequencies = [Float](repeating: 0, count: data.log.itemCount)
        for user in 0..<data.log.userCount {
            for step in data.steps(of: user) {
                items.append(UInt32(step.item))
                weights.append(step.weight)
                frequencies[step.item] += step.weight
            }
            offsets.append(items.count)
        }
        (self.items, self.weights, self.offsets, self.frequencies) = (items, weights, offsets, frequencies)
    }

    /// For each item those that stand near it, with the sums of their pairs.
    func count(pairsAtOnce: Int) -> SparseRows {
        let itemCount = frequencies.count
        // Pairs of each item, to cut the items into blocks of bounded size.
        var pairs = [Int](repeating: 0, count: itemCount)
        for user in 0..<offsets.count - 1 {
            let range = offsets[user]..<offsets[user + 1]
            for position in range {
                let near = min(position - range.lowerBound, configuration.window) + min(range.upperBound - 1 - position, configuration.window)
                pairs[Int(items[position])] += near
            }
        }
        var starts = [0], neighbors: [UInt32] = [], counts: [Float] = []
        // Room that is not used takes no memory, and growing would take that of two copies.
        let most = pairs.reduce(0) { $0 + min($1, configuration.neighbors, itemCount) }
        neighbors.reserveCapacity(most)
        counts.reserveCapacity(most)
        var first = 0
        while first < itemCount {
            var last = first, total = 0
            while last < itemCount, last == first || total + pairs[last] <= pairsAtOnce {
                total += pairs[last]
                last += 1
            }
            count(first..<last, pairs: pairs, into: &starts, &neighbors, &counts)
            first = last
        }
        return SparseRows(starts: starts, columns: FrozenArray(neighbors), values: FrozenArray(counts))
    }

    private func count(
        _ block: Range<Int>, pairs: [Int], into starts: inout [Int], _ neighbors: inout [UInt32], _ counts: inout [Float]
    ) {
        var next = [0]
        for item in block { next.append(next.last! + pairs[item]) }
        let limits = next
        var others = [UInt32](repeating: 0, count: next.last!), amounts = [Float](repeating: 0, count: next.last!)
        let near = (0...configuration.window).map { $0 == 0 ? 0 : Self.nearness($0, power: configuration.distancePower) }
        for user in 0..<offsets.count - 1 {
            let range = offsets[user]..<offsets[user + 1]
            let share = configuration.lengthPower == 0 ? 1 : pow(Float(range.count), -configuration.lengthPower)
            for position in range where block.contains(Int(items[position])) {
                let slot = Int(items[position]) - block.lowerBound
                for other in max(range.lowerBound, position - configuration.window)...min(range.upperBound - 1, position + configuration.window)
                where items[other] != items[position] {
                    let forward = other > position
                    others[next[slot]] = items[other]
                    amounts[next[slot]] = weights[other] * share * near[abs(other - position)] * (forward ? 1 : configuration.backward)
                    next[slot] += 1
                }
            }
        }
        // Sums for one item at a time, in a row of all items of which only the touched ones are looked at.
        var sums = [Float](repeating: 0, count: frequencies.count)
        var touched: [UInt32] = []
        for slot in 0..<block.count {
            touched.removeAll(keepingCapacity: true)
            for position in limits[slot]..<next[slot] {
                let other = Int(others[position])
                if sums[other] == 0 { touched.append(others[position]) }
                sums[other] += amounts[position]
            }
            if touched.count > configuration.neighbors {
                touched.sort { sums[Int($0)] > sums[Int($1)] }
                for other in touched[configuration.neighbors...] { sums[Int(other)] = 0 }
                touched.removeLast(touched.count - configuration.neighbors)
            }
            touched.sort()
            for other in touched {
                neighbors.append(other)
                counts.append(sums[Int(other)])
                sums[Int(other)] = 0
            }
            starts.append(neighbors.count)
        }
    }
}
