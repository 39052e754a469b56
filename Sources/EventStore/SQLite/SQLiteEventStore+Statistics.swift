import GRDB
import Interactions

extension SQLiteEventStore {
    /// Goes over all events once. Density, repeats and gaps need the events of a user together; above five million
    /// events they are measured on a sample of users.
    public func statistics() throws -> StoreStatistics {
        let counts = try counts()
        return try read { db in
            let kinds = try Row.fetchAll(db, sql: "SELECT key, name FROM kinds ORDER BY key").map { ($0[0] as Int64, $0[1] as String) }
            var pass = StatisticsPass(kinds: kinds, events: counts.events)
            let users = try Self.numbers(of: "users", db), items = try Self.numbers(of: "items", db)
            let events = try RawStatement(
                db, "SELECT user, item, kind, time, session IS NOT NULL FROM events ORDER BY position", isReused: false)
            while try events.step() {
                guard let user = users.numbers[events.integer(0)], let item = items.numbers[events.integer(1)] else {
                    throw EventStoreError.damaged(path: path, detail: "an event refers to a user or an item that is not there")
                }
                pass.add(
                    user: user, item: item, kind: events.integer(2),
                    time: events.isNull(3) ? nil : events.integer(3), hasSession: events.integer(4) != 0)
            }
            var statistics = pass.statistics(counts)
            statistics.popularItems = try pass.mostPopular(12).compactMap { number, count in
                let key = items.keys[number]
                guard let id = try String.fetchOne(db, sql: "SELECT id FROM items WHERE key = ?", arguments: [key]) else { return nil }
                var name: String?
                try PropertyTable.ofItems.forEach(owners: "items", only: key, db) { name = ItemProperties.item($0, $1).name }
                return StoreStatistics.PopularItem(id: id, name: name, events: count)
            }
            return statistics
        }
    }

    /// Numbers from 0 for the keys of a table, which have gaps.
    private static func numbers(of table: String, _ db: Database) throws -> (numbers: DenseNumbers, keys: [Int64]) {
        var numbers = DenseNumbers()
        let keys = try Int64.fetchAll(db, sql: "SELECT key FROM \(table) ORDER BY key")
        for (number, key) in keys.enumerated() { numbers[key] = number }
        return (numbers, keys)
    }
}

/// What one pass over the events collects.
private struct StatisticsPass {
    private let kindNames: [EventKind]
    private var kindIndex = DenseNumbers()
    private var kindEvents: [Int]
    private var kindUsers: [Set<UInt32>]
    private var userEvents = GrowingCounts()
    private var itemEvents = GrowingCounts()
    private var dayEvents: [Int: [Int]] = [:]
    private var first = Int64.max
    private var last = Int64.min
    private var withoutTime = 0
    private var withSession = 0
    /// Every how many users one is in the sample.
    private let stride: UInt64
    /// User and item, and user and second, in one number each.
    private var pairs: [UInt64] = []
    private var moments: [UInt64] = []

    init(kinds: [(Int64, String)], events: Int) {
        kindNames = kinds.map { EventKind(rawValue: $0.1) }
        kindEvents = [Int](repeating: 0, count: kinds.count)
        kindUsers = [Set<UInt32>](repeating: [], count: kinds.count)
        for (index, kind) in kinds.enumerated() { kindIndex[kind.0] = index }
        stride = UInt64(max(1, (events + 4_999_999) / 5_000_000))
    }

    /// Users in a row may be alike, so the sample is drawn by a hash (the finalizer of SplitMix64).
    private func isSampled(_ user: Int) -> Bool {
        guard stride > 1 else { return true }
        var hash = UInt64(user) &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return (hash ^ (hash >> 31)) % stride == 0
    }

    mutating func add(user: Int, item: Int, kind: Int64, time: Int64?, hasSession: Bool) {
        userEvents.add(user)
        itemEvents.add(item)
        let index = kindIndex[kind] ?? 0
        kindEvents[index] += 1
        if hasSession { withSession += 1 }
        let isSampled = isSampled(user)
        if isSampled {
            pairs.append(UInt64(user) << 32 | UInt64(item))
            kindUsers[index].insert(UInt32(truncatingIfNeeded: user))
        }
        guard let time else {
            withoutTime += 1
            return
        }
        first = min(first, time)
        last = max(last, time)
        let day = Int(time / 86_400_000) - (time % 86_400_000 < 0 ? 1 : 0)
        dayEvents[day, default: [Int](repeating: 0, count: kindNames.count)][index] += 1
        if isSampled { moments.append(UInt64(user) << 32 | UInt64(UInt32(clamping: time / 1_000))) }
    }

    func mostPopular(_ count: Int) -> [(key: Int, events: Int)] {
        itemEvents.counts.enumerated().filter { $0.element > 0 }.sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }.prefix(count)
            .map { ($0.offset, Int($0.element)) }
    }

    mutating func statistics(_ counts: StoreCounts) -> StoreStatistics {
        var result = StoreStatistics(counts: counts)
        let lengths = userEvents.counts.filter { $0 > 0 }.map(Double.init).sorted()
        let popularity = itemEvents.counts.filter { $0 > 0 }.map(Double.init).sorted(by: >)
        let total = lengths.reduce(0, +)
        result.usersWithEvents = lengths.count
        result.itemsWithEvents = popularity.count
        let order = kindNames.indices.filter { kindEvents[$0] > 0 }.sorted { kindEvents[$0] > kindEvents[$1] }
        result.days = dayEvents.sorted { $0.key < $1.key }.map { day, events in .init(day: day, events: order.map { events[$0] }) }
        if last >= first { (result.firstTime, result.lastTime) = (first, last) }
        result.eventsWithoutTime = withoutTime
        result.eventsWithSession = withSession
        result.historyLengths = .init(lengths)
        result.historyLengthBins = Self.bins(lengths, edges: [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100, 200, 500, 1_000, 10_000])
        result.itemsWithOneEvent = popularity.count { $0 == 1 }
        if !popularity.isEmpty {
            var sum = 0.0, next = 0
            (result.popularityShares, result.popularityEvents) = ([0], [0])
            for (index, events) in popularity.enumerated() {
                sum += events
                // A hundred points draw the curve.
                guard (index + 1) * 100 / popularity.count > next || index + 1 == popularity.count else { continue }
                next = (index + 1) * 100 / popularity.count
                result.popularityShares.append(Double(index + 1) / Double(popularity.count))
                result.popularityEvents.append(sum / total)
            }
        }
        let sampledUserCount = distinctUsers()
        result.sampledUsers = lengths.isEmpty ? 1 : Double(sampledUserCount) / Double(lengths.count)
        result.kinds = order.map { index in
            let users = Double(kindUsers[index].count) / max(result.sampledUsers, .leastNormalMagnitude)
            return .init(kind: kindNames[index], events: kindEvents[index], users: Int(users.rounded()))
        }
        addPairs(to: &result, users: sampledUserCount)
        addGaps(to: &result)
        return result
    }

    private mutating func distinctUsers() -> Int {
        pairs.sort()
        var count = 0
        for index in pairs.indices where index == 0 || pairs[index] >> 32 != pairs[index - 1] >> 32 { count += 1 }
        return count
    }

    /// The pairs are in order.
    private func addPairs(to result: inout StoreStatistics, users: Int) {
        guard !pairs.isEmpty else { return }
        var distinct = 0
        for index in pairs.indices where index == 0 || pairs[index] != pairs[index - 1] { distinct += 1 }
        result.density = Double(distinct) / (Double(users) * Double(max(result.itemsWithEvents, 1)))
        result.repeats = 1 - Double(distinct) / Double(pairs.count)
    }

    private mutating func addGaps(to result: inout StoreStatistics) {
        moments.sort()
        var gaps: [Double] = []
        var simultaneous = 0
        for index in moments.indices.dropFirst() where moments[index] >> 32 == moments[index - 1] >> 32 {
            if moments[index] == moments[index - 1] {
                simultaneous += 1
            } else {
                gaps.append(Double(moments[index] - moments[index - 1]))
            }
        }
        if !moments.isEmpty { result.simultaneous = Double(simultaneous) / Double(moments.count) }
        gaps.sort()
        result.gaps = .init(gaps)
        let hour = 3_600.0, day = 86_400.0
        result.gapBins = Self.bins(
            gaps, edges: [1, 10, 60, 600, hour, 6 * hour, day, 3 * day, 7 * day, 30 * day, 90 * day, 365 * day, 10_000 * day])
    }

    /// - Parameter values: in rising order.
    private static func bins(_ values: [Double], edges: [Double]) -> [StoreStatistics.Bin] {
        guard !values.isEmpty else { return [] }
        var bins = zip(edges, edges.dropFirst() + [.greatestFiniteMagnitude]).map { StoreStatistics.Bin(from: $0, to: $1, count: 0) }
        var bin = 0
        for value in values {
            while bin < bins.count - 1, value >= bins[bin].to { bin += 1 }
            bins[bin].count += 1
        }
        while bins.last?.count == 0 { bins.removeLast() }
        return bins
    }
}

/// Counts by small numbers.
private struct GrowingCounts {
    private(set) var counts: [UInt32] = []

    mutating func add(_ index: Int) {
        if index >= counts.count { counts.append(contentsOf: repeatElement(0, count: max(index + 1, 2 * counts.count) - counts.count)) }
        counts[index] += 1
    }
}
