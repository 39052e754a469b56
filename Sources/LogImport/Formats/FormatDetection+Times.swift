extension FormatDetection {
    /// Notes how the log writes times, as far as its first lines tell.
    ///
    /// - Dates with slashes are day first where one of them can be nothing else, and none can only be month first.
    /// - A column of mostly short numbers counts from the log's beginning, so that no number in it is a date.
    func readDates(of layout: inout LogLayout) {
        guard layout.timeStyle == .usual else { return }
        let columns = ([.time] + ColumnRole.ofDescriptions).compactMap { layout.columns[$0] }
        guard !columns.isEmpty else { return }
        var splitter = FieldSplitter(separator: layout.separator)
        var dayFirst = 0, monthFirst = 0, counted = 0, others = 0
        for line in head.split(separator: 0x0A).dropLast(isCut ? 1 : 0) {
            guard (try? splitter.split(UnsafeRawBufferPointer(rebasing: line))) != nil else { continue }
            for column in columns where column < splitter.fields.count {
                let field = splitter.fields[column].trimmed
                if let date = EventTime.slashDate(field) {
                    layout.hasSlashDates = true
                    if date.first > 12, date.second <= 12 { dayFirst += 1 }
                    if date.second > 12, date.first <= 12 { monthFirst += 1 }
                } else if let number = field.number {
                    // 0 may stand for an unknown time.
                    if number != 0 { if abs(number) < 10_000_000 { counted += 1 } else { others += 1 } }
                }
            }
        }
        if dayFirst > 0, monthFirst == 0 { layout.timeStyle = .dayFirst }
        if counted > others { layout.timeStyle = .counted }
    }
}
