import FileStorage

extension SafetensorsFile {
    /// Writes a safetensors file in one step: a reader sees the old file or the new.
    ///
    /// The same tensors and metadata always give the same bytes, in whatever order they are passed: tensors are laid
    /// out by size of element, largest first, so that each is aligned, and then by name.
    ///
    /// - Parameters:
    ///   - tensors: the tensors, with distinct names.
    ///   - metadata: texts to store in the header.
    ///   - path: the file; what was there is replaced.
    /// - Throws: ``SafetensorsError`` when a tensor cannot be stored as it asks (nothing is written then),
    ///   ``FileError`` when the system refuses, for example because the disk is full.
    public static func write(_ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String) throws {
        let layout = try SafetensorsLayout(tensors, metadata: metadata, path: path)
        try AtomicFile.write(to: path) { writer in
            try writer.write(layout.header)
            for tensor in layout.tensors {
                try encode(tensor, path: path) { try writer.write($0) }
            }
        }
    }

    /// Hands the stored form of a tensor's numbers to `body`, in pieces of at most a megabyte.
    static func encode(
        _ tensor: NamedTensor, path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch tensor.values {
        case .floats(let values) where tensor.elementType == .float32: try pieces(of: values, body)
        case .words(let values) where tensor.elementType == .uint32: try pieces(of: values, body)
        case .bytes(let values) where tensor.elementType == .uint8: try pieces(of: values, body)
        case .floats(let values):
            try encode(values, tensor, path: path, with: { ElementConversion.encode($0, as: $1, to: $2) }, body)
        case .integers, .words, .bytes:
            try encode(
                FrozenArray(tensor.integers ?? []), tensor, path: path, with: { ElementConversion.encode($0, as: $1, to: $2) }, body)
        }
    }

    /// Numbers that stand in memory as they do in a file.
    private static func pieces<Value>(of values: FrozenArray<Value>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try values.withUnsafeBufferPointer { values in
            let bytes = UnsafeRawBufferPointer(values)
            for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
                try body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 20, bytes.count)]))
            }
        }
    }

    private static func encode<Value>(
        _ values: FrozenArray<Value>, _ tensor: NamedTensor, path: String,
        with convert: (UnsafeBufferPointer<Value>, SafetensorsElementType, UnsafeMutableRawBufferPointer) -> Int?,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let size = tensor.elementType.byteCount
        let pieceLength = min(values.count, (1 << 20) / size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, pieceLength * size), alignment: 16)
        defer { buffer.deallocate() }
        try values.withUnsafeBufferPointer { values in
            var start = 0
            while start < values.count {
                let piece = UnsafeBufferPointer(rebasing: values[start..<min(start + pieceLength, values.count)])
                let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(piece.count * size)])
                if let index = convert(piece, tensor.elementType, bytes) {
                    throw SafetensorsError(
                        .valueOutOfRange(
                            value: "\(piece[index])", index: start + index, elementType: tensor.elementType),
                        path: path, tensor: tensor.name)
                }
                try body(UnsafeRawBufferPointer(bytes))
                start += piece.count
            }
        }
    }
}

/// The order in which tensors are written, and the bytes that come before their numbers.
struct SafetensorsLayout {
    let tensors: [NamedTensor]
    /// The length and the JSON, padded with spaces so that the numbers begin at a multiple of 8.
    let header: [UInt8]

    init(_ tensors: [NamedTensor], metadata: [String: String], path: String) throws(SafetensorsError) {
        self.tensors = Self.ordered(tensors)
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { jsonString($0.key) + ":" + jsonString($0.value) }
            members.append("\"\(SafetensorsFile.metadataName)\":{" + texts.joined(separator: ",") + "}")
        }
        var names: Set<String> = []
        var offset = 0
        for tensor in self.tensors {
            func error(_ problem: SafetensorsError.Problem) -> SafetensorsError {
                SafetensorsError(problem, path: path, tensor: tensor.name)
            }
            guard tensor.name != SafetensorsFile.metadataName else { throw error(.reservedName) }
            guard names.insert(tensor.name).inserted else { throw error(.duplicateName(tensor.name)) }
            guard tensor.shape.count <= SafetensorsFile.rankLimit else { throw error(.tooManyDimensions) }
            guard elementCount(of: tensor.shape) == tensor.values.count else {
                throw error(.valueCountMismatch(shape: tensor.shape, values: tensor.values.count))
            }
            guard tensor.elementType.isFloatingPoint == (tensor.floats != nil) else {
                throw error(.valuesDoNotMatchElementType(tensor.elementType))
            }
            let end = offset + tensor.values.count * tensor.elementType.byteCount
            members.append(
                jsonString(tensor.name) + ":{\"dtype\":\"\(tensor.elementType.rawValue)\",\"shape\":["
                    + tensor.shape.map(String.init).joined(separator: ",")
                    + "],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var json = Array(("{" + members.joined(separator: ",") + "}").utf8)
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        guard json.count <= SafetensorsFile.headerLimit else {
            throw SafetensorsError(.headerOverLimit(bytes: UInt64(json.count)), path: path)
        }
        header = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    static func ordered(_ tensors: [NamedTensor]) -> [NamedTensor] {
        tensors.sorted { precedes(($0.name, $0.elementType), ($1.name, $1.elementType)) }
    }

    /// Larger elements first, so that each tensor is aligned; then by name.
    static func precedes(
        _ left: (name: String, elementType: SafetensorsElementType),
        _ right: (name: String, elementType: SafetensorsElementType)
    ) -> Bool {
        left.elementType.byteCount != right.elementType.byteCount
            ? left.elementType.byteCount > right.elementType.byteCount
            : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
