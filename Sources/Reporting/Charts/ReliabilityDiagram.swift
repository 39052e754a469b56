/// Whether confidence can be believed: the accuracy of answers of each confidence, beside the diagonal of a model that is
/// exactly as often right as it says.
public struct ReliabilityDiagram: Chart {
    public var title: String
    public var caption: String?
    public var reliability: ReliabilityBins

    public init(
        title: String = "Can its confidence be believed?", caption: String? = nil, reliability: ReliabilityBins
    ) {
        self.title = title
        self.caption = caption
        self.reliability = reliability
    }

    private var errorText: String {
        "expected calibration error \(HumanReadable.decimal(reliability.expectedCalibrationError, places: 3))"
    }

    public var summary: String {
        guard reliability.count > 0 else { return "No data." }
        let bins = reliability.bins.filter { $0.count > 0 }.map { words($0) }
        return "\(errorText). " + bins.joined(separator: "; ") + "."
    }

    public var drawing: Drawing {
        guard reliability.count > 0 else { return .empty() }
        let filled = reliability.bins.filter { $0.count > 0 }
        // With two classes no answer is below one half; the empty half would only make the rest small.
        let start = filled.allSatisfy { $0.upper > 0.5 } ? 0.5 : 0
        let x = AxisScale(covering: [start, 1], about: 5)
        let y = AxisScale(covering: [0, 1], about: 5)
        var layout = ChartLayout(x: x, y: y, height: 400)
        layout.bottom = 118
        let most = Double(filled.map(\.count).max() ?? 1)
        var html = layout.axes(xLabel: "", yLabel: "share that was right", xFormat: .percentage, yFormat: .percentage)
        for bin in filled {
            let left = layout.across(max(bin.lower, start)) + 1.5
            let right = layout.across(bin.upper) - 1.5
            let top = layout.up(bin.accuracy)
            let stripHeight = max(Double(bin.count) / most * 38, 1)
            html += """
                <g><title>\(words(bin))</title>\
                <rect class="bar" x="\(left)" y="\(top)" width="\(right - left)" height="\(layout.floor - top)" rx="2"/>\
                <line class="expected" x1="\(left)" y1="\(layout.up(bin.meanConfidence))" x2="\(right)" \
                y2="\(layout.up(bin.meanConfidence))"/>\
                <rect class="count" x="\(left)" y="\(layout.height - 26 - stripHeight)" width="\(right - left)" \
                height="\(stripHeight)"/></g>

                """
        }
        html += """
            <line class="diagonal" x1="\(layout.across(start))" y1="\(layout.up(start))" x2="\(layout.across(1))" \
            y2="\(layout.up(1))"/>\
            <text class="axis-label" x="\(layout.left + 10)" y="\(layout.top + 18)">\(errorText)</text>\
            <line class="axis" x1="\(layout.left)" y1="\(layout.height - 26)" x2="\(layout.width - layout.right)" \
            y2="\(layout.height - 26)"/>\
            <text class="tick" x="\(layout.left - 9)" y="\(layout.height - 36)" text-anchor="end">answers</text>\
            <text class="axis-label" x="\(layout.width - layout.right)" y="\(layout.height - 6)" \
            text-anchor="end">confidence</text>

            """
        return Drawing(width: layout.width, height: layout.height, content: html)
    }

    private func words(_ bin: ReliabilityBins.Bin) -> String {
        "confidence \(HumanReadable.percentage(bin.lower, places: 0)) to \(HumanReadable.percentage(bin.upper, places: 0)): "
            + "\(HumanReadable.percentage(bin.accuracy, places: 1)) of \(HumanReadable.count(bin.count, "answer")) right, "
            + "mean confidence \(HumanReadable.percentage(bin.meanConfidence, places: 1))"
    }
}
