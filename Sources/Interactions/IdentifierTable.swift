/// Names to numbers from 0 and back.
public struct IdentifierTable: Sendable {
    public private(set) var names: [String] = []
    private var numbers: [String: UInt32] = [:]

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
    public func number(of name: String) -> Int? { numbers[name].map(Int.init) }

    /// The number of a name, a new one if it is not known yet.
    public mutating func number(adding name: String) -> Int {
        if let number = numbers[name] { return Int(number) }
        let number = UInt32(names.count)
        numbers[name] = number
        names.append(name)
        return Int(number)
    }

    public subscript(number: Int) -> String { names[number] }
}
