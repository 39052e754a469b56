extension [Float] {
    /// The largest scores with their positions, best first; of equal ones the first comes first.
    func best(_ count: Int) -> [ScoredItem] {
        withUnsafeBufferPointer { $0.best(count) }
    }
}

extension UnsafeBufferPointer<Float> {
    /// The largest scores with their positions, best first; of equal ones the first comes first. Scores of minus infinity
    /// are left out.
    func best(_ count: Int) -> [ScoredItem] {
        guard count > 0 else { return [] }
        // A heap of the best so far whose root is the worst of them.
        var heap: [ScoredItem] = []
        heap.reserveCapacity(count)
        func isWorse(_ left: ScoredItem, _ right: ScoredItem) -> Bool {
            left.score < right.score || (left.score == right.score && left.item > right.item)
        }
        func sink(_ start: Int) {
            var parent = start
            while true {
                var worst = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isWorse(heap[child], heap[worst]) { worst = child }
                if worst == parent { return }
                heap.swapAt(parent, worst)
                parent = worst
            }
        }
        var threshold = -Float.infinity
        for (item, score) in enumerated() where score > threshold {
            if heap.count < count {
                heap.append(ScoredItem(item: item, score: score))
                if heap.count == count {
                    for start in stride(from: count / 2, through: 0, by: -1) { sink(start) }
                    threshold = heap[0].score
                }
            } else {
                heap[0] = ScoredItem(item: item, score: score)
                sink(0)
                threshold = heap[0].score
            }
        }
        return heap.sorted { isWorse($1, $0) }
    }
}
