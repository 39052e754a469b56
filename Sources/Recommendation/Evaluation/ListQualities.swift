#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the answered lists are like, whether or not they are right.
public struct ListQualities: Hashable, Codable, Sendable {
    /// Length of the lists.
    public var k: Int
    /// Catalogue coverage: the share of all items that stand in any list.
    public var coverage = 0.0
    /// Mean over all answers of `-log2` of the item's share of all training events, each item counted once more than it has
    /// (Zhou et al., 2010; Vargas and Castells, 2011). In bits: one more means half as popular.
    public var novelty = 0.0
    /// The share of the answers that are among the tenth of the items with the most training events. A ranking by chance
    /// has 0.1.
    public var popularityShare = 0.0
    /// Intra-list diversity: one less the mean likeness of all pairs in a list, on average (Ziegler et al., 2005); measured on
    /// at most `Self.diversityCases` lists, evenly taken. Nil where no list has two items.
    public var diversity: Double?

    public static let diversityCases = 1_000

    /// - Parameters:
    ///   - lists: answers, best first; longer ones are cut.
    ///   - eventCounts: of each item in training.
    public init(_ lists: [[Int]], k: Int, eventCounts: [Int], likeness: ItemLikeness) {
        self.k = k
        let total = Double(eventCounts.reduce(0, +) + eventCounts.count)
        let order = eventCounts.indices.sorted { (eventCounts[$0], $1) > (eventCounts[$1], $0) }
        var isPopular = [Bool](repeating: false, count: eventCounts.count)
        for item in order.prefix(max(1, eventCounts.count / 10)) { isPopular[item] = true }
        var seen = [Bool](repeating: false, count: eventCounts.count), answers = 0, popular = 0, surprise = 0.0
        for list in lists {
            for item in list.prefix(k) where item < eventCounts.count {
                seen[item] = true
                answers += 1
                if isPopular[item] { popular += 1 }
                surprise -= log2(Double(eventCounts[item] + 1) / total)
            }
        }
        coverage = Double(seen.count { $0 }) / Double(max(eventCounts.count, 1))
        novelty = surprise / Double(max(answers, 1))
        popularityShare = Double(popular) / Double(max(answers, 1))
        let stride = max(1, (lists.count + Self.diversityCases - 1) / Self.diversityCases)
        let values = Swift.stride(from: 0, to: lists.count, by: stride).compactMap { likeness.diversity(of: lists[$0].prefix(k)) }
        diversity = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
