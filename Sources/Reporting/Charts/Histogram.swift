/// How values are spread, for one group or several laid over each other, with a threshold between them.
public struct Histogram: Chart {
    public struct Group: Sendable {
        public var name: String
        public var values: [Double]

        public init(_ name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    public struct Threshold: Sendable, Hashable {
        public var value: Double
        public var label: String

        public init(_ value: Double, label: String) {
            self.value = value
            self.label = label
        }
    }

    public var title: String
    public var caption: String?
    public var xLabel: String
    public var groups: [Group]
    public var threshold: Threshold?
    public var binCount: Int
    public var xFormat: AxisScale.Format

    /// - Parameter binCount: 1...200; values outside are clamped.
    public init(
        title: String, caption: String? = nil, xLabel: String, groups: [Group], threshold: Threshold? = nil,
        binCount: Int = 40, xFormat: AxisScale.Format = .number
    ) {
        self.title = title
        self.caption = caption
        self.xLabel = xLabel
        self.groups = groups
        self.threshold = threshold
        self.binCount = binCount
        self.xFormat = xFormat
    }

    public var legend: [String] { groups.map(\.name) }

    public var summary: String {
        var parts = groups.map { group -> String in
            let values = group.values.filter(\.isFinite).sorted()
            guard !values.isEmpty else { return "\(group.name): no data." }
            let median = BootstrapInterval.quantile(0.5, ofSorted: values)
            return "\(group.name): \(HumanReadable.count(values.count, "value")), median \(HumanReadable.significant(median))."
        }
        if let threshold { parts.append("Threshold: \(threshold.label).") }
        return parts.joined(separator: " ")
    }

    public var drawing: Drawing {
        let drawable = groups.map { $0.values.filter { AxisScale.canDraw($0, kind: .linear) } }
        guard drawable.contains(where: { !$0.isEmpty }) else { return .empty() }
        var covered = drawable.flatMap { [$0.min(), $0.max()].compactMap { $0 } }
        if let threshold, AxisScale.canDraw(threshold.value, kind: .linear) { covered.append(threshold.value) }
        let x = AxisScale(covering: covered, about: 6)
        let binCount = min(max(binCount, 1), 200)
        // Shares of each group, so that groups of different sizes can be compared.
        let shares = drawable.map { Self.shares($0, of: x, binCount: binCount) }
        let y = AxisScale(covering: [0] + shares.flatMap { $0 }, about: 4)
        let layout = ChartLayout(x: x, y: y, height: 290)
        var html = layout.axes(xLabel: xLabel, yLabel: "share of each group", xFormat: xFormat, yFormat: .percentage)
        for (index, shares) in shares.enumerated() where !drawable[index].isEmpty {
            html += "<g class=\"\(SeriesColor.cssClass(index))\">\(outline(shares, index, layout))</g>\n"
        }
        if let threshold, AxisScale.canDraw(threshold.value, kind: .linear) {
            let h = layout.across(threshold.value)
            let isRight = h > layout.left + layout.plotWidth / 2
            let anchor: HTML = isRight ? "end" : "start"
            html += """
                <g class="threshold"><line x1="\(h)" y1="\(layout.top - 6)" x2="\(h)" y2="\(layout.floor)"/>\
                <text x="\(h + (isRight ? -7 : 7))" y="\(layout.top + 9)" text-anchor="\(anchor)">\(threshold.label)</text></g>

                """
        }
        return Drawing(width: layout.width, height: layout.height, content: html)
    }

    /// The share of `values` in each of `binCount` bins of equal width across the axis.
    package static func shares(_ values: [Double], of axis: AxisScale, binCount: Int) -> [Double] {
        var counts = [Int](repeating: 0, count: binCount)
        for value in values {
            counts[min(Int(axis.position(of: value) * Double(binCount)), binCount - 1)] += 1
        }
        return counts.map { Double($0) / Double(max(values.count, 1)) }
    }

    private func outline(_ shares: [Double], _ index: Int, _ layout: ChartLayout) -> HTML {
        let binWidth = layout.plotWidth / Double(shares.count)
        var path: HTML = "M\(layout.left) \(layout.floor)"
        for (bin, share) in shares.enumerated() {
            path += "V\(layout.up(share))H\(layout.left + Double(bin + 1) * binWidth)"
        }
        path += "V\(layout.floor)"
        return """
            <path class="area" d="\(path)Z"/>\
            <path class="line thin" d="\(path)" stroke-dasharray="\(SeriesColor.dashes(index))"/>
            """
    }
}
