import Interactions

/// What each event of a log says, with the weights of its kinds at hand: for loops over millions of events.
struct EventWeighing {
    private let log: InteractionLog
    private let weights: EventWeights
    private let now: Int64
    /// By position in the log's kinds.
    private let ofKinds: [Double]
    private let rating: UInt8?

    init(_ data: TrainingData) {
        (log, weights, now) = (data.log, data.weights, data.now)
        ofKinds = data.log.kinds.map { data.weights[$0] }
        rating = data.log.kinds.firstIndex(of: .rating).map(UInt8.init)
    }

    /// The weight of an event's kind, of a rating by how far it lies from neutral, times what is left of it after its age.
    func weight(of event: Int) -> Double { weightWhenNew(of: event) * weights.share(age: now - log.eventTimes[event]) }

    /// The same, whatever its age.
    func weightWhenNew(of event: Int) -> Double {
        let kind = log.eventKinds[event], value = log.eventValues[event]
        return ofKinds[Int(kind)] * (kind == rating && !value.isNaN ? weights.liking(of: Double(value)) : 1)
    }
}
