import Foundation
import Interactions
import ModelStore

/// What a model keeps of itself in a file: small things as JSON, arrays as tensors, all under the model's name.
public struct ModelArchive {
    var file: ModelFile
    /// Put before the names of what is kept.
    var prefix: String

    init(_ file: ModelFile = ModelFile(), prefix: String) {
        self.file = file
        self.prefix = prefix
    }

    private func name(_ part: String) -> String { "\(prefix).\(part)" }

    mutating func set(_ value: some Encodable, named part: String) throws {
        try file.sections.setSection(value, named: ModelFile.Section(name(part)))
    }

    func value<Value: Decodable>(_ type: Value.Type = Value.self, named part: String) throws -> Value {
        try file.sections.section(type, named: ModelFile.Section(name(part)))
    }

    mutating func set(floats: [Float], named part: String, half: Bool = false) {
        file.parameters.append(
            NamedTensor(name: name(part), shape: [floats.count], floats: floats, storedAs: half ? .bfloat16 : .float32))
    }

    mutating func set(integers: some Sequence<some BinaryInteger>, named part: String, as type: SafetensorsElementType = .uint32) {
        let values = integers.map { Int64($0) }
        file.parameters.append(NamedTensor(name: name(part), shape: [values.count], integers: values, storedAs: type))
    }

    func floats(named part: String) throws -> [Float] {
        guard let values = try tensor(part).floats else { throw Malformed(part: name(part), problem: "holds no real numbers") }
        return values
    }

    func integers(named part: String) throws -> [Int64] {
        guard let values = try tensor(part).integers else { throw Malformed(part: name(part), problem: "holds no whole numbers") }
        return values
    }

    /// Rows of different lengths: where each begins, and all their entries, which are below `limit`.
    func rows(starts: String, entries: String, limit: Int) throws -> (starts: [Int], entries: [UInt32]) {
        let positions = try integers(named: starts).map(Int.init), numbers = try integers(named: entries)
        guard positions.first == 0, positions.last == numbers.count, zip(positions, positions.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw Malformed(part: name(starts), problem: "does not divide the \(numbers.count) entries of \(entries)")
        }
        guard numbers.allSatisfy({ $0 >= 0 && $0 < limit }) else {
            throw Malformed(part: name(entries), problem: "names numbers outside 0 to \(limit - 1)")
        }
        return (positions, numbers.map { UInt32($0) })
    }

    /// - Throws: `Malformed` where a number of a configuration that counts something is below zero.
    func check(_ counts: Int...) throws {
        for count in counts where count < 0 {
            throw Malformed(part: name("configuration"), problem: "has \(count) where something is counted")
        }
    }

    private func tensor(_ part: String) throws -> NamedTensor {
        guard let tensor = file.parameters.first(where: { $0.name == name(part) }) else {
            throw Malformed(part: name(part), problem: "is missing")
        }
        return tensor
    }

    /// A part of a model file that makes no sense.
    public struct Malformed: Error, CustomStringConvertible {
        public var part: String
        public var problem: String
        public var description: String { "the model file's \(part) \(problem); use the file as it was written, or train anew" }
    }
}

/// A ranking model that can be kept in a file.
public protocol StoredModel: RankingModel {
    func write(to archive: inout ModelArchive) throws
    /// - Throws: `ModelArchive.Malformed` and `ModelFileError` when what is there makes no sense.
    init(from archive: ModelArchive, context: ModelContext) throws
}

/// What all models of a recommender share.
public struct ModelContext: Sendable {
    public var itemCount: Int
    public var weights: EventWeights
    public var catalog: [Int: Item]
}
