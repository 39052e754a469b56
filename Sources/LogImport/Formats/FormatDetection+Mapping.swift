import Interactions

extension FormatDetection {
    /// A table whose columns are told.
    ///
    /// - Parameter first: the fields of the first line.
    /// - Throws: `LogImportError.unknownColumn`, `.badMapping`.
    func mapped(_ mapping: ColumnMapping, first: [String], separator: FieldSplitter.Separator) throws -> LogLayout {
        var layout = LogLayout(format: options.format ?? .table, separator: separator)
        let lower = first.map { $0.lowercased() }
        if options.header ?? isHeader(first, of: mapping, separator: separator) { layout.header = first }
        layout.beginsWithoutHeader = layout.header == nil
        if layout.header == nil { layout.fieldCount = mostFields(separator: separator) }
        let columnCount = max(first.count, layout.fieldCount ?? 0)
        for (role, column) in mapping.columns {
            if let index = first.firstIndex(of: column) ?? lower.firstIndex(of: column.lowercased()), layout.header != nil {
                layout.columns[role] = index
            } else if let number = Int(column), (1...columnCount).contains(number) {
                layout.columns[role] = number - 1
            } else {
                throw LogImportError.unknownColumn(source: source, column: column, header: first)
            }
        }
        layout.content = options.holdsItems ? .items : options.holdsUsers ? .users : .events
        guard layout.columns[layout.content == .users ? .user : .item] != nil else {
            throw LogImportError.badMapping(
                text: mapping.text, reason: "the column of the \(layout.content == .users ? "user" : "item") is missing")
        }
        if layout.content != .events {
            layout.properties = (0..<columnCount).filter { !layout.columns.values.contains($0) }.map { index in
                LogLayout.PropertyColumn(index: index, name: layout.header?[index] ?? "column \(index + 1)")
            }
        } else {
            guard layout.columns[.user] != nil || layout.columns[.session] != nil else {
                throw LogImportError.badMapping(text: mapping.text, reason: "neither user nor session is told")
            }
            layout.userIsSession = layout.columns[.user] == nil
            setKindAndRange(&layout, valueName: layout.columns[.value].flatMap { lower.indices.contains($0) ? lower[$0] : nil })
        }
        return layout
    }

    /// As many fields as the longest of the first lines has.
    private func mostFields(separator: FieldSplitter.Separator) -> Int {
        var splitter = FieldSplitter(separator: separator)
        return lines.reduce(0) { most, line in (try? splitter.split(line)) == nil ? most : max(most, splitter.fields.count) }
    }

    /// Whether the first line holds the names of columns that a mapping tells of, by name or by number.
    ///
    /// It does where it holds a name of the mapping, two usual names, or the usual name of what a column is said to hold;
    /// where a time, value, price or stock is none in it and one in a later line; and where its ids have no digits and those
    /// of all later lines have some.
    private func isHeader(_ first: [String], of mapping: ColumnMapping, separator: FieldSplitter.Separator) -> Bool {
        let lower = first.map { $0.lowercased() }
        // A number tells a place, also where the first line happens to hold it.
        let told = mapping.columns.values.filter { Int($0) == nil }
        if told.contains(where: { first.contains($0) || lower.contains($0.lowercased()) }) { return true }
        let usual = ColumnMapping.usualNames.filter { options.holdsItems || !ColumnRole.ofDescriptions.contains($0.key) }
        if usual.values.count(where: { names in lower.contains { names.contains($0) } }) >= 2 { return true }
        let columns = mapping.columns.compactMapValues { Int($0).map { $0 - 1 } }.filter { lower.indices.contains($0.value) }
        if columns.contains(where: { ColumnMapping.usualNames[$0.key]!.contains(lower[$0.value]) }) { return true }

        let rows = lines.compactMap { line -> [[UInt8]]? in
            var splitter = FieldSplitter(separator: separator)
            guard (try? splitter.split(line)) != nil, splitter.fields.count >= first.count else { return nil }
            return splitter.fields.map { Array($0.trimmed) }
        }
        guard let names = rows.first, rows.count > 1 else { return false }
        let times: Set<ColumnRole> = [.time, .expires, .added]
        for (role, column) in columns where times.contains(role) || [.value, .price, .stock].contains(role) {
            func isRead(_ row: [[UInt8]]) -> Bool {
                row[column].withUnsafeBytes {
                    times.contains(role) ? EventTime($0, style: .usual, year: options.year) != nil : $0.number != nil
                }
            }
            if !names[column].isEmpty, !isRead(names), rows.dropFirst().contains(where: isRead) { return true }
        }
        func hasDigit(_ field: [UInt8]) -> Bool { field.contains { $0 >= 0x30 && $0 <= 0x39 } }
        let ids = columns.filter { [.user, .item, .session].contains($0.key) }.values
        return ids.allSatisfy { !hasDigit(names[$0]) } && ids.contains { id in rows.dropFirst().allSatisfy { hasDigit($0[id]) } }
    }
}
