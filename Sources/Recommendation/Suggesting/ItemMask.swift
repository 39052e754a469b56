/// A set of items, one bit for each.
public struct ItemMask: Hashable, Sendable {
    /// How many items there are, in the set or not.
    public private(set) var count: Int
    /// 64 items a word, the first in the lowest bit. Bits beyond the last item are zero.
    public private(set) var words: [UInt64]

    /// All items or none.
    public init(count: Int, all: Bool = false) {
        self.count = count
        words = [UInt64](repeating: all ? ~0 : 0, count: (count + 63) / 64)
        clearTail()
    }

    /// The items for which a condition holds.
    public init(count: Int, where isMember: (Int) -> Bool) {
        self.count = count
        words = []
        words.reserveCapacity((count + 63) / 64)
        for base in stride(from: 0, to: count, by: 64) {
            var word: UInt64 = 0
            for bit in 0..<min(64, count - base) where isMember(base + bit) { word |= 1 << UInt64(bit) }
            words.append(word)
        }
    }

    public subscript(item: Int) -> Bool {
        get { words[item >> 6] >> UInt64(item & 63) & 1 == 1 }
        set {
            let bit = UInt64(1) << UInt64(item & 63)
            if newValue { words[item >> 6] |= bit } else { words[item >> 6] &= ~bit }
        }
    }

    /// How many items are in the set.
    public var population: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The items in the set, ascending.
    public var members: [Int] {
        var members: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return members
    }

    /// - Precondition: masks of as many items.
    public mutating func formIntersection(_ other: ItemMask) {
        precondition(count == other.count, "masks of \(count) and \(other.count) items")
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// - Precondition: masks of as many items.
    public mutating func formUnion(_ other: ItemMask) {
        precondition(count == other.count, "masks of \(count) and \(other.count) items")
        for index in words.indices { words[index] |= other.words[index] }
    }

    public mutating func invert() {
        for index in words.indices { words[index] = ~words[index] }
        clearTail()
    }

    /// Makes room for more items, none of them in the set.
    mutating func grow(to count: Int) {
        guard count > self.count else { return }
        self.count = count
        words += [UInt64](repeating: 0, count: (count + 63) / 64 - words.count)
    }

    private mutating func clearTail() {
        if count % 64 != 0, !words.isEmpty { words[words.count - 1] &= 1 << UInt64(count % 64) - 1 }
    }
}
