import FileStorage

/// A model as one file: its parameters, and everything else that running it needs as sections of JSON text.
///
/// The file is in the safetensors format, so other programs can read the parameters; the sections are its metadata. A
/// checksum over all of it tells damage from content.
public struct ModelFile: Sendable, Equatable {
    /// The format that this program writes and reads.
    public static let formatVersion = 1
    static let formatKey = "tandem.format"
    static let checksumKey = "tandem.checksum"

    /// The name of a section. Any text is one; those that models commonly have are named here.
    public struct Section: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let name: String

        public init(_ name: String) { self.name = name }
        public init(stringLiteral name: String) { self.name = name }
        public var description: String { name }

        /// The graph of operations.
        public static let graph: Section = "graph"
        /// How input becomes what the graph expects.
        public static let preprocessing: Section = "preprocessing"
        /// The names of the classes, in the order of the outputs.
        public static let classes: Section = "classes"
        /// How outputs become probabilities that can be believed.
        public static let calibration: Section = "calibration"
        /// Where decisions are drawn.
        public static let thresholds: Section = "thresholds"
        /// Data, seed, versions and processor that the model came from.
        public static let provenance: Section = "provenance"
        /// What was measured on held-out data: numbers by name.
        public static let metrics: Section = "metrics"
    }

    /// The parameters, with distinct names.
    public var parameters: [NamedTensor]
    /// Everything else.
    public var sections: ModelSections

    public init(parameters: [NamedTensor] = [], sections: ModelSections = ModelSections()) {
        self.parameters = parameters
        self.sections = sections
    }

    /// Reads the model at `path` and checks its checksum.
    ///
    /// - Throws: ``FileError`` when it cannot be opened, ``SafetensorsError`` when the file is damaged,
    ///   ``ModelFileError`` when it is not a model, one in another format, or not what was written.
    public init(contentsOf path: String) throws {
        try self.init(SafetensorsFile(contentsOf: path))
    }

    init(_ file: SafetensorsFile) throws {
        sections = try ModelSections(file)
        var hash = Self.hash(of: sections)
        parameters = []
        // Files that other programs wrote again may have another order; the checksum goes by ours.
        let entries = file.entries.sorted {
            SafetensorsLayout.precedes(($0.name, $0.elementType), ($1.name, $1.elementType))
        }
        for entry in entries {
            Self.add(entry.name, entry.shape, entry.elementType, to: &hash)
            parameters.append(try file.tensor(named: entry.name, visitingBytes: { hash.update($0) }))
        }
        // A file without the key was made or changed by another program, knowingly: there is nothing to compare with.
        if let written = file.metadata[Self.checksumKey], written != hash.hexadecimal {
            throw ModelFileError(
                .checksumMismatch(written: String(written.prefix(40)), found: hash.hexadecimal), path: file.path)
        }
    }

    /// Writes the model to `path` in one step. Equal models give equal bytes.
    ///
    /// - Returns: the checksum of the content, 16 hexadecimal digits.
    /// - Throws: ``SafetensorsError`` when a parameter cannot be stored as it asks, ``FileError`` when the system
    ///   refuses. What was at `path` before then stays.
    @discardableResult
    public func write(to path: String) throws -> String {
        let checksum = try checksum(reportingErrorsAt: path)
        var metadata = sections.texts
        metadata[Self.formatKey] = String(Self.formatVersion)
        metadata[Self.checksumKey] = checksum
        try SafetensorsFile.write(parameters, metadata: metadata, to: path)
        return checksum
    }

    /// Reads a section.
    ///
    /// - Throws: ``ModelFileError`` when it is missing, or not the JSON of a `Value`.
    public func section<Value: Decodable>(
        _ type: Value.Type = Value.self, named section: Section
    ) throws(ModelFileError) -> Value {
        try sections.section(type, named: section)
    }

    /// Stores `value` as the JSON of a section, replacing what was there.
    ///
    /// - Throws: ``ModelFileError`` when the value cannot be written as JSON.
    public mutating func setSection(_ value: some Encodable, named section: Section) throws(ModelFileError) {
        try sections.setSection(value, named: section)
    }

    /// The numbers of a parameter, last dimension fastest.
    ///
    /// - Parameters:
    ///   - name: the name that the graph gives the parameter.
    ///   - shape: the shape that the graph wants.
    /// - Throws: ``ModelFileError`` when the parameter is missing, has another shape or holds whole numbers.
    public func floats(named name: String, shape: [Int]) throws(ModelFileError) -> [Float] {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            throw ModelFileError(.missingParameter(name), path: sections.path)
        }
        guard parameter.shape == shape else {
            throw ModelFileError(.parameterShape(name, expected: shape, found: parameter.shape), path: sections.path)
        }
        guard let floats = parameter.floats else {
            throw ModelFileError(.parameterType(name, found: parameter.elementType), path: sections.path)
        }
        return floats.array
    }

    /// How many numbers the parameters hold together.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.values.count } }

    private func checksum(reportingErrorsAt path: String) throws -> String {
        var hash = Self.hash(of: sections)
        for tensor in SafetensorsLayout.ordered(parameters) {
            Self.add(tensor.name, tensor.shape, tensor.elementType, to: &hash)
            guard tensor.elementType.isFloatingPoint == (tensor.floats != nil) else {
                throw SafetensorsError(
                    .valuesDoNotMatchElementType(tensor.elementType), path: path, tensor: tensor.name)
            }
            try SafetensorsFile.encode(tensor, path: path) { hash.update($0) }
        }
        return hash.hexadecimal
    }

    /// Each text ends with a byte that UTF-8 never holds, so that no two contents give the same stream.
    private static func hash(of sections: ModelSections) -> XXHash64 {
        var hash = XXHash64()
        for (key, text) in sections.texts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            add(key, to: &hash)
            add(text, to: &hash)
        }
        return hash
    }

    private static func add(
        _ name: String, _ shape: [Int], _ elementType: SafetensorsElementType, to hash: inout XXHash64
    ) {
        add(name, to: &hash)
        add(elementType.rawValue, to: &hash)
        add(shape.map(String.init).joined(separator: ","), to: &hash)
    }

    private static func add(_ text: String, to hash: inout XXHash64) {
        hash.update(text)
        withUnsafeBytes(of: UInt8(0xFF)) { hash.update($0) }
    }
}
