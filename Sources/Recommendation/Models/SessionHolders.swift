import ModelStore

/// Which sessions hold which items.
struct SessionHolders {
    /// Of each item, how many sessions hold it.
    let counts: [Int]
    /// For each item the latest sessions that hold it, the latest first: `starts[item]..<starts[item + 1]` of `latest`.
    let starts: [Int]
    let latest: FrozenArray<UInt32>
    /// Steps that repeat the one before.
    let repeats: Int

    /// - Parameters:
    ///   - sessionStarts: sessions from the earliest to the latest.
    ///   - sample: sessions of each item that are kept.
    init(_ sessionStarts: [Int], _ sessionItems: FrozenArray<UInt32>, itemCount: Int, sample: Int) {
        let sessionCount = sessionStarts.count - 1
        var counts = [Int](repeating: 0, count: itemCount), lastSeen = [Int](repeating: -1, count: itemCount)
        var repeats = 0
        sessionItems.withUnsafeBufferPointer { items in
            for session in 0..<sessionCount {
                let range = sessionStarts[session]..<sessionStarts[session + 1]
                for position in range {
                    let item = Int(items[position])
                    if position > range.lowerBound, items[position - 1] == items[position] { repeats += 1 }
                    guard lastSeen[item] != session else { continue }
                    lastSeen[item] = session
                    counts[item] += 1
                }
            }
        }
        let starts = Self.starts(of: counts, sample: sample)
        var next = starts, latest = [UInt32](repeating: 0, count: starts[itemCount])
        lastSeen = [Int](repeating: -1, count: itemCount)
        sessionItems.withUnsafeBufferPointer { items in
            for session in (0..<sessionCount).reversed() {
                for position in sessionStarts[session]..<sessionStarts[session + 1] {
                    let item = Int(items[position])
                    guard lastSeen[item] != session, next[item] < starts[item + 1] else { continue }
                    lastSeen[item] = session
                    latest[next[item]] = UInt32(session)
                    next[item] += 1
                }
            }
        }
        self.init(counts: counts, starts: starts, latest: FrozenArray(latest), repeats: repeats)
    }

    /// - Precondition: `starts` are those of `counts`, and `latest` has as many entries as they tell.
    init(counts: [Int], starts: [Int], latest: FrozenArray<UInt32>, repeats: Int) {
        (self.counts, self.starts, self.latest, self.repeats) = (counts, starts, latest, repeats)
    }

    /// Where each item's sessions begin.
    static func starts(of counts: [Int], sample: Int) -> [Int] {
        var starts = [0]
        starts.reserveCapacity(counts.count + 1)
        for count in counts { starts.append(starts[starts.count - 1] + min(count, sample)) }
        return starts
    }
}
