import FileStorage
import Interactions

/// What an import told last of each item, as digests.
struct LatestDescriptions {
    private struct Owner: Hashable {
        var key: Int64
        var importKey: Int64
    }

    private var digests: [Owner: UInt64] = [:]
    /// About 50 MB at most.
    private static let limit = 1 << 20

    /// Whether the import told the same of the owner the last time; notes what it tells now.
    mutating func isRepeated(_ properties: [(name: String, value: PropertyValue)], of owner: Int64, by importKey: Int64) -> Bool {
        var hash = XXHash64()
        for (name, value) in properties {
            Self.add(name, to: &hash)
            Self.add(value, to: &hash)
        }
        if digests.count >= Self.limit { digests.removeAll(keepingCapacity: true) }
        return digests.updateValue(hash.value, forKey: Owner(key: owner, importKey: importKey)) == hash.value
    }

    /// Bytes with their number before them, so that no two values give the same stream.
    private static func add(_ text: String, to hash: inout XXHash64) {
        add(word: UInt64(text.utf8.count), to: &hash)
        hash.update(text)
    }

    private static func add(word number: UInt64, to hash: inout XXHash64) { withUnsafeBytes(of: number) { hash.update($0) } }

    private static func add(_ value: PropertyValue, to hash: inout XXHash64) {
        switch value {
        case .null: add(word: 0, to: &hash)
        case .bool(let value): add(word: value ? 2 : 1, to: &hash)
        case .number(let value):
            add(word: 3, to: &hash)
            add(word: value.bitPattern, to: &hash)
        case .text(let text):
            add(word: 4, to: &hash)
            add(text, to: &hash)
        case .list(let values):
            add(word: 5, to: &hash)
            add(word: UInt64(values.count), to: &hash)
            for value in values { add(value, to: &hash) }
        case .object(let values):
            add(word: 6, to: &hash)
            add(word: UInt64(values.count), to: &hash)
            for (name, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                add(name, to: &hash)
                add(value, to: &hash)
            }
        }
    }
}
