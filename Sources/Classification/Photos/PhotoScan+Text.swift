import Reporting

extension PhotoScan {
    /// The scan as a page of text for a terminal.
    ///
    /// - Parameters:
    ///   - columns: width to fit tables into; `nil` for as wide as needed.
    ///   - listLimit: entries shown of each list of problems.
    public func text(columns: Int? = nil, style: TerminalStyle = .plain, listLimit: Int = 10) -> String {
        var text = style.apply(.strong, to: summary) + "\n"
        text += "\n" + classTable.render(fitting: columns, style: style)
        text += "\n" + measuresTable.render(fitting: columns, style: style)
        text += "Sizes: \(sizesLine)\nFormats: \(formatsLine)\n"
        text += problems("Damaged or unreadable", .problem, corrupt, style, columns, listLimit)
        text += problems("Unsupported formats", .problem, unsupported, style, columns, listLimit)
        if !misnamed.isEmpty {
            text += heading("Named as another format (used all the same)", misnamed.count, .caution, style)
            for photo in misnamed.prefix(listLimit) { text += "  \(photo.path): \(photo.format.rawValue) inside\n" }
            text += more(misnamed.count, listLimit)
        }
        text += problems("Decoded with a warning", .caution, warnings, style, columns, listLimit)
        if !tiny.isEmpty {
            text += heading("Smaller than \(Self.tinySide) pixels", tiny.count, .caution, style)
            for photo in tiny.prefix(listLimit) { text += "  \(photo.path): \(photo.width) x \(photo.height)\n" }
            text += more(tiny.count, listLimit)
        }
        text += groups("The same picture under different labels", .problem, labelConflicts, style, listLimit)
        text += groups("The same picture in training and in validation or test", .problem, leaks, style, listLimit)
        text += groups("Exact duplicates", .caution, exactDuplicates, style, listLimit)
        text += groups("Near duplicates", .caution, nearDuplicates, style, listLimit)
        if !ignored.isEmpty {
            text += heading("Other files, passed over", ignored.count, .faint, style)
            for file in ignored.prefix(listLimit) { text += "  \(file.path): \(file.reason)\n" }
            text += more(ignored.count, listLimit)
        }
        return text + "\n" + verdict + "\n"
    }

    /// One line: how many photos in how many classes.
    var summary: String {
        let unreadable = photoCount - readableCount
        return "\(HumanReadable.count(photoCount, "photo")) in \(HumanReadable.count(classes.count, "class", plural: "classes")), "
            + HumanReadable.bytes(totalBytes)
            + (unreadable == 0 ? ", all readable" : ", \(HumanReadable.count(unreadable)) not readable")
    }

    /// What it comes to, in a sentence or two.
    var verdict: String {
        if photoCount == 0 { return "There is nothing to look at." }
        if isClean { return "Nothing is wrong with these photos." }
        var sentences: [String] = []
        let unreadable = corrupt.count + unsupported.count
        if unreadable > 0 {
            sentences.append(
                "Training leaves out \(HumanReadable.count(unreadable, "file")) that cannot be decoded.")
        }
        if !labelConflicts.isEmpty {
            sentences.append(
                "In \(HumanReadable.count(labelConflicts.count, "group")) of same pictures the labels disagree: at least one "
                    + "label in each is wrong.")
        }
        if !exactDuplicates.isEmpty || !nearDuplicates.isEmpty {
            sentences.append(
                hasLeaks
                    ? "Some pictures are in training and in validation or test: results measured there are too good."
                    : "Copies are kept on one side when photos are divided, so they do not flatter the results.")
        }
        if sentences.isEmpty { sentences.append("All photos can be used as they are.") }
        return sentences.joined(separator: " ")
    }

    private var hasLeaks: Bool { !leaks.isEmpty }

    private var classTable: TextTable {
        var table = TextTable(columns: [
            .init("class"), .init("photos", alignment: .right), .init("readable", alignment: .right),
            .init("share", alignment: .right), .init(""), .init("on disk", alignment: .right),
        ])
        for summary in classes {
            let share = Double(summary.photos) / Double(max(photoCount, 1))
            table.append([
                .init(summary.name), .init(HumanReadable.count(summary.photos)),
                .init(HumanReadable.count(summary.readable), summary.readable < summary.photos ? .caution : .plain),
                .init(HumanReadable.percentage(share, places: 1)), .bar(share), .init(HumanReadable.bytes(summary.bytes)),
            ])
        }
        return table
    }

    private var measuresTable: TextTable {
        var table = TextTable(columns: [
            .init("readable photos"), .init("least", alignment: .right), .init("5 %", alignment: .right),
            .init("median", alignment: .right), .init("95 %", alignment: .right), .init("most", alignment: .right),
        ])
        for row in measures { table.append(([row.name] + row.values).map { .init($0) }) }
        return table
    }

    /// The distributions, as rows of a table.
    var measures: [(name: String, values: [String])] {
        let rows: [(String, Distribution?, (Int) -> String)] = [
            ("width (px)", widths, { HumanReadable.count($0) }), ("height (px)", heights, { HumanReadable.count($0) }),
            ("file", fileBytes, { HumanReadable.bytes($0) }),
        ]
        return rows.compactMap { name, distribution, written in
            distribution.map { spread in
                let values = [
                    spread.minimum, spread.fifthPercentile, spread.median, spread.ninetyFifthPercentile, spread.maximum,
                ]
                return (name, values.map(written))
            }
        }
    }

    var sizesLine: String {
        let shown = commonSizes.prefix(5).map { "\($0.width) x \($0.height) (\(HumanReadable.count($0.photos)))" }
        let rest = sizeCount - shown.count
        return shown.isEmpty
            ? HumanReadable.unknown
            : shown.joined(separator: ", ") + (rest > 0 ? ", and \(HumanReadable.count(rest, "other"))" : "")
    }

    var formatsLine: String {
        formats.isEmpty
            ? HumanReadable.unknown
            : formats.map { "\($0.format.rawValue) (\(HumanReadable.count($0.photos)))" }.joined(separator: ", ")
    }

    private func heading(_ title: String, _ count: Int, _ emphasis: TextEmphasis, _ style: TerminalStyle) -> String {
        "\n" + style.apply(emphasis, to: "\(title): \(HumanReadable.count(count))") + "\n"
    }

    private func more(_ count: Int, _ limit: Int) -> String {
        count > limit ? "  … and \(HumanReadable.count(count - limit)) more\n" : ""
    }

    private func problems(
        _ title: String, _ emphasis: TextEmphasis, _ list: [Problem], _ style: TerminalStyle, _ columns: Int?, _ limit: Int
    ) -> String {
        guard !list.isEmpty else { return "" }
        var table = TextTable(columns: [.init(""), .init("")])
        for problem in list.prefix(limit) { table.append([.init("  " + problem.path), .init(problem.reason, .faint)]) }
        return heading(title, list.count, emphasis, style) + table.render(fitting: columns, style: style)
            + more(list.count, limit)
    }

    private func groups(
        _ title: String, _ emphasis: TextEmphasis, _ list: [DuplicateGroup], _ style: TerminalStyle, _ limit: Int
    ) -> String {
        guard !list.isEmpty else { return "" }
        var text = "\n" + style.apply(emphasis, to: "\(title): \(HumanReadable.count(list.count, "group"))") + "\n"
        for group in list.prefix(limit) {
            let names = group.photos.prefix(6).map { photo in
                group.isLabelConflict ? "\(photo.path) (\(photo.className))" : photo.path
            }
            text += "  " + names.joined(separator: " = ")
                + (group.photos.count > 6 ? " = … \(group.photos.count - 6) more" : "") + "\n"
        }
        return text + more(list.count, limit)
    }
}
