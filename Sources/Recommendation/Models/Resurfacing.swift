import Interactions

/// Shows again what was carted, favored or looked at and not bought: an explicit rule, which can be switched off. Among
/// what waits, items are ranked by the weight of what was done with them and by how often such waiting ended well.
public struct Resurfacing: RankingModel {
    public static let name = "resurfacing"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Kinds that end it: what was bought or hidden is not shown again.
        public var final: Set<EventKind> = [.purchase, .hide]
        /// Weight of events that waited on an item before its own conversion says as much as that of all items.
        public var prior: Float = 5

        public init() {}
    }

    public let configuration: Configuration
    public let itemCount: Int
    /// By item: good ends for each event that waited.
    let conversion: [Float]
    private let weights: EventWeights

    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) {
        self.configuration = configuration
        weights = data.weights
        itemCount = data.log.itemCount
        conversion = Self.conversion(data, configuration)
    }

    /// Good ends over the weight of what waited, mixed with that of all items; 1 where nothing ever ended.
    private static func conversion(_ data: TrainingData, _ configuration: Configuration) -> [Float] {
        let log = data.log
        var ended = [Float](repeating: 0, count: log.itemCount), waited = ended
        for event in 0..<log.eventCount {
            let kind = log.kinds[Int(log.eventKinds[event])], item = Int(log.eventItems[event])
            let weight = Float(data.weights[kind])
            guard weight > 0 else { continue }
            if configuration.final.contains(kind) { ended[item] += 1 } else { waited[item] += weight }
        }
        let (allEnded, allWaited) = (ended.reduce(0, +), waited.reduce(0, +))
        guard allEnded > 0, allWaited > 0 else { return [Float](repeating: 1, count: log.itemCount) }
        let usual = allEnded / allWaited
        return zip(ended, waited).map { ($0 + usual * configuration.prior) / ($1 + configuration.prior) }
    }

    init(configuration: Configuration, weights: EventWeights, conversion: [Float]) {
        self.configuration = configuration
        self.weights = weights
        self.conversion = conversion
        itemCount = conversion.count
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        for (item, weight) in waiting(query) { scores[item] = weight * conversion[item] }
    }

    /// What waits, and the sum of the weights of what was done with it.
    private func waiting(_ query: Query) -> [Int: Float] {
        var waiting: [Int: Float] = [:]
        for event in query.history where event.item < itemCount {
            if configuration.final.contains(event.kind) {
                waiting[event.item] = nil
            } else {
                waiting[event.item, default: 0] += Float(weights.weight(of: event))
            }
        }
        return waiting.filter { $0.value > 0 }
    }

    public func similar(to item: Int, count: Int) -> [ScoredItem] { [] }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        let waiting = waiting(query)
        return items.map { item in
            query.history.map { waiting[item] != nil && $0.item == item ? max(Float(weights.weight(of: $0)), 0) : 0 }
        }
    }
}
