import Interactions

/// `user item item item …`: a line is a history, in the order of time.
struct SequenceDecoder: RecordDecoder {
    private let kind: EventKind
    private var splitter: FieldSplitter

    init(layout: LogLayout) {
        kind = layout.kind
        splitter = FieldSplitter(separator: layout.separator)
    }

    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        try splitter.split(record)
        let fields = splitter.fields
        guard fields.count >= 2 else { throw Reject("a user without items") }
        if let long = fields.first(where: { $0.count > FieldCheck.longestID }) {
            throw Reject("an id has \(long.count) bytes, the limit is \(FieldCheck.longestID)")
        }
        if let place = fields.firstIndex(where: { $0.trimmed.isEmpty }) { throw Reject("field \(place + 1) is empty") }
        let user = fields[0].trimmed.text
        for field in fields.dropFirst() { batch.events.append(Event(user: user, item: field.trimmed.text, kind: kind)) }
    }
}
