import Interactions
import Synchronization

/// The answers of all items to conditions asked before, as one bit each.
///
/// A condition rather than a whole filter is kept, because filters share conditions; putting masks together costs a word for
/// 64 items. The mutex makes it safe to ask from any thread.
final class FilterCache: Sendable {
    private struct State {
        var masks: [FilterTest: (mask: ItemMask, used: Int)] = [:]
        /// Which items had not expired at some time, and from when to before when that stays so.
        var unexpired: (mask: ItemMask, from: Int64, until: Int64)?
        /// Counts requests, to tell which masks were not used for longest.
        var clock = 0
    }

    private let state: Mutex<State>

    /// Bytes of masks that are kept.
    private static let capacity = 64 << 20
    private static let mostMasks = 4_096
    /// Bytes of text in a condition that is kept.
    private static let longestText = 4_096

    init() { state = Mutex(State()) }

    private init(_ contents: State) { state = Mutex(contents) }

    func copy() -> FilterCache { FilterCache(state.withLock { $0 }) }

    func mask(for test: FilterTest, otherwise make: () -> ItemMask) -> ItemMask {
        let known = state.withLock { state -> ItemMask? in
            state.clock += 1
            state.masks[test]?.used = state.clock
            return state.masks[test]?.mask
        }
        if let known { return known }
        // Outside the lock: others go on meanwhile, and at worst two threads find the same.
        let mask = make()
        // A condition with a long list is itself as large as a mask, and seldom asked again.
        guard test.textSize <= Self.longestText else { return mask }
        state.withLock { state in
            let most = max(Self.capacity / max(mask.words.count * 8, 1), 16)
            while state.masks.count >= min(most, Self.mostMasks),
                let oldest = state.masks.min(by: { $0.value.used < $1.value.used })
            {
                state.masks[oldest.key] = nil
            }
            state.masks[test] = (mask, state.clock)
        }
        return mask
    }

    func unexpired(now: Int64, expiries: () -> [Int64]) -> ItemMask {
        let known = state.withLock { state -> ItemMask? in
            guard let known = state.unexpired, known.from <= now, now < known.until else { return nil }
            return known.mask
        }
        if let known { return known }
        let expiries = expiries()
        var from = Int64.min, until = Int64.max
        let mask = expiries.withUnsafeBufferPointer { expiries in
            ItemMask(count: expiries.count) { item in
                let expiry = expiries[item]
                if expiry <= now { from = max(from, expiry) } else { until = min(until, expiry) }
                return expiry > now
            }
        }
        state.withLock { $0.unexpired = (mask, from, until) }
        return mask
    }

    /// Asks a new or changed item all conditions.
    func update(_ item: Item, at number: Int) {
        state.withLock { state in
            for test in Array(state.masks.keys) {
                state.masks[test]!.mask.grow(to: number + 1)
                state.masks[test]!.mask[number] = test.matches(item, now: 0)
            }
            state.unexpired = nil
        }
    }
}
