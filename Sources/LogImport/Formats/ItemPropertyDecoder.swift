import Interactions

/// RetailRocket's item_properties: one property of an item a line, with the time since when it is so. Properties are
/// named by hashes, but for `categoryid` and `available`.
struct ItemPropertyDecoder: RecordDecoder {
    private let check: FieldCheck
    private var splitter: FieldSplitter
    private let time: Int?
    private let item, property, value: Int
    private let columnCount: Int

    init(layout: LogLayout, check: FieldCheck) {
        self.check = check
        splitter = FieldSplitter(separator: layout.separator)
        time = layout.columns[.time]
        item = layout.columns[.item] ?? 1
        property = layout.columns[.name] ?? 2
        value = layout.columns[.value] ?? 3
        columnCount = max(item, property, value, time ?? 0) + 1
    }

    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        try splitter.split(record)
        let fields = splitter.fields
        guard fields.count == columnCount else { throw Reject("\(fields.count) fields instead of \(columnCount)") }
        var told = Item(id: try check.id(fields[item], "item"))
        let name = try check.id(fields[property], "property")
        let text = fields[value].trimmed
        switch name {
        case "categoryid": told.categories = [text.text]
        case "available":
            guard let stock = text.number else { throw Reject("\"\(text.text.prefix(40))\" is no stock") }
            told.stock = stock
        default: told.properties[name] = text.isEmpty ? .null : .text(text.text)
        }
        let since: Int64? = if let time { try check.time(fields[time], &batch) } else { nil }
        batch.items.append(LogBatch.ItemRecord(item: told, time: since))
    }
}
