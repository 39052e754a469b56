#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions

/// Order-aware item neighbors: what follows what, counted.
///
/// Every pair of steps of a history that lie close together counts, the nearer the more, and less backward than forward. An
/// item is scored by how often it stood near the latest steps of a history, set against how often both were met at all.
/// The idea is that of item-to-item collaborative filtering (Linden, Smith and York, 2003) with sequential rules (Ludewig and
/// Jannach, "Evaluation of session-based recommendation algorithms", 2018).
public struct ItemNeighbors: RankingModel {
    public static let name = "neighbors"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Steps of a history that are related to each other, at most so far apart.
        public var window = 50
        /// What the distance of `d` steps counts: `d` to the power of minus this.
        public var distancePower: Float = 0.5
        /// What a pair counts against the order of time.
        public var backward: Float = 0.35
        /// Added to the product of the frequencies, so that a single meeting does not decide.
        public var shrinkage: Float = 30
        /// Power of the frequency of the item that is scored; that of the other has one minus this.
        public var balance: Float = 0.3
        /// Latest steps of a history that speak.
        public var steps = 20
        /// What each earlier step counts of the next.
        public var decay: Float = 0.75
        /// Pairs of longer histories count less, by the power of minus this of how many steps they have.
        public var lengthPower: Float = 0
        /// Kept of each item; the rest of a long tail of single meetings says little.
        public var neighbors = 512

        public init() {}

        /// For a log that does not tell what came first: all steps of a history are as near.
        public static var unordered: Configuration {
            var configuration = Configuration()
            configuration.window = 1_000
            configuration.distancePower = 0
            configuration.backward = 1
            configuration.shrinkage = 1
            configuration.balance = 0.2
            configuration.steps = 1_000
            configuration.decay = 1
            configuration.lengthPower = 0.8
            configuration.neighbors = 300
            return configuration
        }
    }

    public let configuration: Configuration
    /// How often each item was met, by weight.
    private(set) var frequencies: [Float]
    /// For each item those that stood near it, and how often. Items that came later have no row.
    let rows: SparseRows
    /// What was learned since, event by event.
    private var fresh: [Int: [Int: Float]] = [:]
    private let weights: EventWeights
    /// Powers of the frequencies: of an item that is scored, and of one that speaks for others.
    private(set) var scoredNorms: [Float] = []
    private(set) var speakingNorms: [Float] = []

    public var itemCount: Int { frequencies.count }
    public var scale: ScoreScale { .counts }

    /// - Parameter configuration: the usual one for logs with or without times, unless given.
    public init(_ data: TrainingData, configuration: Configuration? = nil) {
        self.init(data, configuration: configuration, pairsAtOnce: PairCounter.pairsAtOnce)
    }

    package init(_ data: TrainingData, configuration: Configuration?, pairsAtOnce: Int) {
        let configuration = configuration ?? (data.log.isOrdered ? Configuration() : .unordered)
        self.configuration = configuration
        weights = data.weights
        let counter = PairCounter(data, configuration: configuration)
        frequencies = counter.frequencies
        rows = counter.count(pairsAtOnce: pairsAtOnce)
        for item in frequencies.indices { setNorms(of: item) }
    }

    init(configuration: Configuration, weights: EventWeights, frequencies: [Float], rows: SparseRows) {
        self.configuration = configuration
        self.weights = weights
        self.frequencies = frequencies
        self.rows = rows
        for item in frequencies.indices { setNorms(of: item) }
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        for step in steps(of: query) { add(step.item, share: step.weight, to: scores) }
    }

    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item < itemCount else { return [] }
        var scores = [Float](repeating: 0, count: itemCount)
        scores.withUnsafeMutableBufferPointer { scores in
            add(item, share: 1, to: scores)
            scores[item] = 0
        }
        return scores.best(count).filter { $0.score > 0 }
    }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        var all = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        for step in steps(of: query) {
            for (place, own) in similarities(of: items, after: step.item).enumerated() { all[place][step.position] = step.weight * own }
        }
        return all
    }

    public mutating func absorb(_ event: HistoryEvent, after history: [HistoryEvent]) {
        let weight = Float(weights.weight(of: event))
        guard weight > 0 else { return }
        while frequencies.count <= event.item { frequencies.append(0) }
        frequencies[event.item] += weight
        for item in scoredNorms.count..<max(itemCount, scoredNorms.count) { setNorms(of: item) }
        setNorms(of: event.item)
        let before = history.filter { weights.weight(of: $0) > 0 }.suffix(configuration.window)
        for (distance, earlier) in before.reversed().enumerated() where earlier.item != event.item && earlier.item < itemCount {
            let near = PairCounter.nearness(distance + 1, power: configuration.distancePower)
            fresh[earlier.item, default: [:]][event.item, default: 0] += weight * near
            fresh[event.item, default: [:]][earlier.item, default: 0] += Float(weights.weight(of: earlier)) * near * configuration.backward
        }
    }

    private func steps(of query: Query) -> [Step] {
        query.steps(among: itemCount, weights, decay: configuration.decay, limit: configuration.steps)
    }

    private mutating func setNorms(of item: Int) {
        let frequency = max(frequencies[item], 1e-6)
        let (scored, speaking) = (pow(frequency, configuration.balance), pow(frequency, 1 - configuration.balance))
        if item < scoredNorms.count {
            (scoredNorms[item], speakingNorms[item]) = (scored, speaking)
        } else {
            scoredNorms.append(scored)
            speakingNorms.append(speaking)
        }
    }

    private func add(_ item: Int, share: Float, to scores: UnsafeMutableBufferPointer<Float>) {
        let (own, shrinkage) = (speakingNorms[item], configuration.shrinkage)
        if item < rows.count {
            rows.withRow(item) { neighbors, counts in
                scoredNorms.withUnsafeBufferPointer { norms in
                    for position in neighbors.indices {
                        let other = Int(neighbors[position])
                        scores[other] += share * counts[position] / (own * norms[other] + shrinkage)
                    }
                }
            }
        }
        for (other, count) in fresh[item] ?? [:] { scores[other] += share * count / (own * scoredNorms[other] + shrinkage) }
    }

    /// The sums of what all events of a query say for each of some items.
    func nearness(of items: [Int], to query: Query) -> [Double] {
        var sums = [Double](repeating: 0, count: items.count)
        for step in steps(of: query) {
            for (place, own) in similarities(of: items, after: step.item).enumerated() { sums[place] += Double(step.weight * own) }
        }
        return sums
    }

    /// What each neighbor brings an item, among those counted when the model was fitted.
    func similarities(of item: Int) -> [ScoredItem] {
        rows.withRow(item) { neighbors, counts in
            zip(neighbors, counts).map {
                ScoredItem(item: Int($0), score: $1 / (speakingNorms[item] * scoredNorms[Int($0)] + configuration.shrinkage))
            }
        }
    }

    /// What a step of weight 1 says for some items; nothing for those that are not known.
    private func similarities(of items: [Int], after step: Int) -> [Float] {
        var values = step < rows.count ? rows.values(at: items, of: step) : items.map { _ in 0 }
        for (place, item) in items.enumerated() where item < itemCount {
            let count = values[place] + (fresh[step]?[item] ?? 0)
            values[place] = count / (speakingNorms[step] * scoredNorms[item] + configuration.shrinkage)
        }
        return values
    }
}
