import Interactions

/// What models are fitted to.
public struct TrainingData: Sendable {
    public var log: InteractionLog
    public var weights: EventWeights
    /// What is known of each item, by its number; items without properties have none.
    public var catalog: [Int: Item]
    /// The time that ages are counted from.
    public var now: Int64
    public var seed: UInt64
    public var threads: Int

    public init(
        log: InteractionLog, weights: EventWeights = EventWeights(), catalog: [Int: Item] = [:], now: Int64? = nil, seed: UInt64 = 1,
        threads: Int = 2
    ) {
        self.log = log
        self.weights = weights
        self.catalog = catalog
        self.now = now ?? log.latest
        self.seed = seed
        self.threads = threads
    }

    /// The share of events that repeat the item of the user's event before.
    package var repetition: Float {
        var steps = 0, repeats = 0
        for user in 0..<log.userCount {
            for event in log.events(of: user).dropFirst() {
                steps += 1
                if log.eventItems[event] == log.eventItems[event - 1] { repeats += 1 }
            }
        }
        return Float(repeats) / Float(max(steps, 1))
    }
}
