/// Horizontal bars with their values: accuracy per class, time per stage.
public struct BarChart: Chart {
    public struct Bar: Sendable, Hashable {
        public var label: String
        /// Zero or more; other values are drawn as no bar.
        public var value: Double
        /// The value as it is to be read.
        public var text: String
        public var isHighlighted: Bool

        public init(_ label: String, value: Double, text: String? = nil, isHighlighted: Bool = false) {
            self.label = label
            self.value = value
            self.text = text ?? HumanReadable.significant(value)
            self.isHighlighted = isHighlighted
        }
    }

    public var title: String
    public var caption: String?
    public var bars: [Bar]
    /// The value of a full-length bar, e.g. 1 for shares; the greatest value when `nil`.
    public var fullLength: Double?

    public init(title: String, caption: String? = nil, bars: [Bar], fullLength: Double? = nil) {
        self.title = title
        self.caption = caption
        self.bars = bars
        self.fullLength = fullLength
    }

    public var summary: String {
        bars.isEmpty ? "No data." : bars.prefix(20).map { "\($0.label): \($0.text)" }.joined(separator: "; ") + "."
    }

    public var drawing: Drawing {
        guard !bars.isEmpty else { return .empty(height: 80) }
        let width = ChartLayout.width
        let rowHeight = 34.0
        let labelColumns = bars.map { DisplayWidth.columns(of: $0.label) }.max() ?? 0
        let labelWidth = min(max(Double(labelColumns) * 11 + 14, 70), 236)
        let textWidth = min(Double(bars.map { DisplayWidth.columns(of: $0.text) }.max() ?? 0) * 11 + 16, 220)
        let longest = width - labelWidth - textWidth - 8
        let values = bars.map(\.value).filter { $0.isFinite && $0 >= 0 }
        let scale = fullLength.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? values.max() ?? 1
        var html = HTML()
        for (index, bar) in bars.enumerated() {
            let top = Double(index) * rowHeight + 4
            let isDrawn = bar.value.isFinite && bar.value > 0 && scale > 0
            let length = isDrawn ? min(bar.value / scale, 1) * longest : 0
            let label = DisplayWidth.truncate(bar.label, to: 21)
            let shade: HTML = bar.isHighlighted ? "bar highlighted" : "bar"
            html += """
                <g><title>\(bar.label): \(bar.text)</title>\
                <text class="bar-label" x="\(labelWidth - 12)" y="\(top + 13)" dy="0.35em" text-anchor="end">\(label)</text>\
                <rect class="track" x="\(labelWidth)" y="\(top + 3)" width="\(longest)" height="20" rx="4"/>\
                <rect class="\(shade)" x="\(labelWidth)" y="\(top + 3)" width="\(length)" height="20" rx="4"/>\
                <text class="bar-value" x="\(width - 4)" y="\(top + 13)" dy="0.35em" text-anchor="end">\(bar.text)</text></g>

                """
        }
        return Drawing(width: width, height: Double(bars.count) * rowHeight + 6, content: html)
    }
}
