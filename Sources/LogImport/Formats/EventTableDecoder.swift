import Interactions

/// Tables with one event a line.
struct EventTableDecoder: RecordDecoder {
    private let layout: LogLayout
    private var check: FieldCheck
    private var splitter: FieldSplitter
    private var described = DescribedItems()
    private let columnCount: Int
    private let describesItems: Bool

    private let user, item, time, kind, value, session, recommendation: Int?

    init(layout: LogLayout, check: FieldCheck) {
        self.layout = layout
        self.check = check
        splitter = FieldSplitter(separator: layout.separator)
        let columns = layout.columns
        (user, item, time, kind) = (columns[.user], columns[.item], columns[.time], columns[.kind])
        (value, session, recommendation) = (columns[.value], columns[.session], columns[.recommendation])
        // Empty columns at the end may be left out, but nothing that an event needs.
        columnCount = [user, item, time, kind].compactMap { $0 }.max().map { $0 + 1 } ?? 1
        describesItems = !layout.properties.isEmpty
            || ([.price, .name, .category, .stock] + ColumnRole.ofDescriptions).contains { columns[$0] != nil }
    }

    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        try splitter.split(record)
        let fields = splitter.fields
        guard fields.count >= columnCount else {
            throw Reject("\(fields.count) field\(fields.count == 1 ? "" : "s") instead of \(layout.header?.count ?? columnCount)")
        }
        try layout.checkWidth(of: fields)
        var session: String?
        if let column = self.session, column < fields.count, !fields[column].trimmed.isEmpty {
            session = try check.id(fields[column], "session")
        }
        let user: String
        if let column = self.user, !fields[column].trimmed.isEmpty || session == nil {
            user = try check.id(fields[column], "user")
        } else if let session {
            user = "session:" + session
        } else {
            throw Reject("no session")
        }
        let item = try check.id(fields[self.item!], "item")
        let kind = if let column = self.kind { try check.kind(fields[column]) } else { layout.kind }
        var event = Event(user: user, item: item, kind: kind, session: session)
        if let column = time { event.time = try check.time(fields[column], &batch) }
        if let column = value {
            event.value = column < fields.count ? try check.value(fields[column], kind: kind) : nil
            if kind == .rating, event.value == nil { throw Reject("no rating") }
        }
        if let column = recommendation, column < fields.count, !fields[column].trimmed.isEmpty {
            event.recommendation = try check.id(fields[column], "recommendation")
        }
        if describesItems, let described = try description(of: item, fields, &batch) {
            batch.items.append(LogBatch.ItemRecord(item: described, time: event.time))
        }
        batch.events.append(event)
    }

    private mutating func description(
        of id: String, _ fields: [UnsafeRawBufferPointer], _ batch: inout LogBatch
    ) throws(Reject) -> Item? {
        // The price is checked on every line, also where it is known already.
        var price: Double?
        if let column = layout.columns[.price], column < fields.count { price = try check.price(fields[column]) }
        guard described.isNew(id, in: batch) else { return nil }
        var item = Item(id: id, price: price)
        try DescriptionTableDecoder.describe(&item, fields, layout, check, &batch)
        return item
    }
}
