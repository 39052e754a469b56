import Interactions

/// What somebody did something with that may lead to more, and has not brought to an end.
struct WaitingItem: Hashable, Sendable {
    var item: Int
    /// The sum of the weights of what was done with it.
    var weight: Float
    /// Events since the last of them.
    var since: Int
}

extension [HistoryEvent] {
    /// What waits at the end of a history, in the order of items.
    ///
    /// - Parameters:
    ///   - final: kinds of events that end it.
    ///   - items: how many items are known.
    func waiting(until final: Set<EventKind>, _ weights: EventWeights, items: Int) -> [WaitingItem] {
        var waiting: [Int: WaitingItem] = [:]
        for (place, event) in enumerated() where event.item < items {
            guard !final.contains(event.kind) else {
                waiting[event.item] = nil
                continue
            }
            let before = waiting[event.item]?.weight ?? 0
            waiting[event.item] = WaitingItem(item: event.item, weight: before + Float(weights.weight(of: event)), since: count - 1 - place)
        }
        return waiting.values.filter { $0.weight > 0 }.sorted { $0.item < $1.item }
    }
}
