import Interactions

/// Shows again what was carted, favored or looked at and not bought: an explicit rule, which can be switched off. Among
/// what waits, items are ranked by the weight of what was done with them and by how popular they are.
public struct Resurfacing: RankingModel {
    public static let name = "resurfacing"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Kinds that end it: what was bought or hidden is not shown again.
        public var final: Set<EventKind> = [.purchase, .hide]

        public init() {}
    }

    public let configuration: Configuration
    public let itemCount: Int
    /// By item.
    let popularity: [Float]
    private let weights: EventWeights

    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) {
        self.configuration = configuration
        weights = data.weights
        itemCount = data.log.itemCount
        popularity = Popularity(data).counts
    }

    init(configuration: Configuration, weights: EventWeights, popularity: [Float]) {
        self.configuration = configuration
        self.weights = weights
        self.popularity = popularity
        itemCount = popularity.count
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        for (item, weight) in waiting(query) { scores[item] = weight * (1 + popularity[item]).squareRoot() }
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

    public func contributions(to item: Int, of query: Query) -> [Float] {
        guard waiting(query)[item] != nil else { return query.history.map { _ in 0 } }
        return query.history.map { $0.item == item ? max(Float(weights.weight(of: $0)), 0) : 0 }
    }
}
