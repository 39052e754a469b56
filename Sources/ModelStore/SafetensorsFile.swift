import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file of named tensors in the safetensors format, open for reading.
///
/// The format: 8 bytes that give the length of the header, the header as JSON, then the numbers of all tensors, all
/// little-endian (<https://huggingface.co/docs/safetensors>). Files come from anywhere, so opening one checks all of
/// its header against the file before any memory is taken for tensors, and refuses what does not fit.
///
/// Tensors are read from disk when asked for. The file stays open: one that is replaced meanwhile by rename goes on
/// being read as it was, and one that is cut short is an error, not a crash as with a memory map. Files that nobody changes may
/// be mapped.
public struct SafetensorsFile: Sendable {
    /// The largest header that is read, 100 MB, as in the reference implementation.
    public static let headerLimit = 100_000_000
    /// The most dimensions a tensor may have.
    public static let rankLimit = 32
    static let metadataName = "__metadata__"

    /// The path the file was opened at.
    public let path: String
    /// The file's own texts, by key.
    public let metadata: [String: String]
    let entries: [SafetensorsEntry]
    private let indices: [String: Int]
    private let descriptor: FileDescriptor
    private let dataOffset: Int
    private let isMapped: Bool

    /// Opens the file at `path` and checks its header.
    ///
    /// - Parameter isMapped: whether large tensors are mapped instead of read: for files that are never changed in place.
    /// - Throws: ``FileError`` when it cannot be opened, ``SafetensorsError`` when it is not sound.
    public init(contentsOf path: String, isMapped: Bool = false) throws {
        // Without O_NONBLOCK, opening a pipe would wait for a writer for ever.
        let descriptor = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
        let status = try descriptor.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw SafetensorsError(.notARegularFile, path: path) }
        let fileBytes = Int(status.st_size)

        func read(_ count: Int, at offset: Int) throws -> [UInt8] {
            let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            }
            guard bytes.count == count else { throw SafetensorsError(.changedWhileReading, path: path) }
            return bytes
        }
        guard fileBytes >= 8 else {
            throw SafetensorsError(.shorterThanHeaderLength(fileBytes: fileBytes), path: path)
        }
        let headerBytes = try read(8, at: 0).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard headerBytes <= UInt64(Self.headerLimit) else {
            throw SafetensorsError(.headerOverLimit(bytes: headerBytes), path: path, byte: 0)
        }
        guard headerBytes <= UInt64(fileBytes - 8) else {
            throw SafetensorsError(.headerPastEndOfFile(bytes: headerBytes, available: fileBytes - 8), path: path, byte: 0)
        }
        let dataOffset = 8 + Int(headerBytes)
        let header = try read(Int(headerBytes), at: 8).withUnsafeBufferPointer {
            try SafetensorsHeader(parsing: $0, dataByteCount: fileBytes - dataOffset, path: path)
        }
        self.path = path
        self.metadata = header.metadata
        self.entries = header.entries
        self.indices = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
        self.descriptor = descriptor
        self.dataOffset = dataOffset
        self.isMapped = isMapped
    }

    /// The names of the tensors, in the order of their data.
    public var tensorNames: [String] { entries.map(\.name) }

    /// Bytes that the numbers of all tensors take.
    public var dataByteCount: Int { entries.last?.data.upperBound ?? 0 }

    /// The size of each dimension of a tensor, outermost first.
    ///
    /// - Throws: ``SafetensorsError`` when there is no such tensor.
    public func shape(named name: String) throws(SafetensorsError) -> [Int] { try entry(named: name).shape }

    /// How the numbers of a tensor are stored.
    ///
    /// - Throws: ``SafetensorsError`` when there is no such tensor.
    public func elementType(named name: String) throws(SafetensorsError) -> SafetensorsElementType {
        try entry(named: name).elementType
    }

    /// The numbers of a floating-point tensor (`F64`, `F32`, `F16` or `BF16`), last dimension fastest. Only `F64`
    /// loses precision.
    ///
    /// - Throws: ``SafetensorsError`` when there is no such tensor or it holds whole numbers, ``FileError``.
    public func floats(named name: String) throws -> [Float] {
        let entry = try entry(named: name)
        return try [Float](unsafeUninitializedCapacity: entry.data.count / entry.elementType.byteCount) { buffer, count in
            try readFloats(entry, into: buffer)
            count = buffer.count
        }
    }

    /// Reads the numbers of a floating-point tensor to memory that the caller owns, without another copy for `F32`.
    ///
    /// - Parameter destination: room for exactly the tensor's numbers.
    /// - Throws: ``SafetensorsError`` when there is no such tensor, it holds whole numbers or another count of them,
    ///   ``FileError``.
    public func readFloats(named name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
        let entry = try entry(named: name)
        let count = entry.data.count / entry.elementType.byteCount
        guard destination.count == count else {
            throw SafetensorsError(
                .valueCountMismatch(shape: entry.shape, values: destination.count), path: path, tensor: name)
        }
        try readFloats(entry, into: destination)
    }

    /// The numbers of a tensor of whole numbers or truth values, last dimension fastest.
    ///
    /// - Throws: ``SafetensorsError`` when there is no such tensor, it holds floating-point numbers or a number that
    ///   is not a value of its type, ``FileError``.
    public func integers(named name: String) throws -> [Int64] {
        let entry = try entry(named: name)
        guard !entry.elementType.isFloatingPoint else {
            throw SafetensorsError(.wrongElementType(entry.elementType, wanted: "integers"), path: path, tensor: name)
        }
        return try readBytes(entry).withUnsafeBytes { try integers(entry, $0) }
    }

    private func integers(_ entry: SafetensorsEntry, _ bytes: UnsafeRawBufferPointer) throws(SafetensorsError) -> [Int64] {
        switch ElementConversion.integers(bytes, as: entry.elementType) {
        case .success(let values): return values
        case .failure(let invalid):
            throw SafetensorsError(
                .invalidElement(index: invalid.index, elementType: entry.elementType), path: path, tensor: entry.name,
                byte: dataOffset + entry.data.lowerBound + invalid.index * entry.elementType.byteCount)
        }
    }

    /// The bytes of a tensor as they stand in the file, little-endian.
    ///
    /// - Throws: ``SafetensorsError`` when there is no such tensor, ``FileError``.
    public func bytes(named name: String) throws -> [UInt8] { try readBytes(entry(named: name)) }

    /// A tensor with its name, shape and numbers.
    ///
    /// - Throws: ``SafetensorsError``, ``FileError``.
    public func tensor(named name: String) throws -> NamedTensor { try tensor(named: name, visitingBytes: { _ in }) }

    /// A tensor, whose stored bytes are shown to `visit` on the way. Numbers that stand in the file as memory wants them are not
    /// copied again.
    func tensor(named name: String, visitingBytes visit: (UnsafeRawBufferPointer) -> Void) throws -> NamedTensor {
        let entry = try entry(named: name)
        let bytes = try TensorBytes(
            descriptor, at: dataOffset + entry.data.lowerBound, count: entry.data.count, isMapped: isMapped,
            alignment: entry.elementType.byteCount)
        return try withExtendedLifetime(bytes) {
            visit(bytes.memory)
            return NamedTensor(
                name: entry.name, shape: entry.shape, storedAs: entry.elementType, try values(entry, bytes))
        }
    }

    private func values(_ entry: SafetensorsEntry, _ bytes: TensorBytes) throws(SafetensorsError) -> NamedTensor.Values {
        switch entry.elementType {
        case .float32: return .floats(FrozenArray(bytes))
        case .uint32: return .words(FrozenArray(bytes))
        case .uint8: return .bytes(FrozenArray(bytes))
        case .float64, .float16, .bfloat16:
            let count = bytes.memory.count / entry.elementType.byteCount
            return .floats(FrozenArray([Float](unsafeUninitializedCapacity: count) { buffer, filled in
                ElementConversion.decode(bytes.memory, as: entry.elementType, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
                filled = count
            }))
        default: return .integers(try integers(entry, bytes.memory))
        }
    }

    private func entry(named name: String) throws(SafetensorsError) -> SafetensorsEntry {
        guard let index = indices[name] else {
            throw SafetensorsError(.noSuchTensor(available: tensorNames), path: path, tensor: name)
        }
        return entries[index]
    }

    private func readBytes(_ entry: SafetensorsEntry) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: entry.data.count) { buffer, count in
            try read(entry, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<entry.data.count]))
            count = entry.data.count
        }
    }

    private func readFloats(_ entry: SafetensorsEntry, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        guard entry.elementType.isFloatingPoint else {
            throw SafetensorsError(.wrongElementType(entry.elementType, wanted: "floats"), path: path, tensor: entry.name)
        }
        if entry.elementType == .float32 {
            try read(entry, into: UnsafeMutableRawBufferPointer(buffer))
        } else {
            try readBytes(entry).withUnsafeBytes { ElementConversion.decode($0, as: entry.elementType, into: buffer) }
        }
    }

    private func read(_ entry: SafetensorsEntry, into buffer: UnsafeMutableRawBufferPointer) throws {
        guard try descriptor.read(into: buffer, at: dataOffset + entry.data.lowerBound) == buffer.count else {
            throw SafetensorsError(.changedWhileReading, path: path, tensor: entry.name)
        }
    }
}
