/// The frame of a chart with two axes: margins, grid, ticks, and where a pair of values is drawn.
package struct ChartLayout: Sendable {
    /// The page sets text larger where a drawing is shown smaller: margins leave room for 21 units.
    package static let width = 600.0

    package var width = ChartLayout.width
    package var height = 320.0
    package var left = 78.0
    package var right = 22.0
    package var top = 36.0
    package var bottom = 60.0
    package var x: AxisScale
    package var y: AxisScale

    package init(x: AxisScale, y: AxisScale, height: Double = 320) {
        self.x = x
        self.y = y
        self.height = height
    }

    package var plotWidth: Double { width - left - right }
    package var plotHeight: Double { height - top - bottom }
    package var floor: Double { height - bottom }

    package func across(_ value: Double) -> Double { left + x.position(of: value) * plotWidth }
    package func up(_ value: Double) -> Double { floor - y.position(of: value) * plotHeight }

    /// Grid, tick labels and axis names. Names stand level, above the axis and below it, where they are easy to read.
    package func axes(
        xLabel: String, yLabel: String, xFormat: AxisScale.Format = .number, yFormat: AxisScale.Format = .number,
        xTickLabels: [String]? = nil
    ) -> HTML {
        var html = HTML()
        for tick in y.ticks {
            let level = up(tick)
            html += "<line class=\"grid\" x1=\"\(left)\" y1=\"\(level)\" x2=\"\(width - right)\" y2=\"\(level)\"/>"
            html += "<text class=\"tick\" x=\"\(left - 9)\" y=\"\(level)\" dy=\"0.35em\" text-anchor=\"end\">\(y.label(of: tick, format: yFormat))</text>\n"
        }
        for (index, tick) in x.ticks.enumerated() {
            let label = xTickLabels.map { index < $0.count ? $0[index] : "" } ?? x.label(of: tick, format: xFormat)
            html += "<line class=\"tick-mark\" x1=\"\(across(tick))\" y1=\"\(floor)\" x2=\"\(across(tick))\" y2=\"\(floor + 5)\"/>"
            html += "<text class=\"tick\" x=\"\(across(tick))\" y=\"\(floor + 7)\" dy=\"0.9em\" text-anchor=\"middle\">\(label)</text>\n"
        }
        html += "<line class=\"axis\" x1=\"\(left)\" y1=\"\(floor)\" x2=\"\(width - right)\" y2=\"\(floor)\"/>\n"
        html += "<text class=\"axis-label\" x=\"\(left - 9)\" y=\"17\">\(yLabel)</text>\n"
        html += "<text class=\"axis-label\" x=\"\(width - right)\" y=\"\(floor + 7)\" dy=\"2.2em\" text-anchor=\"end\">\(xLabel)</text>\n"
        return html
    }
}

/// A place on a chart.
public struct ChartPoint: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}
