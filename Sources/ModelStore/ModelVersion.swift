#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a store says about one version of a model. As JSON, dates are ISO 8601 in UTC.
public struct ModelVersion: Codable, Equatable, Sendable {
    /// The number the store gave it: 1, 2, 3 and so on, never given twice.
    public let number: Int
    /// When it was added, to the second.
    public let created: Date
    /// What was measured, by name, for example `accuracy`.
    public let metrics: [String: Double]
    /// What whoever added it had to say.
    public let note: String
    /// Identifies the content of the model: equal models have equal checksums.
    public let checksum: String
    /// The size of the model file.
    public let byteCount: Int
    /// How many numbers its parameters hold.
    public let parameterCount: Int
}

/// A version as it stands on disk, beside its model.
struct VersionRecord: Codable {
    static let currentFormat = 1

    let format: Int
    let version: ModelVersion

    /// Sorted and dated the same way everywhere, one line.
    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
