#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Names to numbers from 0 and back.
///
/// Names are the same only where every byte of their UTF-8 is. Texts of Swift are equal where they look the same, "é" as
/// one character and as e with an accent behind it; a shop that has both has two ids, as its database does, and a store
/// compares bytes too.
public struct IdentifierTable: Sendable {
    public private(set) var names: [String] = []
    /// Numbers where their hashes lead, or in the next free slot behind (linear probing). A power of two of them, at most
    /// half of them taken.
    private var slots: [Slot] = []

    /// A name's number beside its hash, so that growing hashes nothing anew, and most other names are told apart without
    /// their bytes.
    private struct Slot {
        var hash: UInt32
        var number: UInt32

        static let free = Slot(hash: 0, number: .max)
        var isFree: Bool { number == .max }
    }

    /// Of this process, so that nobody can prepare names that all lead to one slot. Numbers do not depend on it.
    private static let seed = UInt64.random(in: .min ... .max)

    public init() {}

    public init(_ names: some Sequence<String>) {
        for name in names { _ = number(adding: name) }
    }

    public var count: Int { names.count }

    /// Makes room for so many names.
    public mutating func reserveCapacity(_ count: Int) {
        names.reserveCapacity(count)
        if count * 2 > slots.count { makeSlots(for: count) }
    }

    /// The number of a name, nil if it is not known.
    public func number(of name: String) -> Int? {
        var name = name
        return name.withUTF8 { bytes in
            let place = place(of: bytes, hash: Self.hash(UnsafeRawBufferPointer(bytes)))
            return place.number.map(Int.init)
        }
    }

    /// The number of a name, a new one if it is not known yet.
    public mutating func number(adding name: String) -> Int {
        if (names.count + 1) * 2 > slots.count { makeSlots(for: (names.count + 1) * 2) }
        var text = name
        let (hash, place) = text.withUTF8 { bytes in
            let hash = Self.hash(UnsafeRawBufferPointer(bytes))
            return (hash, self.place(of: bytes, hash: hash))
        }
        if let number = place.number { return Int(number) }
        let number = UInt32(names.count)
        slots[place.slot] = Slot(hash: hash, number: number)
        names.append(text)
        return Int(number)
    }

    public subscript(number: Int) -> String { names[number] }

    /// Where a name is, or would be.
    private func place(of name: UnsafeBufferPointer<UInt8>, hash: UInt32) -> (slot: Int, number: UInt32?) {
        guard !slots.isEmpty else { return (0, nil) }
        var slot = Int(hash) & (slots.count - 1)
        while true {
            let taken = slots[slot]
            if taken.isFree { return (slot, nil) }
            if taken.hash == hash, Self.isSame(names[Int(taken.number)], name) { return (slot, taken.number) }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    private static func isSame(_ known: String, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var known = known
        return known.withUTF8 { $0.count == name.count && (name.isEmpty || memcmp($0.baseAddress!, name.baseAddress!, name.count) == 0) }
    }

    private mutating func makeSlots(for count: Int) {
        var size = 16
        while size < count * 2 { size *= 2 }
        let taken = slots.filter { !$0.isFree }
        slots = Array(repeating: .free, count: size)
        for name in taken {
            var slot = Int(name.hash) & (size - 1)
            while !slots[slot].isFree { slot = (slot + 1) & (size - 1) }
            slots[slot] = name
        }
    }

    /// Eight bytes at a time into the product of 128 bits, as wyhash does (Wang Yi, 2019).
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var state = seed ^ UInt64(bytes.count)
        var index = 0
        while index + 8 <= bytes.count {
            state = mixed(state ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        state = mixed(state ^ rest)
        return UInt32(truncatingIfNeeded: state ^ state >> 32)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
