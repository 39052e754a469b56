/// What was taken for what: a row per true class, a column per answer, in each cell the count and its share of the row.
///
/// It is a table and not a picture, so that it can be read aloud, copied and fit a narrow screen. With more than 20
/// classes it lists the most frequent confusions instead.
public struct ConfusionMatrix: ReportBlock {
    public var title: String
    public var caption: String?
    public var classNames: [String]
    /// `counts[true class][answer]`. Missing rows and cells count as 0.
    public var counts: [[Int]]

    public static let largestDrawn = 20

    public init(
        title: String = "What was taken for what", caption: String? = nil, classNames: [String], counts: [[Int]]
    ) {
        self.title = title
        self.caption = caption
        self.classNames = classNames
        self.counts = counts
    }

    public var html: HTML {
        let captionHTML: HTML? = caption.map { "<p class=\"note\">\($0)</p>" }
        let content: HTML
        if classNames.isEmpty {
            content = "<p class=\"empty\">No data yet</p>"
        } else {
            content = classNames.count > Self.largestDrawn ? frequentConfusions : table
        }
        return "<figure><figcaption>\(title)</figcaption>\n\(content)\(captionHTML)</figure>\n"
    }

    private func count(_ row: Int, _ column: Int) -> Int {
        counts.indices.contains(row) && counts[row].indices.contains(column) ? max(counts[row][column], 0) : 0
    }

    private func total(_ row: Int) -> Int { classNames.indices.reduce(0) { $0 + count(row, $1) } }

    private var table: HTML {
        let headers = HTML(joining: classNames.map { "<th scope=\"col\">\($0)</th>" })
        var body = HTML()
        for (row, name) in classNames.enumerated() {
            body += "<tr><th scope=\"row\">\(name)</th>\(cells(row))<td class=\"total\">\(HumanReadable.count(total(row)))</td></tr>\n"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(title)"><table class="confusion">
            <thead><tr><td class="corner"></td><th scope="colgroup" colspan="\(classNames.count)" class="answers">answer</th>\
            <td class="corner"></td></tr>
            <tr><th scope="col" class="truth">truth</th>\(headers)<th scope="col" class="total">total</th></tr></thead>
            <tbody>
            \(body)</tbody></table></div>

            """
    }

    private func cells(_ row: Int) -> HTML {
        let total = total(row)
        var html = HTML()
        for column in classNames.indices {
            let count = count(row, column)
            let share = total > 0 ? Double(count) / Double(total) : 0
            // Mistakes are rare and must be seen: their color grows with the root of their share.
            let strength = row == column ? share : share.squareRoot()
            let kind: HTML = row == column ? "right" : "wrong"
            let ink: HTML = strength > 0.55 ? " strong" : ""
            html += """
                <td class="\(kind)\(ink)" style="--strength:\(Int((strength * 100).rounded()))%"><b>\(HumanReadable.count(count))</b>\
                <span>\(total > 0 ? HumanReadable.percentage(share, places: 1) : "")</span></td>
                """
        }
        return html
    }

    private var frequentConfusions: HTML {
        var pairs: [(truth: Int, answer: Int, count: Int)] = []
        for row in classNames.indices where counts.indices.contains(row) {
            for column in classNames.indices where column != row && count(row, column) > 0 {
                pairs.append((row, column, count(row, column)))
            }
        }
        pairs.sort { ($1.count, $0.truth, $0.answer) < ($0.count, $1.truth, $1.answer) }
        let rows = pairs.prefix(30).map { pair -> [DataTable.Cell] in
            let share = Double(pair.count) / Double(max(total(pair.truth), 1))
            return [
                DataTable.Cell(classNames[pair.truth]), DataTable.Cell(classNames[pair.answer]),
                DataTable.Cell(HumanReadable.count(pair.count)),
                .bar(share, label: HumanReadable.percentage(share, places: 1)),
            ]
        }
        let columns: [DataTable.Column] = [
            .init("Truth"), .init("Answer"), .init("Count", alignment: .right), .init("Share of the class"),
        ]
        return DataTable(columns: columns, rows: rows, caption: "The most frequent confusions").html
    }
}
