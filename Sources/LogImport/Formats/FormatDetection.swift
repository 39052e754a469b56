import Interactions

/// Finds out how a log is to be read.
struct FormatDetection {
    /// As much of the log's start as is looked at.
    static let headBytes = 1 << 16

    let source: String
    let options: LogOptions
    /// The first fifty lines, blank ones apart.
    let lines: [UnsafeRawBufferPointer]
    let head: UnsafeRawBufferPointer
    /// Whether the log goes on behind the head.
    let isCut: Bool

    /// - Parameters:
    ///   - head: the first bytes of the log.
    ///   - isCut: the last line of the head may be half a line, however few there are.
    /// - Throws: `LogImportError.empty`, `.unsupportedEncoding`, `.noText`.
    init(source: String, head: UnsafeRawBufferPointer, isCut: Bool = false, options: LogOptions) throws {
        self.source = source
        self.options = options
        var head = head
        for kind in Self.otherKinds where head.starts(with: kind.start) {
            throw LogImportError.noText(source: source, kind: kind.name, remedy: kind.remedy)
        }
        if head.starts(with: [0xFF, 0xFE]) || (head.count >= 4 && head[1] == 0 && head[3] == 0 && head[0] != 0) {
            throw LogImportError.unsupportedEncoding(source: source, encoding: "UTF-16LE")
        }
        if head.starts(with: [0xFE, 0xFF]) { throw LogImportError.unsupportedEncoding(source: source, encoding: "UTF-16BE") }
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = UnsafeRawBufferPointer(rebasing: head.dropFirst(3)) }
        self.isCut = isCut || head.count >= Self.headBytes - 3
        self.head = head
        var lines = head.split(separator: 0x0A, maxSplits: 50).prefix(50).map { UnsafeRawBufferPointer(rebasing: $0).trimmed }
        // The last line may go on behind the head.
        if self.isCut, lines.count > 1 { lines.removeLast() }
        self.lines = lines.filter { !$0.isEmpty }
        guard !self.lines.isEmpty else { throw LogImportError.empty(source: source) }
    }

    /// What is often given for a log, by its first bytes.
    private static let otherKinds: [(start: [UInt8], name: String, remedy: String)] = [
        (Array("BZh91AY&SY".utf8), "compressed with bzip2", "Uncompress it on the way: bzcat FILE | recommender import -"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed with xz", "Uncompress it on the way: xzcat FILE | recommender import -"),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "Unpack it, or one file of it on the way: unzip -p FILE NAME | recommender import -"),
        (Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "Unpack it first: 7z x FILE."),
        (Array("SQLite format 3".utf8) + [0x00], "an SQLite database", "Write the events to a text: sqlite3 -csv -header FILE 'SELECT …'."),
        (Array("PAR1".utf8) + [0x15], "a Parquet file", "Write it as CSV or JSON lines first."),
    ]

    func layout() throws -> LogLayout {
        var layout = try found()
        if layout.header != nil, let problem = lines[0].problemAsText { throw LogImportError.badHeader(source: source, reason: problem) }
        layout.year = options.year
        readDates(of: &layout)
        layout.isOrdered = !layout.hasTimes && (options.isOrdered ?? (layout.format == .sequences))
        if let kind = options.kind { layout.kind = kind }
        if let ratings = options.ratings { layout.ratings = ratings }
        return layout
    }

    private func found() throws -> LogLayout {
        if let mapping = options.columns, let format = options.format, [.gorse, .items, .itemAttributes, .sequences].contains(format) {
            throw LogImportError.badMapping(text: mapping.text, reason: "the format \(format.rawValue) has no columns to tell")
        }
        switch options.format {
        case .gorse: return try json(first: lines[0]) ?? { throw wrongFormat("its lines are no JSON objects") }()
        case .items: return LogLayout(format: .items, content: .items)
        case .itemAttributes: return LogLayout(format: .itemAttributes, content: .items)
        case .sequences: return LogLayout(format: .sequences, separator: options.separator == nil ? .blanks : try separator())
        default: break
        }
        if options.format == nil, options.columns == nil, let layout = try json(first: lines[0]) { return layout }
        let separator = try separator()
        var splitter = FieldSplitter(separator: separator)
        do { try splitter.split(lines[0]) } catch { throw unknown }
        let first = splitter.fields.map { $0.trimmed.text }
        if let mapping = options.columns { return try mapped(mapping, first: first, separator: separator) }
        if options.header != false, let layout = try withHeader(first, separator: separator) { return try agreed(layout) }
        guard options.header != true else { throw unknown }
        return try withoutHeader(first, separator: separator)
    }

    // MARK: JSON

    private func json(first: UnsafeRawBufferPointer) throws -> LogLayout? {
        guard first.first == 0x7B || first.first == 0x5B else { return nil }
        if first.first == 0x5B { throw wrongFormat("it is one JSON array; write one object a line: jq -c '.[]'", format: "gorse") }
        if options.format == nil, let keys = try? JSONScanner.keys(of: first), ItemLinesDecoder.reads(keys: keys) {
            return LogLayout(format: .items, content: .items)
        }
        var scanner = JSONScanner(first)
        guard let entry = try? scanner.nextEntry() else { return LogLayout(format: .itemAttributes, content: .items) }
        if entry.value.first == 0x5B, options.format != .gorse { return LogLayout(format: .itemAttributes, content: .items) }
        guard let keys = try? JSONScanner.keys(of: first) else { throw unknown }
        var layout = LogLayout(format: .gorse)
        if keys.contains("FeedbackType") {
            layout.content = .events
        } else if keys.contains("ItemId") {
            layout.content = .items
        } else if keys.contains("UserId") {
            layout.content = .users
        } else {
            throw unknown
        }
        return layout
    }

    // MARK: Tables

    private func separator() throws -> FieldSplitter.Separator {
        if let told = options.separator {
            switch told {
            case "::": return .doubleColon
            case "\t", "\\t", "tab": return .plain(0x09)
            case " ", "space": return .blanks
            default:
                guard told.utf8.count == 1, let mark = told.utf8.first, mark != 0x22 else {
                    throw wrongFormat("a separator is one character, tab, space or ::, and not \"\(told)\"")
                }
                return .quoted(mark)
            }
        }
        let first = lines[0]
        if first.contains(0x09) { return .plain(0x09) }
        if String(decoding: first, as: UTF8.self).contains("::") { return .doubleColon }
        for mark in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|")] where first.contains(mark) { return .quoted(mark) }
        return .blanks
    }

    private func withHeader(_ names: [String], separator: FieldSplitter.Separator) throws -> LogLayout? {
        let isRecBole = names.allSatisfy { name in [":token", ":float", ":token_seq", ":float_seq"].contains { name.hasSuffix($0) } }
        let plain = names.map { name in (isRecBole ? String(name[..<name.firstIndex(of: ":")!]) : name).lowercased() }
        let all = Set(plain)
        var layout = LogLayout(format: .table, separator: separator, header: names)
        for role in ColumnRole.allCases where !ColumnRole.ofDescriptions.contains(role) {
            if let index = plain.firstIndex(where: { ColumnMapping.usualNames[role]!.contains($0) }) { layout.columns[role] = index }
        }
        let describesUsers = options.holdsUsers
        if !describesUsers, all.isSuperset(of: ["invoiceno", "stockcode", "quantity"]) || !describesUsers && all.isSuperset(of: ["invoice", "stockcode", "quantity"]) {
            layout.format = .onlineRetail
            layout.columns[.price] = plain.firstIndex { ["unitprice", "price"].contains($0) }
            return layout
        }
        if !describesUsers, all.isSuperset(of: ["itemid", "property", "value"]) {
            layout.format = .retailRocketProperties
            layout.content = .items
            layout.columns[.name] = plain.firstIndex(of: "property")
            return layout
        }
        guard layout.columns[.item] != nil || layout.columns[.user] != nil else { return nil }
        if isRecBole { layout.format = .recBole }
        let describesItems = options.holdsItems
            || (!options.holdsUsers && layout.columns[.user] == nil && layout.columns[.session] == nil)
        if describesItems || options.holdsUsers || layout.columns[.item] == nil {
            layout.content = describesItems ? .items : .users
            guard let column = layout.columns[describesItems ? .item : .user] else { return nil }
            keepDescription(of: &layout, names: names, plain: plain, isRecBole: isRecBole)
            // RecBole's files say by their columns what they are.
            if !options.holdsItems, !options.holdsUsers, !isRecBole { try checkDescriptions(column, layout) }
            return layout
        }
        if all == ["timestamp", "visitorid", "event", "itemid", "transactionid"] {
            layout.format = .retailRocket
        } else if all.isSuperset(of: ["event_time", "event_type", "product_id", "user_session"]) {
            layout.format = .rees46
            layout.properties = ["brand", "category_id"].compactMap { name in
                plain.firstIndex(of: name).map { LogLayout.PropertyColumn(index: $0, name: name, readsNumbers: false) }
            }
        } else if all.isSuperset(of: ["userid", "movieid", "rating"]) {
            layout.format = .movieLens
        } else if all.isSuperset(of: ["user_id", "brand_id", "type", "visit_datetime"]) {
            layout.format = .alibaba
            layout.timeStyle = .monthAndDay
            layout.kindNames = ["0": .view, "1": .purchase, "2": .favorite, "3": .cart]
        } else if layout.columns[.user] == nil {
            layout.format = .sessionRec
        }
        layout.userIsSession = layout.columns[.user] == nil
        setKindAndRange(&layout, valueName: layout.columns[.value].map { plain[$0] })
        return layout
    }

    /// A log whose other columns are not known would be taken for descriptions, and all but the last line of each id lost.
    private func checkDescriptions(_ column: Int, _ layout: LogLayout) throws {
        var splitter = FieldSplitter(separator: layout.separator)
        var ids = IdentifierTable()
        var count = 0
        // The last line may go on behind the head.
        for line in head.split(separator: 0x0A).dropFirst().dropLast(isCut ? 1 : 0) {
            guard (try? splitter.split(UnsafeRawBufferPointer(rebasing: line))) != nil, column < splitter.fields.count else { continue }
            let field = splitter.fields[column].trimmed
            guard !field.isEmpty else { continue }
            _ = ids.number(adding: field.text)
            count += 1
        }
        let repeated = count - ids.count
        // A line that stands twice by mistake is no log.
        guard repeated >= 2, repeated * 10 > count else { return }
        throw LogImportError.doubtfulDescriptions(
            source: source, of: layout.content == .items ? "item" : "user", repeated: repeated, lines: count)
    }

    /// Ratings are known by the name of their column.
    func setKindAndRange(_ layout: inout LogLayout, valueName: String?) {
        if layout.columns[.kind] == nil, let valueName, ["rating", "stars", "overall", "score"].contains(valueName) {
            layout.kind = .rating
        }
        layout.ratings = layout.format == .movieLens ? 0.5...5 : 0...100
    }

    private func keepDescription(of layout: inout LogLayout, names: [String], plain: [String], isRecBole: Bool) {
        let roles: [ColumnRole] = layout.content == .items ? [.item, .name, .category, .price, .stock] : [.user]
        layout.columns = layout.columns.filter { roles.contains($0.key) }
        for role in layout.content == .items ? ColumnRole.ofDescriptions + [.time] : [] {
            let taken = Set(layout.columns.values)
            layout.columns[role] = plain.indices.first { !taken.contains($0) && ColumnMapping.usualNames[role]!.contains(plain[$0]) }
        }
        layout.properties = names.indices.filter { !layout.columns.values.contains($0) }.map { index in
            LogLayout.PropertyColumn(index: index, name: isRecBole ? plain[index] : names[index], isList: names[index].hasSuffix("_seq"))
        }
    }

    private func withoutHeader(_ first: [String], separator: FieldSplitter.Separator) throws -> LogLayout {
        func number(_ index: Int) -> Double? { index < first.count ? Double(first[index]) : nil }
        var layout = LogLayout(format: .pairs, separator: separator, fieldCount: first.count)
        if options.holdsItems || options.holdsUsers { throw unknown }
        let isRating = first.count == 4 && number(2) != nil && (number(3) ?? 0) > 1e8
        if isRating, separator == .doubleColon || separator == .plain(0x09) || options.format == .movieLens {
            layout.format = .movieLens
            layout.ratings = 0.5...5
        } else if isRating, separator == .quoted(0x2C) {
            layout.format = .amazon
            layout.ratings = 1...5
        } else if separator == .blanks, first.count >= 2 || lines.contains(where: { $0.contains(0x20) }) {
            // A line of another length tells sequences from pairs.
            let isPairs = options.format == .pairs || (options.format == nil && lines.allSatisfy { fieldCount($0) == 2 })
            layout.format = isPairs ? .pairs : .sequences
            if isPairs {
                try rejectHeader(first)
                (layout.columns, layout.fieldCount) = ([.user: 0, .item: 1], 2)
            }
            return try agreed(layout)
        } else if first.count == 2 {
            try rejectHeader(first)
            layout.columns = [.user: 0, .item: 1]
            return try agreed(layout)
        } else {
            throw unknown
        }
        layout.columns = [.user: 0, .item: 1, .value: 2, .time: 3]
        layout.kind = .rating
        return try agreed(layout)
    }

    /// Two words may be a header that is not known: taken for an event, it would be a user and an item that are none.
    private func rejectHeader(_ first: [String]) throws {
        guard options.format != .pairs, options.header != false, first.contains(where: { !$0.contains(where: \.isNumber) }) else { return }
        throw unknown
    }

    private func fieldCount(_ line: UnsafeRawBufferPointer) -> Int {
        line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).count
    }

    private func agreed(_ layout: LogLayout) throws -> LogLayout {
        guard let told = options.format, told != layout.format, told != .table else { return layout }
        throw wrongFormat("its first line \"\(shown(lines[0]))\" reads like the format \(layout.format.rawValue)")
    }

    private var unknown: LogImportError { .unknownFormat(source: source, firstLine: shown(lines[0])) }

    private func wrongFormat(_ reason: String, format: String? = nil) -> LogImportError {
        .wrongFormat(source: source, format: format ?? options.format?.rawValue ?? "table", reason: reason)
    }

    private func shown(_ line: UnsafeRawBufferPointer) -> String {
        let text = String(decoding: line.prefix(120), as: UTF8.self)
        return line.count > 120 ? text + "…" : text
    }
}
