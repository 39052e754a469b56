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
}
