#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A name that is the same as another only where every byte of its UTF-8 is.
///
/// Texts of Swift are equal where they look the same: "é" as one character and as e with an accent behind it. A shop that
/// has both has two ids, as its database does, and a store that compares bytes agrees.
public struct Identifier: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (left: Identifier, right: Identifier) -> Bool {
        let same = left.text.utf8.withContiguousStorageIfAvailable { left in
            right.text.utf8.withContiguousStorageIfAvailable { right in
                left.count == right.count && (left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0)
            }
        }
        // Texts of Swift lie in one piece; only those that another language lends may not.
        return (same ?? nil) ?? left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        if isHashed == nil { Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}

/// Names to numbers from 0 and back. Names are told apart by their bytes, see ``Identifier``.
public struct IdentifierTable: Sendable {
    public private(set) var names: [String] = []
    private var numbers: [Identifier: UInt32] = [:]

    public init() {}

    public init(_ names: some Sequence<String>) {
        for name in names { _ = number(adding: name) }
    }

    public var count: Int { names.count }

    /// Makes room for so many names.
    public mutating func reserveCapacity(_ count: Int) {
        names.reserveCapacity(count)
        numbers.reserveCapacity(count)
    }

    /// The number of a name, nil if it is not known.
    public func number(of name: String) -> Int? { numbers[Identifier(name)].map(Int.init) }

    /// The number of a name, a new one if it is not known yet.
    public mutating func number(adding name: String) -> Int {
        if let number = numbers[Identifier(name)] { return Int(number) }
        let number = UInt32(names.count)
        numbers[Identifier(name)] = number
        names.append(name)
        return Int(number)
    }

    public subscript(number: Int) -> String { names[number] }
}
