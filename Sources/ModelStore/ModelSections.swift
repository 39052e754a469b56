#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a model file says beside its parameters: one JSON text per section.
///
/// Reading only the sections of a large file is cheap: parameters stay on disk.
public struct ModelSections: Sendable, Equatable {
    /// The JSON of each section, by name. Keys that other programs put in the file are here too, as they are.
    public internal(set) var texts: [String: String]
    /// The file they came from.
    let path: String?

    /// No sections.
    public init() {
        texts = [:]
        path = nil
    }

    /// Reads the sections of the model file at `path`, without its parameters and without checking the checksum.
    ///
    /// - Throws: ``FileError``, ``SafetensorsError``, and ``ModelFileError`` for a file that is not a model or is one
    ///   in another format.
    public init(contentsOf path: String) throws {
        try self.init(SafetensorsFile(contentsOf: path))
    }

    init(_ file: SafetensorsFile) throws(ModelFileError) {
        guard let format = file.metadata[ModelFile.formatKey] else { throw ModelFileError(.notAModel, path: file.path) }
        guard format == String(ModelFile.formatVersion) else {
            throw ModelFileError(
                .otherVersion(found: String(format.prefix(40)), supported: ModelFile.formatVersion), path: file.path)
        }
        texts = file.metadata.filter { $0.key != ModelFile.formatKey && $0.key != ModelFile.checksumKey }
        path = file.path
    }

    /// The names of the sections there are, sorted.
    public var names: [ModelFile.Section] { texts.keys.sorted().map { ModelFile.Section($0) } }

    /// Whether there is a section of that name.
    public func contains(_ section: ModelFile.Section) -> Bool { texts[section.name] != nil }

    /// Reads a section.
    ///
    /// - Throws: ``ModelFileError`` when it is missing, or not the JSON of a `Value`.
    public func section<Value: Decodable>(
        _ type: Value.Type = Value.self, named section: ModelFile.Section
    ) throws(ModelFileError) -> Value {
        guard let text = texts[section.name] else { throw ModelFileError(.missingSection(section), path: path) }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            let (field, reason) = Self.explain(error)
            throw ModelFileError(.damagedSection(section, field: field, reason: reason), path: path)
        }
    }

    /// Stores `value` as the JSON of a section, replacing what was there. Equal values give equal text.
    ///
    /// - Throws: ``ModelFileError`` when the value cannot be written as JSON.
    public mutating func setSection(
        _ value: some Encodable, named section: ModelFile.Section
    ) throws(ModelFileError) {
        guard section.name != ModelFile.formatKey, section.name != ModelFile.checksumKey else {
            throw ModelFileError(
                .unencodableSection(section, field: "", reason: "the file format keeps this name for itself"), path: path)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            texts[section.name] = String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            let (field, reason) = Self.explain(error)
            throw ModelFileError(.unencodableSection(section, field: field, reason: reason), path: path)
        }
    }

    /// Removes a section if it is there.
    public mutating func removeSection(named section: ModelFile.Section) { texts[section.name] = nil }

    public static func == (left: ModelSections, right: ModelSections) -> Bool { left.texts == right.texts }

    /// Where in a JSON text something is wrong, and what.
    static func explain(_ error: any Error) -> (field: String, reason: String) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { path, key in
                key.intValue.map { "\(path)[\($0)]" } ?? (path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)")
            }
        }
        func withoutStop(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return (path(context.codingPath), "the field \"\(key.stringValue)\" is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return (path(context.codingPath), withoutStop(context.debugDescription))
        case EncodingError.invalidValue(_, let context):
            return (path(context.codingPath), withoutStop(context.debugDescription))
        default:
            return ("", "\(error)")
        }
    }
}
