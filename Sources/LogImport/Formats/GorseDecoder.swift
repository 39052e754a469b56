import Interactions

/// JSON lines as gorse's API has them: feedback, items or users.
struct GorseDecoder: RecordDecoder {
    let content: LogLayout.Content
    var check: FieldCheck

    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        var scanner = JSONScanner(record)
        var entries: [String: UnsafeRawBufferPointer] = [:]
        var nulls: Set<String> = []
        while let (key, value) = try scanner.nextEntry() {
            if value.equals("null") { nulls.insert(key) } else { entries[key] = value }
        }
        switch content {
        case .events:
            var event = Event(
                user: try id("UserId", entries, "user"), item: try id("ItemId", entries, "item"), kind: try kind(entries["FeedbackType"]))
            if let value = entries["Value"] { event.value = try check.value(value, kind: event.kind) }
            event.time = try time(entries["Timestamp"], &batch)
            batch.events.append(event)
        case .items:
            var item = Item(id: try id("ItemId", entries, "item"))
            item.isHidden = entries["IsHidden"]?.equals("true") ?? false
            if let categories = entries["Categories"] { item.categories = try JSONScanner.property(categories).terms }
            if let comment = entries["Comment"] {
                let text = try JSONScanner.text(comment)
                if !text.isEmpty { item.name = text }
            }
            item.properties = try labels(entries)
            let time = try time(entries["Timestamp"], &batch)
            item.added = time
            for (key, field) in [("IsHidden", Item.Field.isHidden), ("Categories", .categories), ("Comment", .name)]
            where entries[key] != nil || nulls.contains(key) { item.tellIfEmpty(field) }
            batch.items.append(LogBatch.ItemRecord(item: item, time: nil))
        case .users: batch.users.append(User(id: try id("UserId", entries, "user"), properties: try labels(entries)))
        }
    }

    private func id(_ key: String, _ entries: [String: UnsafeRawBufferPointer], _ what: String) throws(Reject) -> String {
        guard let value = entries[key] else { throw Reject("no \(key)") }
        let text = try JSONScanner.text(value)
        var copy = text
        // Typed throws do not pass through closures of the library.
        let checked = copy.withUTF8 { bytes in Result { () throws(Reject) in try check.id(UnsafeRawBufferPointer(bytes), what) } }
        return try checked.get()
    }

    private mutating func kind(_ value: UnsafeRawBufferPointer?) throws(Reject) -> EventKind {
        guard let value, value.count > 2, value[0] == 0x22 else { throw Reject("no FeedbackType") }
        return try check.kind(UnsafeRawBufferPointer(rebasing: value[1..<(value.count - 1)]))
    }

    /// gorse writes the year 1 where no time is known.
    private func time(_ value: UnsafeRawBufferPointer?, _ batch: inout LogBatch) throws(Reject) -> Int64? {
        guard let value, value.count > 2 else { return nil }
        let text = value[0] == 0x22 ? UnsafeRawBufferPointer(rebasing: value[1..<(value.count - 1)]) : value
        return text.starts(with: "0001-01-01".utf8) ? nil : try check.time(text, &batch)
    }

    /// Labels are any JSON: an object gives properties, anything else one property of that name.
    private func labels(_ entries: [String: UnsafeRawBufferPointer]) throws(Reject) -> [String: PropertyValue] {
        guard let value = entries["Labels"] else { return [:] }
        switch try JSONScanner.property(value) {
        case .object(let properties): return properties
        case .null: return [:]
        case let other: return ["labels": other]
        }
    }
}
