/// Where a tensor lies in a file, checked against the file.
struct SafetensorsEntry: Sendable {
    let name: String
    let elementType: SafetensorsElementType
    let shape: [Int]
    /// Positions within the data, which begin after the header.
    let data: Range<Int>
    /// Where the entry stands in the file, for errors.
    let byte: Int
}

/// The header of a safetensors file, read and checked. Nothing here trusts the file.
struct SafetensorsHeader: Sendable {
    /// In the order of their data.
    let entries: [SafetensorsEntry]
    let metadata: [String: String]

    /// - Parameters:
    ///   - text: the JSON of the header.
    ///   - dataByteCount: how many bytes follow the header in the file.
    ///   - path: the file, for errors.
    /// - Throws: ``SafetensorsError``.
    init(
        parsing text: UnsafeBufferPointer<UInt8>, dataByteCount: Int, path: String
    ) throws(SafetensorsError) {
        if let byte = firstInvalidUTF8(in: text) {
            throw SafetensorsError(.headerNotUTF8, path: path, byte: 8 + byte)
        }
        var parser = Parser()
        do {
            try parser.parse(text)
        } catch {
            throw SafetensorsError(error.problem, path: path, tensor: parser.current, byte: 8 + error.offset)
        }
        metadata = parser.metadata
        // Empty tensors share their position with the tensor that follows, so ties are broken by the end.
        entries = parser.entries.sorted { ($0.data.lowerBound, $0.data.upperBound) < ($1.data.lowerBound, $1.data.upperBound) }
        try Self.checkLayout(entries, dataByteCount: dataByteCount, path: path)
    }

    /// The data must follow one another without overlap or hole and fill the file to its end.
    private static func checkLayout(
        _ entries: [SafetensorsEntry], dataByteCount: Int, path: String
    ) throws(SafetensorsError) {
        var end = 0
        var previous: SafetensorsEntry?
        for entry in entries {
            func error(_ problem: SafetensorsError.Problem) -> SafetensorsError {
                SafetensorsError(problem, path: path, tensor: entry.name, byte: entry.byte)
            }
            if entry.data.upperBound > dataByteCount {
                throw error(.dataPastEndOfFile(end: entry.data.upperBound, available: dataByteCount))
            }
            if entry.data.lowerBound < end { throw error(.overlap(with: previous?.name ?? "")) }
            if entry.data.lowerBound > end { throw error(.hole(bytes: entry.data.lowerBound - end)) }
            let expected = elementCount(of: entry.shape)
                .map { $0.multipliedReportingOverflow(by: entry.elementType.byteCount) }
                .flatMap { $0.overflow ? nil : $0.partialValue }
            if expected != entry.data.count {
                throw error(
                    .sizeMismatch(
                        shape: entry.shape, elementType: entry.elementType, expected: expected,
                        found: entry.data.count))
            }
            end = entry.data.upperBound
            previous = entry
        }
        if end < dataByteCount { throw SafetensorsError(.trailingBytes(dataByteCount - end), path: path) }
    }

    private struct Parser {
        var entries: [SafetensorsEntry] = []
        var metadata: [String: String] = [:]
        /// The tensor or metadata entry being read.
        var current: String?
        private var names: Set<String> = []

        mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws(JSONCursor.Failure) {
            var cursor = JSONCursor(text)
            // The format wants the brace first; other implementations refuse leading space too.
            guard text.first == UInt8(ascii: "{") else { throw cursor.failure(expected: "'{'") }
            try cursor.object { (cursor, name, offset) throws(JSONCursor.Failure) in
                current = name
                guard names.insert(name).inserted else {
                    throw JSONCursor.Failure(problem: .duplicateName(name), offset: offset)
                }
                if name == SafetensorsFile.metadataName {
                    try parseMetadata(&cursor)
                } else {
                    entries.append(try Self.entry(named: name, at: offset, &cursor))
                }
                current = nil
            }
            cursor.skipSpace()
            guard cursor.isAtEnd else { throw cursor.failure(expected: "nothing more in the header") }
        }

        private mutating func parseMetadata(_ cursor: inout JSONCursor) throws(JSONCursor.Failure) {
            try cursor.object { (cursor, key, offset) throws(JSONCursor.Failure) in
                let value = try cursor.string()
                guard metadata.updateValue(value, forKey: key) == nil else {
                    throw JSONCursor.Failure(problem: .duplicateName(key), offset: offset)
                }
            }
        }

        private static func entry(
            named name: String, at start: Int, _ cursor: inout JSONCursor
        ) throws(JSONCursor.Failure) -> SafetensorsEntry {
            var elementType: SafetensorsElementType?
            var shape: [Int]?
            var data: Range<Int>?
            try cursor.object { (cursor, field, offset) throws(JSONCursor.Failure) in
                func refuseTwice(_ seen: Bool) throws(JSONCursor.Failure) {
                    if seen { throw JSONCursor.Failure(problem: .duplicateName(field), offset: offset) }
                }
                switch field {
                case "dtype":
                    try refuseTwice(elementType != nil)
                    let text = try cursor.string()
                    guard let known = SafetensorsElementType(rawValue: text) else {
                        throw JSONCursor.Failure(problem: .unknownElementType(text), offset: offset)
                    }
                    elementType = known
                case "shape":
                    try refuseTwice(shape != nil)
                    shape = try cursor.integers(limit: SafetensorsFile.rankLimit)
                case "data_offsets":
                    try refuseTwice(data != nil)
                    try cursor.take("[")
                    let begin = try cursor.integer()
                    try cursor.take(",")
                    let end = try cursor.integer()
                    try cursor.take("]")
                    guard begin <= end else {
                        throw JSONCursor.Failure(problem: .offsetsReversed(begin: begin, end: end), offset: offset)
                    }
                    data = begin..<end
                default:
                    throw JSONCursor.Failure(problem: .unknownField(field), offset: offset)
                }
            }
            func required<Field>(_ field: Field?, _ name: String) throws(JSONCursor.Failure) -> Field {
                guard let field else { throw JSONCursor.Failure(problem: .missingField(name), offset: start) }
                return field
            }
            return SafetensorsEntry(
                name: name, elementType: try required(elementType, "dtype"), shape: try required(shape, "shape"),
                data: try required(data, "data_offsets"), byte: 8 + start)
        }
    }
}
