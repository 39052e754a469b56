/// Numbers that do not change, wherever they lie: in an array, or among the bytes of a file that was read at once. Copies
/// share them.
///
/// Reading element by element asks each time where they lie; loops take `withUnsafeBufferPointer`.
public struct FrozenArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
    private enum Place: Sendable {
        case array([Element])
        case bytes(TensorBytes, offset: Int)
    }

    private let place: Place
    public let count: Int

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public init(_ array: [Element] = []) {
        place = .array(array)
        count = array.count
    }

    /// The numbers in a range of bytes; nil where they do not lie as numbers of this type must, so that they can only be copied.
    init?(_ bytes: TensorBytes, _ range: Range<Int>) {
        let size = MemoryLayout<Element>.stride
        guard range.lowerBound % MemoryLayout<Element>.alignment == 0, range.count % size == 0 else { return nil }
        place = .bytes(bytes, offset: range.lowerBound)
        count = range.count / size
    }

    public subscript(position: Int) -> Element {
        precondition(position >= 0 && position < count, "position \(position) of \(count)")
        switch place {
        case .array(let array): return array[position]
        case .bytes(let bytes, let offset):
            return bytes.memory.load(fromByteOffset: offset + position * MemoryLayout<Element>.stride, as: Element.self)
        }
    }

    public func withUnsafeBufferPointer<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch place {
        case .array(let array): return try array.withUnsafeBufferPointer(body)
        case .bytes(let bytes, let offset):
            let start = (bytes.memory.baseAddress! + offset).assumingMemoryBound(to: Element.self)
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
