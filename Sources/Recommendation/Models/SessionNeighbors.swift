#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Interactions

/// What people did next in sessions like this one: nearest neighbors among the latest sessions that share an item
/// (VMIS-kNN; Kersbergen, Sprangers and Schelter, "Serenade: Low-latency session-based recommendation in e-commerce at
/// scale", 2022).
public struct SessionNeighbors: RankingModel {
    public static let name = "sessions"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Latest steps of the session that is asked for.
        public var steps = 9
        /// Latest sessions of each item that are looked at.
        public var sample = 1000
        /// Most similar sessions that speak.
        public var neighbors = 500
        /// What a neighbor loses for each step that its nearest shared item lies before the end of the session asked for.
        public var fall: Float = 0.3
        /// What an item of a neighbor counts falls with its distance from the shared item, as one over one plus this for each step.
        public var distance: Float = 1
        /// Power of the inverse document frequency of the items that are scored.
        public var rarity: Float = 1
        /// Sessions of fewer steps teach nothing.
        public var shortest = 2
        /// Of longer ones the latest steps.
        public var longest = 100

        public init() {}
    }

    public let configuration: Configuration
    public let itemCount: Int
    /// Sessions from the earliest to the latest by their last event: `sessionStarts[s]..<sessionStarts[s + 1]` of `sessionItems`.
    let sessionStarts: [Int]
    let sessionItems: [UInt32]
    /// For each item the latest sessions that hold it, the latest first.
    let itemStarts: [Int]
    let itemSessions: [UInt32]
    /// The logarithm of all sessions over those that hold the item.
    let rarities: [Float]
    /// The share of steps that repeat the one before. Every session like this one holds its last item, which says nothing
    /// about whether it comes again at once.
    let repetition: Float

    public var scale: ScoreScale { .counts }
    public var foreseesRepetition: Bool { true }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) {
        let log = data.log
        var configuration = configuration
        // Nothing is near in a log that does not tell what came first.
        if !log.isOrdered { configuration.distance = 0 }
        // A session, or a user's whole history where the log knows no sessions.
        var sessions: [(time: Int64, items: [UInt32])] = []
        for user in 0..<log.userCount {
            var open: [UInt32: Int] = [:]
            for event in log.events(of: user) where data.weights.weight(of: log[event]) > 0 {
                let session = log.eventSessions[event]
                let position = open[session] ?? sessions.count
                if position == sessions.count {
                    open[session] = position
                    sessions.append((log.eventTimes[event], []))
                }
                sessions[position].items.append(log.eventItems[event])
                sessions[position].time = max(sessions[position].time, log.eventTimes[event])
            }
        }
        sessions = sessions.filter { $0.items.count >= configuration.shortest }
        let order = sessions.indices.sorted { (sessions[$0].time, $0) < (sessions[$1].time, $1) }
        var starts = [0], items: [UInt32] = []
        for session in order {
            items += sessions[session].items.suffix(configuration.longest)
            starts.append(items.count)
        }
        self.init(configuration: configuration, itemCount: log.itemCount, sessionStarts: starts, sessionItems: items)
    }

    init(configuration: Configuration, itemCount: Int, sessionStarts: [Int], sessionItems: [UInt32]) {
        self.configuration = configuration
        self.itemCount = itemCount
        self.sessionStarts = sessionStarts
        self.sessionItems = sessionItems
        let sessionCount = sessionStarts.count - 1
        var holders = [Int](repeating: 0, count: itemCount), lastSeen = [Int](repeating: -1, count: itemCount)
        for session in 0..<sessionCount {
            for item in sessionItems[sessionStarts[session]..<sessionStarts[session + 1]] where lastSeen[Int(item)] != session {
                lastSeen[Int(item)] = session
                holders[Int(item)] += 1
            }
        }
        rarities = holders.map { log1pf(Float(sessionCount) / Float(max($0, 1))) }
        var repeats = 0
        for session in 0..<sessionCount {
            for position in sessionStarts[session] + 1..<max(sessionStarts[session + 1], sessionStarts[session] + 1)
            where sessionItems[position] == sessionItems[position - 1] { repeats += 1 }
        }
        repetition = Float(repeats) / Float(max(sessionItems.count - sessionCount, 1))
        var starts = [0]
        for item in 0..<itemCount { starts.append(starts[item] + min(holders[item], configuration.sample)) }
        var next = starts
        var latest = [UInt32](repeating: 0, count: starts[itemCount])
        lastSeen = [Int](repeating: -1, count: itemCount)
        for session in (0..<sessionCount).reversed() {
            for item in sessionItems[sessionStarts[session]..<sessionStarts[session + 1]].map(Int.init)
            where lastSeen[item] != session && next[item] < starts[item + 1] {
                lastSeen[item] = session
                latest[next[item]] = UInt32(session)
                next[item] += 1
            }
        }
        itemStarts = starts
        itemSessions = latest
    }

    /// A session like the one asked for.
    private struct Neighbor {
        var session: Int
        var similarity: Float
        /// The latest item that both have, and its steps before the end of the session asked for.
        var item: UInt32
        var step: Int
    }

    /// The sessions most like the latest steps of a history.
    private func nearest(_ query: Query) -> [Neighbor] {
        var neighbors: [UInt32: Neighbor] = [:]
        var seen: Set<Int> = []
        for (step, event) in query.history.suffix(configuration.steps).reversed().enumerated()
        where event.item < itemCount && seen.insert(event.item).inserted {
            let weight = 1 - Float(step) / Float(configuration.steps)
            for session in itemSessions[itemStarts[event.item]..<itemStarts[event.item + 1]] {
                neighbors[session, default: Neighbor(session: Int(session), similarity: 0, item: UInt32(event.item), step: step)].similarity += weight
            }
        }
        // Of equals the later.
        return Array(neighbors.values.sorted { ($0.similarity, $0.session) > ($1.similarity, $1.session) }.prefix(configuration.neighbors))
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        // Of each item, the last neighbor that has spoken for it.
        var spoken = [Int32](repeating: -1, count: itemCount)
        for (number, neighbor) in nearest(query).enumerated() {
            let range = sessionStarts[neighbor.session]..<sessionStarts[neighbor.session + 1]
            let weight = neighbor.similarity * max(1 - configuration.fall * Float(neighbor.step), 0.05)
            guard let shared = range.last(where: { sessionItems[$0] == neighbor.item }) else { continue }
            // From what is shared outward, so that each item counts once, where it is nearest.
            for distance in 0...max(shared - range.lowerBound, range.upperBound - 1 - shared) {
                let share = weight / (1 + configuration.distance * Float(distance))
                for position in stride(from: shared - distance, through: shared + distance, by: max(2 * distance, 1)) where range.contains(position) {
                    let item = Int(sessionItems[position])
                    guard spoken[item] != number else { continue }
                    spoken[item] = Int32(number)
                    scores[item] += share
                }
            }
        }
        if let last = query.history.last?.item, last < itemCount { scores[last] *= repetition }
        guard configuration.rarity != 0 else { return }
        for item in 0..<itemCount where scores[item] > 0 { scores[item] *= powf(rarities[item], configuration.rarity) }
    }

    public func similar(to item: Int, count: Int) -> [ScoredItem] {
        guard item < itemCount else { return [] }
        var scores = scores(Query(items: [item]))
        scores[item] = 0
        return scores.best(count).filter { $0.score > 0 }
    }

    public func contributions(to item: Int, of query: Query) -> [Float] {
        var shares = [Float](repeating: 0, count: query.history.count)
        guard item < itemCount else { return shares }
        for neighbor in nearest(query) {
            let members = sessionItems[sessionStarts[neighbor.session]..<sessionStarts[neighbor.session + 1]]
            guard members.contains(UInt32(item)) else { continue }
            for position in query.history.indices.suffix(configuration.steps) where members.contains(UInt32(query.history[position].item)) {
                shares[position] += neighbor.similarity * rarities[item]
            }
        }
        return shares
    }
}
