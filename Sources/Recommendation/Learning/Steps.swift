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
        let weighing = EventWeighing(self)
        return log.events(of: user).enumerated().compactMap { position, event in
            // Of a very old event nothing may be left.
            let weight = Float(weighing.weight(of: event))
            return weight > 0 ? Step(item: Int(log.eventItems[event]), weight: weight, position: position) : nil
        }
    }
}

extension Query {
    /// What an event of the history weighs at the time of the question; one whose time is not known, which is 0 then, as if it
    /// were new.
    func weight(of event: HistoryEvent, _ weights: EventWeights) -> Double {
        guard event.time > 0 else { return weights.weight(of: event) }
        return weights.weight(of: event) * weights.share(age: (now ?? history.last?.time ?? event.time) - event.time)
    }

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
            let weight = Float(weight(of: event, weights)) * share
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
        return self[.rating] * liking(of: Double(value))
    }

    /// How much a rating says, -1 to 1. A neutral one still says that the user had the item.
    func liking(of rating: Double) -> Double { min(max((rating - neutralRating + 0.5) / 2.5, -1), 1) }
}
