import Interactions

/// Tables with one item or one user a line.
struct DescriptionTableDecoder: RecordDecoder {
    private let layout: LogLayout
    private let check: FieldCheck
    private var splitter: FieldSplitter

    init(layout: LogLayout, check: FieldCheck) {
        self.layout = layout
        self.check = check
        splitter = FieldSplitter(separator: layout.separator)
    }

    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        try splitter.split(record)
        let fields = splitter.fields
        try layout.checkWidth(of: fields)
        if layout.content == .users {
            guard let column = layout.columns[.user], column < fields.count else { throw Reject("no user") }
            var user = User(id: try check.id(fields[column], "user"))
            Self.readProperties(layout, fields, into: &user.properties)
            batch.users.append(user)
            return
        }
        guard let column = layout.columns[.item], column < fields.count else { throw Reject("no item") }
        var item = Item(id: try check.id(fields[column], "item"))
        if let column = layout.columns[.price], column < fields.count { item.price = try check.price(fields[column]) }
        let time: Int64? = if let column = layout.columns[.time], column < fields.count, !fields[column].trimmed.isEmpty {
            try check.time(fields[column], &batch)
        } else {
            nil
        }
        try Self.describe(&item, fields, layout, check, &batch)
        // In a catalog an empty field says that there is nothing; beside an event it says nothing.
        for (role, field) in Self.fields {
            if let column = layout.columns[role], column < fields.count { item.tellIfEmpty(field) }
        }
        batch.items.append(LogBatch.ItemRecord(item: item, time: time))
    }

    private static let fields: [(ColumnRole, Item.Field)] = [
        (.name, .name), (.category, .categories), (.price, .price), (.stock, .stock), (.hidden, .isHidden), (.expires, .expires),
        (.added, .added),
    ]

    /// Everything but the price, which is the caller's.
    static func describe(
        _ item: inout Item, _ fields: [UnsafeRawBufferPointer], _ layout: LogLayout, _ check: FieldCheck, _ batch: inout LogBatch
    ) throws(Reject) {
        if let column = layout.columns[.name], column < fields.count, !fields[column].trimmed.isEmpty {
            item.name = fields[column].trimmed.text
        }
        if let column = layout.columns[.category], column < fields.count {
            // Genres of MovieLens stand in a row, as do the words of RecBole; paths such as electronics.phone stay whole.
            let isWords = layout.format == .recBole
            item.categories = fields[column].trimmed.split { $0 == 0x7C || (isWords && $0 == 0x20) }
                .map { String(decoding: $0, as: UTF8.self) }
        }
        if let column = layout.columns[.stock], column < fields.count, !fields[column].trimmed.isEmpty {
            guard let stock = fields[column].number else { throw Reject("\"\(fields[column].text.prefix(40))\" is no stock") }
            item.stock = stock
        }
        if let column = layout.columns[.hidden], column < fields.count { item.isHidden = try check.flag(fields[column]) }
        if let column = layout.columns[.expires], column < fields.count, !fields[column].trimmed.isEmpty {
            item.expires = try check.time(fields[column], &batch, called: "time of expiry", mayCome: true)
        }
        if let column = layout.columns[.added], column < fields.count, !fields[column].trimmed.isEmpty {
            item.added = try check.time(fields[column], &batch, called: "time of addition")
        }
        readProperties(layout, fields, into: &item.properties)
    }

    private static func readProperties(
        _ layout: LogLayout, _ fields: [UnsafeRawBufferPointer], into properties: inout [String: PropertyValue]
    ) {
        for property in layout.properties where property.index < fields.count {
            let field = fields[property.index].trimmed
            guard !field.isEmpty else { continue }
            if property.isList {
                properties[property.name] = .list(field.split(separator: 0x20).map { .text(String(decoding: $0, as: UTF8.self)) })
            } else {
                properties[property.name] = property.readsNumbers ? field.propertyValue : .text(field.text)
            }
        }
    }
}
