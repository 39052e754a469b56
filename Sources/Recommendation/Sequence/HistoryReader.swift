import Interactions

/// What a sequence model sees of a history: the items of events that speak for them. Events on one item directly after
/// each other, such as a view and the purchase that follows, are one step.
struct HistoryReader: Sendable {
    let weights: EventWeights
    let itemCount: Int

    init(_ weights: EventWeights, itemCount: Int) {
        self.weights = weights
        self.itemCount = itemCount
    }

    /// Whether an event says that the user wants the item. A neutral rating still says that they had it.
    ///
    /// - Parameter value: not a number where there is none.
    func counts(_ kind: EventKind, weight: Double, value: Float) -> Bool {
        weight > 0 && !(kind == .rating && Double(value) <= weights.neutralRating - 0.5)
    }

    /// Writes the positions in a history of the last steps that count, the earliest first.
    ///
    /// - Returns: how many were written, at most as many as fit.
    func read(_ history: [HistoryEvent], into positions: UnsafeMutableBufferPointer<Int32>) -> Int {
        var count = 0
        var later = -1
        for position in history.indices.reversed() where count < positions.count {
            let event = history[position]
            guard event.item >= 0, event.item < itemCount, event.item != later,
                counts(event.kind, weight: weights[event.kind], value: event.value ?? .nan)
            else { continue }
            positions[count] = Int32(position)
            count += 1
            later = event.item
        }
        var written = UnsafeMutableBufferPointer(rebasing: positions[..<count])
        written.reverse()
        return count
    }
}
