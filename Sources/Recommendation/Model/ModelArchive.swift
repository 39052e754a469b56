import CRanking
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

    /// Where a model keeps another that it consists of.
    func part(_ name: String) -> ModelArchive { ModelArchive(file, prefix: self.name(name)) }

    private func name(_ part: String) -> String { "\(prefix).\(part)" }

    mutating func set(_ value: some Encodable, named part: String) throws {
        try file.sections.setSection(value, named: ModelFile.Section(name(part)))
    }

    func value<Value: Decodable>(_ type: Value.Type = Value.self, named part: String) throws -> Value {
        try file.sections.section(type, named: ModelFile.Section(name(part)))
    }

    mutating func set(floats: FrozenArray<Float>, named part: String) {
        file.parameters.append(NamedTensor(name: name(part), shape: [floats.count], floats: floats))
    }

    /// - Parameter half: whether they are kept with half the bits.
    mutating func set(floats: [Float], named part: String, half: Bool = false) {
        file.parameters.append(
            NamedTensor(name: name(part), shape: [floats.count], floats: floats, storedAs: half ? .bfloat16 : .float32))
    }

    mutating func set(words: FrozenArray<UInt32>, named part: String) {
        file.parameters.append(NamedTensor(name: name(part), shape: [words.count], words: words))
    }

    mutating func set(bytes: [UInt8], named part: String) {
        file.parameters.append(NamedTensor(name: name(part), shape: [bytes.count], bytes: FrozenArray(bytes)))
    }

    mutating func set(integers: some Sequence<some BinaryInteger>, named part: String, as type: SafetensorsElementType = .int64) {
        let values = integers.map { Int64($0) }
        file.parameters.append(NamedTensor(name: name(part), shape: [values.count], integers: values, storedAs: type))
    }

    func floats(named part: String) throws -> FrozenArray<Float> {
        guard let values = try tensor(part).floats else { throw Malformed(part: name(part), problem: "holds no real numbers") }
        return values
    }

    func integers(named part: String) throws -> [Int64] {
        guard let values = try tensor(part).integers else { throw Malformed(part: name(part), problem: "holds no whole numbers") }
        return values
    }

    func bytes(named part: String) throws -> FrozenArray<UInt8> {
        guard let values = try tensor(part).bytes else { throw Malformed(part: name(part), problem: "holds no bytes") }
        return values
    }

    /// Keeps names, in the order of their numbers.
    mutating func set(names table: IdentifierTable, named part: String) {
        var bytes: [UInt8] = [], ends: [Int] = []
        for name in table.names {
            bytes += name.utf8
            ends.append(bytes.count)
        }
        set(bytes: bytes, named: part)
        set(integers: ends, named: "\(part)-ends")
    }

    func names(named part: String) throws -> IdentifierTable {
        let ends = try integers(named: "\(part)-ends").map(Int.init)
        var names = IdentifierTable(), start = 0
        names.reserveCapacity(ends.count)
        return try bytes(named: part).withUnsafeBufferPointer { bytes in
            for (number, end) in ends.enumerated() {
                guard end >= start, end <= bytes.count, names.number(adding: String(decoding: bytes[start..<end], as: UTF8.self)) == number
                else { throw Malformed(part: name("\(part)-ends"), problem: "does not divide the names into different ones") }
                start = end
            }
            return names
        }
    }

    /// Rows of different lengths: where each begins, and all their entries, which are below `limit`.
    func rows(starts: String, entries: String, limit: Int) throws -> (starts: [Int], entries: FrozenArray<UInt32>) {
        let positions = try integers(named: starts).map(Int.init), numbers = try words(named: entries, limit: limit)
        guard positions.first == 0, positions.last == numbers.count, zip(positions, positions.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw Malformed(part: name(starts), problem: "does not divide the \(numbers.count) entries of \(entries)")
        }
        return (positions, numbers)
    }

    /// So many rows of as many numbers each, a multiple of 16.
    func lanes(named part: String, rows: Int) throws -> FrozenArray<Float> {
        let values = try floats(named: part)
        guard rows > 0, values.count % (16 * rows) == 0 else {
            throw Malformed(part: name(part), problem: "has \(values.count) numbers for \(rows) items")
        }
        return values
    }

    /// Numbers below `limit`.
    func words(named part: String, limit: Int) throws -> FrozenArray<UInt32> {
        guard let numbers = try tensor(part).words else { throw Malformed(part: name(part), problem: "holds no numbers from 0 on") }
        guard numbers.withUnsafeBufferPointer({ cr_largest($0.baseAddress, $0.count) }) < limit || numbers.isEmpty else {
            throw Malformed(part: name(part), problem: "names numbers outside 0 to \(limit - 1)")
        }
        return numbers
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
