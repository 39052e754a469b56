import Interactions

/// What of a history speaks for an item: events of positive weight.
struct Step {
    var item: Int
    /// Of the event: its kind's weight times what is left of it after its age.
    var weight: Float
    /// Its position in the history it was taken from.
    var position: Int
}

extension TrainingData {
    /// The steps of a user's history, in the order of time.
    func steps(of user: Int) -> [Step] {
        log.events(of: user).enumerated().compactMap { position, event in
            let item = Int(log.eventItems[event])
            // Of a very old event nothing may be left.
            let weight = Float(weights.weight(of: log[event]) * weights.share(age: now - log.eventTimes[event]))
            return weight > 0 ? Step(item: item, weight: weight, position: position) : nil
        }
    }
}

extension Query {
    /// The steps of the history that speak, the latest first.
    ///
    /// - Parameters:
    ///   - items: how many items are known.
    ///   - decay: what each earlier step counts of the next; 1 knows no order.
    ///   - limit: how many steps are wanted at most.
    func steps(among items: Int, _ weights: EventWeights, decay: Float = 1, limit: Int = .max) -> [Step] {
        var share: Float = 1
        var steps: [Step] = []
        for (position, event) in history.enumerated().reversed() where event.item < items {
            guard steps.count < limit else { break }
            let weight = Float(weights.weight(of: event)) * share
            guard weight > 0 else { continue }
            steps.append(Step(item: event.item, weight: weight, position: position))
            share *= decay
        }
        return steps
    }
}

extension EventWeights {
    /// The weight of an event: that of its kind; of a rating, the more the further it lies from the neutral one, and negative
    /// below it.
    public func weight(of event: HistoryEvent) -> Double {
        guard event.kind == .rating, let value = event.value else { return self[event.kind] }
        // A neutral rating still says that the user had the item.
        let liking = (Double(value) - neutralRating + 0.5) / 2.5
        return self[.rating] * min(max(liking, -1), 1)
    }
}
