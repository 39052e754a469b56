import Interactions

/// Entries such as `"4": [1, 2, 3]`: an item and its attributes, which become the property `attributes`, each once.
struct ItemAttributesDecoder: RecordDecoder {
    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        var scanner = JSONScanner(record)
        let (id, value) = try scanner.entry()
        guard !id.isEmpty, id.utf8.count <= FieldCheck.longestID else { throw Reject("no item, or one with a very long id") }
        var item = Item(id: id)
        switch try JSONScanner.property(value) {
        case .list(let values):
            var seen: Set<PropertyValue> = []
            item.properties["attributes"] = .list(values.filter { seen.insert($0).inserted })
        case .object(let properties): item.properties = properties
        case let other: item.properties["attributes"] = other
        }
        batch.items.append(LogBatch.ItemRecord(item: item, time: nil))
    }
}
