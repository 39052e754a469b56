import Interactions

/// How a log is read: what the header, the first lines and the options have told.
struct LogLayout {
    enum Content: String {
        case events, items, users
    }

    /// A column that becomes a property of its own.
    struct PropertyColumn: Hashable {
        var index: Int
        var name: String
        /// Words separated by spaces.
        var isList = false
        /// Numbers are read as numbers.
        var readsNumbers = true
    }

    var format: LogFormat
    var content = Content.events
    var separator = FieldSplitter.Separator.quoted(0x2C)
    var header: [String]?
    /// Of tables without a header, as many fields as their first lines have.
    var fieldCount: Int?
    var columns: [ColumnRole: Int] = [:]
    var properties: [PropertyColumn] = []
    /// The events have no times and come in the order of time.
    var isOrdered = false
    var timeStyle = EventTime.Style.usual
    /// There are dates such as `3/4/2024` among the first times.
    var hasSlashDates = false
    var year = 2013
    /// For logs without a column of kinds.
    var kind = EventKind.view
    /// Names of kinds that mean something else than usual.
    var kindNames: [String: EventKind] = [:]
    var ratings = -1e9...1e9
    /// Only sessions are known; each becomes a user.
    var userIsSession = false
    /// The columns were told, and the first line is one like all others.
    var beginsWithoutHeader = false

    /// Whether events have times, or there are none.
    var hasTimes: Bool {
        switch format {
        case .gorse, .onlineRetail: true
        default: content != .events || columns[.time] != nil
        }
    }

    /// What decides how bytes become events. The same bytes under the same text are the same log.
    var identity: String {
        let roles = columns.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue)=\($0.value)" }
        var parts = [format.rawValue, content.rawValue, "\(separator)", roles.joined(separator: ",")]
        if !properties.isEmpty { parts.append(properties.map { "\($0.index):\($0.name)" }.joined(separator: ",")) }
        if content == .events, columns[.kind] == nil { parts.append(kind.rawValue) }
        if timeStyle == .monthAndDay { parts.append("\(year)") }
        if timeStyle == .dayFirst { parts.append("day first") }
        if beginsWithoutHeader { parts.append("no header") }
        return parts.joined(separator: "|")
    }

    /// Refuses a line with more fields than there are columns, of which something would be lost.
    func checkWidth(of fields: [UnsafeRawBufferPointer]) throws(Reject) {
        if let header, fields.count > header.count {
            throw Reject("\(fields.count) fields instead of \(header.count); a field that holds the separator needs quotes")
        }
        if header == nil, let fieldCount, fields.count > fieldCount {
            let remedy = format == .pairs ? "; lines of a user and several items are read with --format sequences" : ""
            throw Reject("\(fields.count) fields, the first lines have \(fieldCount)\(remedy)")
        }
    }

    var recordLayout: RecordReader.Layout {
        if format == .itemAttributes { return .jsonEntries }
        if case .quoted(let mark) = separator, format != .gorse, format != .items { return .quotedLines(separator: [mark]) }
        return .lines
    }

    /// For people: what was found.
    var summary: String {
        var text = "\(format.rawValue), "
        switch format {
        case .sequences: text += "one user a line with items"
        case .items: text += "JSON lines of items"
        case .gorse: text += "JSON lines of \(content.rawValue)"
        case .itemAttributes: text += "a JSON object of items and their attributes"
        default:
            let parts = ColumnRole.allCases.compactMap { role in
                columns[role].map { "\(role.rawValue) = \(header?[$0] ?? "column \($0 + 1)")" }
            }
            let others = properties.isEmpty ? [] : ["properties = " + properties.map(\.name).joined(separator: " ")]
            text += "\(content.rawValue) \(separatorName): " + (parts + others).joined(separator: ", ")
        }
        if content == .events, columns[.kind] == nil, format != .gorse, format != .onlineRetail { text += "; every event is a \(kind)" }
        if !hasTimes {
            text += isOrdered ? ", in the order of time (or --unordered)" : "; no times, so no order is learned from (or --ordered)"
        }
        if beginsWithoutHeader { text += "; the first line is no header (--header)" }
        if userIsSession { text += "; sessions become users named session:…" }
        if format == .onlineRetail { text += "; lines without a customer become users named invoice:…, returns become cancellations" }
        if hasSlashDates { text += "; dates with slashes are read \(timeStyle.slashOrder)" }
        if timeStyle == .monthAndDay { text += "; the year is taken to be \(year) (--year)" }
        return text
    }

    private var separatorName: String {
        switch separator {
        case .quoted(0x2C): "separated by commas"
        case .quoted(let mark): "separated by \"\(Character(UnicodeScalar(mark)))\""
        case .plain(0x09): "separated by tabs"
        case .plain(let mark): "separated by \"\(Character(UnicodeScalar(mark)))\""
        case .doubleColon: "separated by ::"
        case .blanks: "separated by spaces"
        }
    }
}
