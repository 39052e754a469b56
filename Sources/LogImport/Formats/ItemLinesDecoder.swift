import Foundation
import Interactions

/// JSON lines of `Item`, as `recommender simulate` and `recommender export` write them.
struct ItemLinesDecoder: RecordDecoder {
    var check: FieldCheck

    func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        var item: Item
        do {
            item = try JSONDecoder().decode(Item.self, from: Data(record))
        } catch {
            throw Reject("no JSON object of an item: id, name, categories, price, stock, isHidden, added, expires, properties")
        }
        var id = item.id
        guard !id.utf8.contains(0) else { throw Reject("the item id has \\u0000 inside") }
        let checked = id.withUTF8 { bytes in Result { () throws(Reject) in try check.id(UnsafeRawBufferPointer(bytes), "item") } }
        item.id = try checked.get()
        // What the line names goes over what is known, also where it names nothing.
        var scanner = JSONScanner(record)
        while let (key, _) = try scanner.nextEntry() {
            if let field = Self.fields[key] { item.tellIfEmpty(field) }
        }
        if let price = item.price, !(price >= 0 && price.isFinite) { throw Reject("the price \(price) is negative") }
        batch.items.append(LogBatch.ItemRecord(item: item, time: nil))
    }

    /// Keys of an item's fields, but for the id and the properties.
    private static let fields = Dictionary(uniqueKeysWithValues: Item.Field.allCases.map { ("\($0)", $0) })

    /// Whether a line tells an item and nothing else.
    static func reads(keys: Set<String>) -> Bool {
        guard keys.contains("id"), keys.count > 1 else { return false }
        // Events in JSON may have an id and a price, too.
        return !keys.isDisjoint(with: ["categories", "isHidden", "properties"]) || keys.subtracting(["id"]).allSatisfy { fields[$0] != nil }
    }
}
