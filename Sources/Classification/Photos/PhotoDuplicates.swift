import Imaging

/// Which photos show the same picture.
package struct PhotoDuplicates: Sendable {
    /// Photos with the same bytes: indices, ascending, two or more each.
    package let exact: [[Int]]
    /// Photos that look the same and differ in their bytes: indices, ascending; of photos with the same bytes the first
    /// stands for all.
    package let near: [[Int]]
    /// For every photo the first of all that show the same picture, itself if there is no other. One group holds exact and
    /// near duplicates.
    package let groups: [Int]

    /// - Parameters:
    ///   - digests: of every photo's file.
    ///   - signatures: of every photo, in the same order.
    package init(digests: [ContentDigest], signatures: [PhotoSignature]) {
        precondition(digests.count == signatures.count)
        var byDigest: [ContentDigest: [Int]] = [:]
        for (index, digest) in digests.enumerated() { byDigest[digest, default: []].append(index) }
        exact = byDigest.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
        let representatives = byDigest.values.map { $0[0] }.sorted()

        var forest = DisjointSets(count: digests.count)
        for (first, second) in Self.nearPairs(representatives, signatures) { forest.join(first, second) }
        var components: [Int: [Int]] = [:]
        for index in representatives { components[forest.first(of: index), default: []].append(index) }
        near = components.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }

        for group in exact { for index in group.dropFirst() { forest.join(group[0], index) } }
        groups = digests.indices.map { forest.first(of: $0) }
    }

    /// Pairs among `candidates` that look the same, the smaller index first.
    private static func nearPairs(_ candidates: [Int], _ signatures: [PhotoSignature]) -> [(Int, Int)] {
        var index = NearDuplicateIndex(maximumDistance: PhotoSignature.maximumHashDistance)
        for candidate in candidates { index.insert(signatures[candidate].hash, entry: candidate) }
        var pairs: [(Int, Int)] = []
        for candidate in candidates {
            let signature = signatures[candidate]
            var matches: Set<Int> = []
            for hash in Set([signature.hash, signature.mirroredHash]) {
                for match in index.neighbors(of: hash) where match.entry > candidate { matches.insert(match.entry) }
            }
            for other in matches.sorted() where signature.isNearDuplicate(of: signatures[other]) {
                pairs.append((candidate, other))
            }
        }
        return pairs
    }
}

/// Sets that only grow together (union-find with path halving); the smallest member stands for its set.
struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func first(of index: Int) -> Int {
        var index = index
        while parents[index] != index {
            parents[index] = parents[parents[index]]
            index = parents[index]
        }
        return index
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (first(of: a), first(of: b))
        parents[max(a, b)] = min(a, b)
    }
}
