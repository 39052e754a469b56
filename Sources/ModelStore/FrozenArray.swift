/// Numbers that do not change, wherever they lie: in an array, or in the bytes that were read from a file. Copies share them.
///
/// Reading element by element asks each time where they lie; loops take `withUnsafeBufferPointer`.
public struct FrozenArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
    @usableFromInline enum Place: Sendable {
        case array([Element])
        case bytes(TensorBytes)
    }

    @usableFromInline let place: Place
    public let count: Int

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public init(_ array: [Element] = []) {
        place = .array(array)
        count = array.count
    }

    /// The numbers that bytes are.
    init(_ bytes: TensorBytes) {
        place = .bytes(bytes)
        count = bytes.memory.count / MemoryLayout<Element>.stride
    }

    public subscript(position: Int) -> Element {
        precondition(position >= 0 && position < count, "position \(position) of \(count)")
        switch place {
        case .array(let array): return array[position]
        case .bytes(let bytes):
            return withExtendedLifetime(bytes) {
                bytes.memory.load(fromByteOffset: position * MemoryLayout<Element>.stride, as: Element.self)
            }
        }
    }

    @inlinable public func withUnsafeBufferPointer<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch place {
        case .array(let array): return try array.withUnsafeBufferPointer(body)
        case .bytes(let bytes):
            let start = bytes.memory.baseAddress!.assumingMemoryBound(to: Element.self)
            return try withExtendedLifetime(bytes) { () throws(Failure) in try body(UnsafeBufferPointer(start: start, count: count)) }
        }
    }

    public func withContiguousStorageIfAvailable<Result>(_ body: (UnsafeBufferPointer<Element>) throws -> Result) rethrows -> Result? {
        try withUnsafeBufferPointer(body)
    }

    /// The numbers in an array, copied where they lie elsewhere.
    public var array: [Element] {
        if case .array(let array) = place { return array }
        return withUnsafeBufferPointer { Array($0) }
    }
}

extension FrozenArray: Equatable where Element: Equatable {
    public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

extension FrozenArray: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) { self.init(elements) }
}
