#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions

/// What is wanted by everybody, lately more than long ago.
public struct Popularity: RankingModel {
    public static let name = "popularity"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Days after which an event counts half here, besides the half-life of all events; nil: no sooner.
        public var halfLifeDays: Double?

        public init(halfLifeDays: Double? = nil) { self.halfLifeDays = halfLifeDays }
    }

    public let configuration: Configuration
    /// The decayed weights of each item's events, as of `time`.
    public private(set) var counts: [Float]
    /// Milliseconds since 1970 at which `counts` are what they are.
    let time: Int64
    private let weights: EventWeights

    public var itemCount: Int { counts.count }
    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) {
        self.configuration = configuration
        weights = data.weights
        time = data.now
        let decay = EventWeights([:], halfLifeDays: configuration.halfLifeDays), weighing = EventWeighing(data)
        var sums = [Double](repeating: 0, count: data.log.itemCount)
        for user in 0..<data.log.userCount {
            for event in data.log.events(of: user) {
                let age = data.now - data.log.eventTimes[event]
                sums[Int(data.log.eventItems[event])] += weighing.weight(of: event) * decay.share(age: age)
            }
        }
        counts = sums.map { Float(max($0, 0)) }
    }

    init(configuration: Configuration, weights: EventWeights, time: Int64, counts: [Float]) {
        self.configuration = configuration
        self.weights = weights
        self.time = time
        self.counts = counts
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        counts.withUnsafeBufferPointer { scores.baseAddress!.update(from: $0.baseAddress!, count: counts.count) }
    }

    /// Nothing is more like one item than like another.
    public func similar(to item: Int, count: Int) -> [ScoredItem] { [] }

    public mutating func absorb(_ event: HistoryEvent, after history: [HistoryEvent]) {
        while counts.count <= event.item { counts.append(0) }
        // Later events count more instead of earlier ones less; the shares are the same.
        let halvings = [configuration.halfLifeDays, weights.halfLifeDays].compactMap { $0 }.reduce(0) { $0 + 1 / $1 }
        let growth = exp2(Double(max(event.time - time, 0)) / 86_400_000 * halvings)
        counts[event.item] = max(counts[event.item] + Float(weights.weight(of: event) * min(growth, 1e6)), 0)
    }
}
