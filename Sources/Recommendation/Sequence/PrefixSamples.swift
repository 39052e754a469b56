import ComputeGraph
import Interactions

/// Every beginning of every user's sequence, and the item that followed it: the samples of a sequence model, by the
/// length of the history that is looked at.
package struct PrefixSamples: Sendable {
    /// All users' items, one user after the other.
    package private(set) var items: [Int32] = []
    /// For each length from 1, where in `items` the target of each sample stands; the history stands before it.
    package private(set) var targets: [[Int32]]

    package var count: Int { targets.reduce(0) { $0 + $1.count } }

    package init(_ data: TrainingData, maximumLength: Int) {
        targets = [[Int32]](repeating: [], count: maximumLength)
        let reader = HistoryReader(data.weights, itemCount: data.log.itemCount)
        let kinds = data.log.kinds.map { data.weights[$0] }
        for user in 0..<data.log.userCount {
            let first = items.count
            for event in data.log.events(of: user) {
                let kind = Int(data.log.eventKinds[event])
                let value = data.log.eventValues[event]
                guard reader.counts(data.log.kinds[kind], weight: kinds[kind], value: value) else { continue }
                let item = Int32(data.log.eventItems[event])
                if items.count > first, items[items.count - 1] == item { continue }
                items.append(item)
            }
            for target in items.indices.dropFirst(first + 1) {
                targets[min(target - first, maximumLength) - 1].append(Int32(target))
            }
        }
    }

    /// Samples of one length.
    package struct Batch: Sendable {
        package var length: Int
        /// Positions in `items`.
        package var targets: [Int32]

        package init(length: Int, targets: [Int32]) {
            self.length = length
            self.targets = targets
        }
    }

    /// How many samples a batch of a length holds: batches as even as they can be, of at most `limit`.
    package func batchSize(length: Int, limit: Int) -> Int {
        let count = targets[length - 1].count
        guard count > 0 else { return 0 }
        let batches = (count + limit - 1) / limit
        return (count + batches - 1) / batches
    }

    /// All samples once, in batches of equal length, in an order that the seed and the epoch decide.
    ///
    /// - Parameters:
    ///   - limit: samples of a batch at most.
    ///   - total: samples at most, some being left out where there are more.
    package func batches(limit: Int, total: Int = .max, seed: UInt64, epoch: Int) -> [Batch] {
        var random = RandomSource(seed, UInt64(epoch), 0x5E9)
        var result: [Batch] = []
        for length in 1...targets.count {
            let size = batchSize(length: length, limit: limit)
            guard size > 0 else { continue }
            let order = targets[length - 1].shuffled(using: &random)
            for start in stride(from: 0, to: order.count, by: size) {
                result.append(Batch(length: length, targets: Array(order[start..<min(start + size, order.count)])))
            }
        }
        result.shuffle(using: &random)
        var taken = 0
        return Array(result.prefix { batch in
            defer { taken += batch.targets.count }
            return taken < total
        })
    }

    /// Writes a batch into a plan's inputs; rows beyond it look at nothing and have no target.
    ///
    /// - Parameters:
    ///   - histories: `[rows, length]`.
    ///   - answers: `[rows]`.
    package func write(_ batch: Batch, histories: UnsafeMutableBufferPointer<Int32>, answers: UnsafeMutableBufferPointer<Int32>) {
        for row in answers.indices {
            let place = row * batch.length
            guard row < batch.targets.count else {
                for step in 0..<batch.length { histories[place + step] = -1 }
                answers[row] = -1
                continue
            }
            let target = Int(batch.targets[row])
            for step in 0..<batch.length { histories[place + step] = items[target - batch.length + step] }
            answers[row] = items[target]
        }
    }
}
