/// Curves over time: loss and accuracy of training and validation.
public struct LineChart: Chart {
    public struct Series: Sendable {
        public var name: String
        /// Ascending in x. A point that is not finite makes a gap.
        public var points: [ChartPoint]

        public init(_ name: String, points: [ChartPoint]) {
            self.name = name
            self.points = points
        }

        /// Values at 1, 2, 3 and so on, e.g. one per epoch.
        public init(_ name: String, values: [Double]) {
            self.init(name, points: values.enumerated().map { ChartPoint(Double($0.offset + 1), $0.element) })
        }
    }

    /// A point to set off, e.g. the best validation.
    public struct Marker: Sendable, Hashable {
        public var point: ChartPoint
        public var label: String
        /// Index of the series it lies on, for its color.
        public var series: Int

        public init(_ point: ChartPoint, label: String, series: Int = 0) {
            self.point = point
            self.label = label
            self.series = series
        }
    }

    /// A stretch of the x axis that differs from its neighbors, e.g. the image size.
    public struct Phase: Sendable, Hashable {
        public var start: Double
        public var end: Double
        public var label: String

        public init(from start: Double, to end: Double, label: String) {
            self.start = start
            self.end = end
            self.label = label
        }
    }

    public var title: String
    public var caption: String?
    public var xLabel: String
    public var yLabel: String
    public var series: [Series]
    public var marker: Marker?
    public var phases: [Phase]
    public var xKind: AxisScale.Kind
    public var yKind: AxisScale.Kind
    public var yFormat: AxisScale.Format

    public init(
        title: String, caption: String? = nil, xLabel: String, yLabel: String, series: [Series], marker: Marker? = nil,
        phases: [Phase] = [], xKind: AxisScale.Kind = .linear, yKind: AxisScale.Kind = .linear,
        yFormat: AxisScale.Format = .number
    ) {
        self.title = title
        self.caption = caption
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.marker = marker
        self.phases = phases
        self.xKind = xKind
        self.yKind = yKind
        self.yFormat = yFormat
    }

    public var legend: [String] { series.map(\.name) }

    public var summary: String {
        let parts = series.map { series -> String in
            let drawable = series.points.filter(canDraw)
            guard let first = drawable.first, let last = drawable.last else { return "\(series.name): no data." }
            return "\(series.name): \(spoken(first.y)) at \(xLabel) \(HumanReadable.significant(first.x)), "
                + "\(spoken(last.y)) at \(xLabel) \(HumanReadable.significant(last.x))."
        }
        return (parts + (marker.map { ["Marked: \($0.label)."] } ?? [])).joined(separator: " ")
    }

    public var drawing: Drawing {
        let drawable = series.flatMap(\.points).filter(canDraw)
        guard !drawable.isEmpty else { return .empty() }
        let x = AxisScale(covering: drawable.map(\.x), kind: xKind, extends: false, about: 7)
        let shares: ClosedRange<Double>? = yFormat == .percentage ? 0...1 : nil
        var layout = ChartLayout(x: x, y: AxisScale(covering: drawable.map(\.y), kind: yKind, limits: shares))
        if !phases.isEmpty { layout.top += 18 }
        var html = HTML(joining: phases.enumerated().map { phase($0.element, isEven: $0.offset % 2 == 0, layout) })
        html += layout.axes(xLabel: xLabel, yLabel: yLabel, yFormat: yFormat)
        for (index, series) in series.enumerated() {
            html += "<g class=\"\(SeriesColor.cssClass(index))\">\(curve(series, index, layout))</g>\n"
        }
        if let marker, canDraw(marker.point) { html += mark(marker, layout) }
        return Drawing(width: layout.width, height: layout.height, content: html)
    }

    private func canDraw(_ point: ChartPoint) -> Bool {
        AxisScale.canDraw(point.x, kind: xKind) && AxisScale.canDraw(point.y, kind: yKind)
    }

    private func spoken(_ value: Double) -> String {
        switch yFormat {
        case .percentage: HumanReadable.percentage(value)
        case .duration: HumanReadable.duration(seconds: value)
        case .number: HumanReadable.significant(value)
        }
    }

    private func curve(_ series: Series, _ index: Int, _ layout: ChartLayout) -> HTML {
        let points = Self.thinned(series.points, canDraw: canDraw)
        var path = HTML()
        var dots = HTML()
        var isPenDown = false
        for (position, point) in points.enumerated() {
            guard canDraw(point) else {
                isPenDown = false
                continue
            }
            let (h, v) = (layout.across(point.x), layout.up(point.y))
            let isAlone = !isPenDown && (position + 1 == points.count || !canDraw(points[position + 1]))
            path += isPenDown ? "L\(h) \(v)" : "M\(h) \(v)"
            isPenDown = true
            if isAlone { dots += "<circle class=\"dot\" cx=\"\(h)\" cy=\"\(v)\" r=\"3\"/>" }
            if points.count <= 200 {
                let words = "\(series.name), \(xLabel) \(HumanReadable.significant(point.x, digits: 4)): \(spoken(point.y))"
                dots += "<circle class=\"hit\" cx=\"\(h)\" cy=\"\(v)\" r=\"6\"><title>\(words)</title></circle>"
            }
        }
        return "<path class=\"line\" d=\"\(path)\" stroke-dasharray=\"\(SeriesColor.dashes(index))\"/>\(dots)"
    }

    private func phase(_ phase: Phase, isEven: Bool, _ layout: ChartLayout) -> HTML {
        guard layout.x.canDraw(phase.start), layout.x.canDraw(phase.end), phase.end >= phase.start else { return HTML() }
        let left = layout.across(phase.start)
        let right = layout.across(phase.end)
        let shade: HTML = isEven ? "phase" : "phase odd"
        return """
            <rect class="\(shade)" x="\(left)" y="\(layout.top - 22)" width="\(right - left)" \
            height="\(layout.plotHeight + 22)"/>\
            <text class="phase-label" x="\((left + right) / 2)" y="\(layout.top - 8)" text-anchor="middle">\(phase.label)</text>

            """
    }

    private func mark(_ marker: Marker, _ layout: ChartLayout) -> HTML {
        let (h, v) = (layout.across(marker.point.x), layout.up(marker.point.y))
        // Toward the middle, and below all curves there; above them where there is no room below.
        let isRight = h > layout.left + layout.plotWidth * 0.55
        let length = Double(DisplayWidth.columns(of: marker.label)) * 12
        let span = isRight ? (h - length)...(h + 12) : (h - 12)...(h + length)
        let levels = series.flatMap(\.points).filter(canDraw).filter { span.contains(layout.across($0.x)) }.map { layout.up($0.y) }
        let below = max(levels.max() ?? v, v) + 30
        let above = max(min(levels.min() ?? v, v) - 16, layout.top + 14)
        let level = below < layout.floor - 8 ? below : above
        let anchor: HTML = isRight ? "end" : "start"
        return """
            <g class="marker \(SeriesColor.cssClass(marker.series))">\
            <line class="guide" x1="\(h)" y1="\(v)" x2="\(h)" y2="\(layout.floor)"/>\
            <circle cx="\(h)" cy="\(v)" r="6"/>\
            <text x="\(h + (isRight ? -4 : 4))" y="\(level)" text-anchor="\(anchor)">\(marker.label)</text></g>

            """
    }

    /// Long curves keep, of every group of neighbors, the least and the greatest: what the eye would see.
    package static func thinned(
        _ points: [ChartPoint], to limit: Int = 800, canDraw: (ChartPoint) -> Bool = { $0.y.isFinite }
    ) -> [ChartPoint] {
        guard points.count > limit, limit >= 4 else { return points }
        let groups = limit / 2
        return (0..<groups).flatMap { group -> [ChartPoint] in
            let slice = points[(group * points.count / groups)..<((group + 1) * points.count / groups)]
            let drawable = slice.filter(canDraw)
            guard let low = drawable.min(by: { $0.y < $1.y }), let high = drawable.max(by: { $0.y < $1.y }) else {
                return Array(slice.prefix(1))
            }
            if low.x == high.x { return [low] }
            return low.x < high.x ? [low, high] : [high, low]
        }
    }
}
