/// Finds hashes that differ in few bits without comparing all pairs.
///
/// Hashes are cut into `maximumDistance + 1` bands of bits. Two hashes within that distance agree in at least
/// one whole band (pigeonhole; Norouzi, Punjani and Fleet 2012), so only hashes that share a band are compared.
public struct NearDuplicateIndex: Sendable {
    public let maximumDistance: Int
    /// Distinct hashes, and which entries have them.
    private var hashes: [UInt64] = []
    private var members: [[Int]] = []
    private var places: [UInt64: Int] = [:]
    /// For each band: its bits -> places in `hashes`.
    private var buckets: [[UInt64: [Int]]]
    private let bands: [(shift: UInt64, mask: UInt64)]

    /// - Parameter maximumDistance: 0 to 15; the larger, the more is compared.
    public init(maximumDistance: Int) {
        precondition((0...15).contains(maximumDistance), "a distance of \(maximumDistance)")
        self.maximumDistance = maximumDistance
        let count = maximumDistance + 1
        bands = (0..<count).map { band in
            let start = band * 64 / count, end = (band + 1) * 64 / count
            return (UInt64(start), end - start == 64 ? .max : (1 << UInt64(end - start)) - 1)
        }
        buckets = Array(repeating: [:], count: count)
    }

    /// An index of `hashes`; entries are their positions.
    public init(_ hashes: some Sequence<PerceptualHash>, maximumDistance: Int = 6) {
        self.init(maximumDistance: maximumDistance)
        for (entry, hash) in hashes.enumerated() { insert(hash, entry: entry) }
    }

    public mutating func insert(_ hash: PerceptualHash, entry: Int) {
        if let place = places[hash.bits] {
            members[place].append(entry)
            return
        }
        let place = hashes.count
        places[hash.bits] = place
        hashes.append(hash.bits)
        members.append([entry])
        for (band, cut) in bands.enumerated() {
            buckets[band][hash.bits >> cut.shift & cut.mask, default: []].append(place)
        }
    }

    /// All entries within the distance, nearest first, with their distances.
    public func neighbors(of hash: PerceptualHash) -> [(entry: Int, distance: Int)] {
        var found: [Int: Int] = [:]
        for (band, cut) in bands.enumerated() {
            for place in buckets[band][hash.bits >> cut.shift & cut.mask] ?? [] {
                let distance = (hashes[place] ^ hash.bits).nonzeroBitCount
                if distance <= maximumDistance { found[place] = distance }
            }
        }
        return found.flatMap { place, distance in members[place].map { (entry: $0, distance: distance) } }
            .sorted { ($0.distance, $0.entry) < ($1.distance, $1.entry) }
    }

    /// Entries that are near duplicates of each other, directly or through others: groups of two or more, entries
    /// ascending, groups ordered by their first entry.
    public func groups() -> [[Int]] {
        var parents = Array(hashes.indices)
        func root(_ start: Int) -> Int {
            var place = start
            while parents[place] != place {
                parents[place] = parents[parents[place]]
                place = parents[place]
            }
            return place
        }
        for bucket in buckets.lazy.flatMap(\.values) where bucket.count > 1 {
            for (position, first) in bucket.enumerated() {
                let bits = hashes[first]
                for second in bucket[(position + 1)...] where (hashes[second] ^ bits).nonzeroBitCount <= maximumDistance {
                    let a = root(first), b = root(second)
                    if a != b { parents[max(a, b)] = min(a, b) }
                }
            }
        }
        var grouped: [Int: [Int]] = [:]
        for place in hashes.indices { grouped[root(place), default: []] += members[place] }
        return grouped.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
