import Interactions

/// Makes events, items or users of the records of one layout.
protocol RecordDecoder {
    /// Adds what a record tells; nothing where it throws.
    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject)
}

extension LogLayout {
    func decoder(now: Int64) -> any RecordDecoder {
        switch format {
        case .sequences: SequenceDecoder(layout: self)
        case .gorse: GorseDecoder(content: content, check: FieldCheck(self, now: now))
        case .items: ItemLinesDecoder(check: FieldCheck(self, now: now))
        case .itemAttributes: ItemAttributesDecoder()
        case .retailRocketProperties: ItemPropertyDecoder(layout: self, check: FieldCheck(self, now: now))
        case .onlineRetail: OnlineRetailDecoder(layout: self, check: FieldCheck(self, now: now))
        default:
            switch content {
            case .events: EventTableDecoder(layout: self, check: FieldCheck(self, now: now))
            case .items, .users: DescriptionTableDecoder(layout: self, check: FieldCheck(self, now: now))
            }
        }
    }
}

/// Reads single fields, and says what is wrong with them.
struct FieldCheck {
    static let longestID = 1_024
    private let timeStyle: EventTime.Style
    private let year: Int
    private let latest: Int64
    private let ratings: ClosedRange<Double>
    private let kindNames: [String: EventKind]
    /// Names as they stood in the log, found without making a text of each.
    private var kinds: [(name: [UInt8], kind: EventKind)] = []

    private static let day: Int64 = 86_400_000

    init(_ layout: LogLayout, now: Int64) {
        timeStyle = layout.timeStyle
        year = layout.year
        ratings = layout.ratings
        kindNames = layout.kindNames
        latest = now + Self.day
    }

    func id(_ field: UnsafeRawBufferPointer, _ what: String) throws(Reject) -> String {
        let field = field.trimmed
        guard !field.isEmpty else { throw Reject("no \(what)") }
        guard field.count <= Self.longestID else { throw Reject("the \(what) id has \(field.count) bytes, the limit is \(Self.longestID)") }
        return field.text
    }

    /// - Parameter mayCome: also times that are still to come.
    func time(
        _ field: UnsafeRawBufferPointer, _ batch: inout LogBatch, called what: String = "time", mayCome: Bool = false
    ) throws(Reject) -> Int64 {
        guard let time = EventTime(field, style: timeStyle, year: year) else {
            let text = field.trimmed.text
            guard !text.isEmpty else { throw Reject("no \(what)") }
            let remedy =
                EventTime.slashDate(field) == nil
                ? "" : "; dates with slashes are read \(timeStyle.slashOrder) here: write them as year-month-day, such as 2024-03-13"
            throw Reject("\"\(text.prefix(40))\" is no \(what)\(remedy)")
        }
        guard mayCome || time.milliseconds <= latest else { throw Reject("the \(what) \(field.trimmed.text.prefix(40)) is in the future") }
        guard time.milliseconds >= 0 else { throw Reject("the \(what) \(field.trimmed.text.prefix(40)) is before 1970") }
        if !time.hasZone { batch.timesWithoutZone += 1 }
        return time.milliseconds
    }

    /// Whether an item is hidden.
    func flag(_ field: UnsafeRawBufferPointer) throws(Reject) -> Bool {
        let field = field.trimmed
        switch field.text.lowercased() {
        case "", "0", "false", "no": return false
        case "1", "true", "yes": return true
        default: throw Reject("\"\(field.text.prefix(40))\" does not say whether the item is hidden; write true or false")
        }
    }

    mutating func kind(_ field: UnsafeRawBufferPointer) throws(Reject) -> EventKind {
        let field = field.trimmed
        for known in kinds where known.name.count == field.count && known.name.elementsEqual(field) { return known.kind }
        guard !field.isEmpty else { throw Reject("no kind of event") }
        guard field.count <= 100 else { throw Reject("the kind of event has \(field.count) bytes") }
        let name = field.text
        let kind = kindNames[name] ?? (kindNames.isEmpty ? EventKind(loggedAs: name) : nil)
        guard let kind else { throw Reject("\"\(name)\" is none of the kinds \(kindNames.keys.sorted().joined(separator: ", "))") }
        guard kinds.count < 255 else { throw Reject("more than 255 kinds of events; is the column of kinds the right one?") }
        kinds.append((Array(field), kind))
        return kind
    }

    func value(_ field: UnsafeRawBufferPointer, kind: EventKind) throws(Reject) -> Double? {
        if field.trimmed.isEmpty {
            guard kind != .rating else { throw Reject("no rating") }
            return nil
        }
        guard let value = field.number else { throw Reject("\"\(field.text.prefix(40))\" is no number") }
        if kind == .rating, !ratings.contains(value) {
            throw Reject("the rating \(field.trimmed.text) is not within \(shown(ratings.lowerBound)) and \(shown(ratings.upperBound))")
        }
        return value
    }

    func price(_ field: UnsafeRawBufferPointer) throws(Reject) -> Double? {
        if field.trimmed.isEmpty { return nil }
        guard let price = field.number else { throw Reject("\"\(field.text.prefix(40))\" is no price") }
        guard price >= 0 else { throw Reject("the price \(field.trimmed.text) is negative") }
        return price
    }

    private func shown(_ number: Double) -> String { number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)" }
}

/// The items that a batch tells of already, so that logs that repeat price and category on every line stay fast.
struct DescribedItems {
    private var ids = IdentifierTable()

    /// Whether the item was not told of in this batch yet.
    mutating func isNew(_ id: String, in batch: LogBatch) -> Bool {
        // A new batch begins with no items.
        if batch.items.isEmpty { ids = IdentifierTable() }
        let count = ids.count
        return ids.number(adding: id) == count
    }
}
