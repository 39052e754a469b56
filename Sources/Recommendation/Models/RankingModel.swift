import Interactions

/// Ranks all items for whoever did certain things.
///
/// A model knows items, not users: it answers for a history, so that a new user, a new event or a visitor without an
/// account needs no retraining, and a forgotten user leaves nothing behind but what all users together taught.
public protocol RankingModel: Sendable {
    /// What it is called in reports, files and options.
    static var name: String { get }

    /// Items are numbered from 0.
    var itemCount: Int { get }

    /// How scores become the shares of a distribution.
    var scale: ScoreScale { get }

    /// Whether the scores already say how likely the last item of a history is to come again at once.
    var foreseesRepetition: Bool { get }

    /// Writes a score for each item, larger for those that are likelier next.
    ///
    /// - Precondition: `scores` holds `itemCount` numbers. Items of the query that the model does not know are passed over.
    func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>)

    /// The items most like one, without itself, best first.
    func similar(to item: Int, count: Int) -> [ScoredItem]

    /// How alike two items are, -1 to 1; nil where the model cannot tell.
    func similarity(_ left: Int, _ right: Int) -> Float?

    /// How much each event of the query speaks for each of some items, in the order of the items and of the query; all zero
    /// where the model cannot say.
    func contributions(to items: [Int], of query: Query) -> [[Float]]

    /// Learns from one new event, where that is possible without a retrain.
    ///
    /// - Parameters:
    ///   - history: what the user had done before.
    mutating func absorb(_ event: HistoryEvent, after history: [HistoryEvent])
}

extension RankingModel {
    public mutating func absorb(_ event: HistoryEvent, after history: [HistoryEvent]) {}

    public var foreseesRepetition: Bool { false }

    public func similarity(_ left: Int, _ right: Int) -> Float? { nil }

    /// Those that score best for who met nothing but the item, where scores are counts.
    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item < itemCount else { return [] }
        var scores = scores(Query(items: [item]))
        scores[item] = 0
        return scores.best(count).filter { $0.score > 0 }
    }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        items.map { _ in [Float](repeating: 0, count: query.history.count) }
    }

    /// The scores of all items.
    public func scores(_ query: Query) -> [Float] {
        [Float](unsafeUninitializedCapacity: itemCount) { buffer, count in
            buffer.initialize(repeating: 0)
            score(query, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<itemCount]))
            count = itemCount
        }
    }
}

/// How the scores of a model become a distribution over items.
public enum ScoreScale: String, Codable, Sendable {
    /// Not negative, and a share of their sum.
    case counts
    /// Logarithms, up to a constant.
    case logits
}

/// An item and what a model gives it.
public struct ScoredItem: Hashable, Sendable {
    public var item: Int
    public var score: Float

    public init(item: Int, score: Float) {
        self.item = item
        self.score = score
    }
}
