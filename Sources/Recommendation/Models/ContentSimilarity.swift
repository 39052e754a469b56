#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions

/// What is described alike: the cosine between the terms of items (categories, properties, words of the name), weighted by
/// how rare they are (Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988). It knows items
/// nobody has touched yet.
public struct ContentSimilarity: RankingModel {
    public static let name = "content"

    public struct Configuration: Hashable, Codable, Sendable {
        /// What each earlier step of a history counts of the next.
        public var decay: Float = 0.8
        /// Latest steps that speak.
        public var steps = 20
        /// Terms of a larger share of the items say nothing.
        public var commonest = 0.3

        public init() {}
    }

    public let configuration: Configuration
    /// Of each item, its terms.
    private var items: [[UInt32]]
    private var terms: IdentifierTable
    /// Of each term, the items that have it.
    private var postings: [[UInt32]]
    private let weights: EventWeights

    public var itemCount: Int { items.count }
    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) {
        self.init(configuration: configuration, weights: data.weights, itemCount: data.log.itemCount, catalog: data.catalog)
    }

    init(configuration: Configuration, weights: EventWeights, itemCount: Int, catalog: [Int: Item]) {
        self.configuration = configuration
        self.weights = weights
        (items, terms, postings) = ([], IdentifierTable(), [])
        for item in 0..<itemCount { set(catalog[item], at: item) }
    }

    /// Learns what an item is, also of one it did not know.
    public mutating func set(_ item: Item?, at number: Int) {
        while items.count <= number { items.append([]) }
        for term in items[number] { postings[Int(term)].removeAll { $0 == UInt32(number) } }
        // In order, so that sums are the same to the last bit wherever they are made.
        items[number] = Set(item.map(Self.terms) ?? []).sorted().map { UInt32(terms.number(adding: $0)) }.sorted()
        while postings.count < terms.count { postings.append([]) }
        for term in items[number] { postings[Int(term)].append(UInt32(number)) }
    }

    /// What describes an item.
    static func terms(of item: Item) -> [String] {
        var terms = item.categories.map { "category \($0)" }
        for (name, value) in item.properties { terms += value.terms.map { "\(name) \($0)" } }
        if let price = item.price, price > 0, price.isFinite { terms.append("price \(Int(log2(price)))") }
        if let name = item.name {
            terms += name.lowercased().split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 2 }.map { "word \($0)" }
        }
        return terms
    }

    /// The terms of an item, how rare each is, and how many items have it.
    func description(of item: Int) -> [(term: UInt32, rarity: Float, holders: Int)] {
        items[item].map { ($0, rarity(of: $0), postings[Int($0)].count) }
    }

    private func rarity(of term: UInt32) -> Float {
        let share = Double(postings[Int(term)].count) / Double(max(items.count, 1))
        return share > configuration.commonest ? 0 : Float(-log(share))
    }

    private func norm(of item: Int) -> Float {
        max(items[item].reduce(0) { $0 + rarity(of: $1) * rarity(of: $1) }.squareRoot(), 1e-6)
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        var profile: [UInt32: Float] = [:]
        var share: Float = 1
        for event in query.history.suffix(configuration.steps).reversed() where event.item < itemCount {
            let weight = Float(query.weight(of: event, weights))
            let norm = norm(of: event.item)
            for term in items[event.item] { profile[term, default: 0] += share * weight * rarity(of: term) / norm }
            if weight > 0 { share *= configuration.decay }
        }
        for (term, amount) in profile.sorted(by: { $0.key < $1.key }) where amount != 0 {
            let rarity = rarity(of: term)
            guard rarity > 0 else { continue }
            for item in postings[Int(term)] where Int(item) < scores.count { scores[Int(item)] += amount * rarity }
        }
        for item in 0..<min(itemCount, scores.count) where scores[item] != 0 { scores[item] = max(scores[item], 0) / norm(of: item) }
    }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        items.map { item in
            var all = [Float](repeating: 0, count: query.history.count), share: Float = 1
            guard item < itemCount else { return all }
            let own = Set(self.items[item]), ownNorm = norm(of: item)
            for (place, event) in query.history.enumerated().suffix(configuration.steps).reversed() where event.item < itemCount {
                let common = self.items[event.item].reduce(Float(0)) { $0 + (own.contains($1) ? rarity(of: $1) * rarity(of: $1) : 0) }
                let weight = Float(query.weight(of: event, weights))
                all[place] = common / norm(of: event.item) / ownNorm * weight * share
                if weight > 0 { share *= configuration.decay }
            }
            return all
        }
    }
}
