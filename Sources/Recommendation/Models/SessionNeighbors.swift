#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions
import ModelStore

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
    let sessionItems: FrozenArray<UInt32>
    let holders: SessionHolders
    /// Of each item that is scored: a power of the logarithm of all sessions over those that hold it.
    private let rarities: [Float]
    /// What an item counts so many steps from the one that is shared.
    private let nearness: [Float]
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
        let weighing = EventWeighing(data)
        var sessions: [(time: Int64, items: [UInt32])] = []
        for user in 0..<log.userCount {
            var open: [UInt32: Int] = [:]
            for event in log.events(of: user) where weighing.weightWhenNew(of: event) > 0 {
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
        let frozen = FrozenArray(items)
        self.init(
            configuration: configuration, sessionStarts: starts, sessionItems: frozen,
            holders: SessionHolders(starts, frozen, itemCount: log.itemCount, sample: configuration.sample))
    }

    init(configuration: Configuration, sessionStarts: [Int], sessionItems: FrozenArray<UInt32>, holders: SessionHolders) {
        self.configuration = configuration
        itemCount = holders.counts.count
        self.sessionStarts = sessionStarts
        self.sessionItems = sessionItems
        self.holders = holders
        let sessionCount = sessionStarts.count - 1
        let longest = zip(sessionStarts, sessionStarts.dropFirst()).reduce(1) { max($0, $1.1 - $1.0) }
        nearness = (0..<longest).map { 1 / (1 + configuration.distance * Float($0)) }
        rarities = holders.counts.map { powf(log1pf(Float(sessionCount) / Float(max($0, 1))), configuration.rarity) }
        repetition = Float(holders.repeats) / Float(max(sessionItems.count - sessionCount, 1))
    }

    /// An item of the history asked for, where it was met last.
    private struct Asked {
        var item: Int
        /// In the history.
        var position: Int
        /// Steps before the end.
        var step: Int
        /// What it counts for a session that holds it.
        var weight: Float
    }

    private func asked(_ query: Query) -> [Asked] {
        var all: [Asked] = []
        for (step, position) in query.history.indices.suffix(configuration.steps).reversed().enumerated() {
            let item = query.history[position].item
            guard item < itemCount, !all.contains(where: { $0.item == item }) else { continue }
            all.append(Asked(item: item, position: position, step: step, weight: 1 - Float(step) / Float(configuration.steps)))
        }
        return all
    }

    /// A session like the one asked for.
    private struct Neighbor {
        var session: Int
        var similarity: Float
        /// Which of the items asked for made it one, from the latest; the first 64 are told.
        var asked: UInt64
        /// The latest of them.
        var shared: Int
    }

    /// The sessions most like what is asked for; of equals the later.
    private func nearest(_ asked: [Asked]) -> [Neighbor] {
        // Each item names its sessions from the latest on, so that all are met by going down together.
        var next = asked.map { holders.starts[$0.item] }
        let ends = asked.map { holders.starts[$0.item + 1] }
        var met: [Neighbor] = [], similarities: [Float] = []
        holders.latest.withUnsafeBufferPointer { sessions in
            while true {
                var session: UInt32?
                for place in asked.indices where next[place] < ends[place] {
                    let head = sessions[next[place]]
                    if session.map({ head > $0 }) ?? true { session = head }
                }
                guard let session else { break }
                var similarity: Float = 0, latest: Int?, members: UInt64 = 0
                for place in asked.indices where next[place] < ends[place] && sessions[next[place]] == session {
                    next[place] += 1
                    similarity += asked[place].weight
                    latest = latest ?? place
                    if place < 64 { members |= 1 << UInt64(place) }
                }
                met.append(Neighbor(session: Int(session), similarity: similarity, asked: members, shared: latest!))
                similarities.append(similarity)
            }
        }
        return similarities.best(configuration.neighbors).map { met[$0.item] }
    }

    /// Where the neighbors lie among all sessions, and what each counts.
    private func sessions(of neighbors: [Neighbor], _ asked: [Asked], _ items: UnsafeBufferPointer<UInt32>) -> [cr_session] {
        neighbors.map { neighbor in
            let range = sessionStarts[neighbor.session]..<sessionStarts[neighbor.session + 1], shared = asked[neighbor.shared]
            let weight = neighbor.similarity * max(1 - configuration.fall * Float(shared.step), 0.05)
            var position = range.upperBound - 1
            while position > range.lowerBound, items[position] != shared.item { position -= 1 }
            return cr_session(first: range.lowerBound, last: range.upperBound, shared: position, weight: weight)
        }
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        let asked = asked(query)
        sessionItems.withUnsafeBufferPointer { items in
            let sessions = sessions(of: nearest(asked), asked, items)
            withUnsafeTemporaryAllocation(of: cr_tally.self, capacity: itemCount) { tallies in
                cr_session_scores(
                    sessions, sessions.count, items.baseAddress, nearness, tallies.baseAddress, rarities, scores.baseAddress, itemCount)
            }
        }
        if let last = query.history.last?.item, last < itemCount { scores[last] *= repetition }
    }

    /// What a neighbor says is owed to all the events that made it one, as they did.
    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        var parts = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        let asked = asked(query), neighbors = nearest(asked), last = query.history.last?.item
        // Of each item that is asked about, its place among them.
        var places = [Int32](repeating: -1, count: itemCount)
        for (place, item) in items.enumerated() where item < itemCount { places[item] = Int32(place) }
        var near = [Float](repeating: 0, count: items.count)
        sessionItems.withUnsafeBufferPointer { sessionItems in
            for (neighbor, session) in zip(neighbors, sessions(of: neighbors, asked, sessionItems)) {
                var isHeard = false
                for position in session.first..<session.last {
                    let place = Int(places[Int(sessionItems[position])])
                    guard place >= 0 else { continue }
                    near[place] = max(near[place], nearness[abs(position - session.shared)])
                    isHeard = true
                }
                guard isHeard else { continue }
                for (place, item) in items.enumerated() where near[place] > 0 {
                    let whole = session.weight * near[place] * rarities[item] * (item == last ? repetition : 1)
                    for (number, event) in asked.prefix(64).enumerated() where neighbor.asked >> UInt64(number) & 1 == 1 {
                        parts[place][event.position] += whole * event.weight / neighbor.similarity
                    }
                    near[place] = 0
                }
            }
        }
        return parts
    }
}
