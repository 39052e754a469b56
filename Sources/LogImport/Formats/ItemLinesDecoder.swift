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
        if let price = item.price, !(price >= 0 && price.isFinite) { throw Reject("the price \(price) is negative") }
        batch.items.append(LogBatch.ItemRecord(item: item, time: nil))
    }
}
