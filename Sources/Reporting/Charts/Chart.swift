/// A picture of numbers.
///
/// A chart is drawn as SVG inside the page, takes its colors from the page's style, and carries its meaning in words
/// (`<title>` and `<desc>`) for those who do not see it. Values that are not finite are left out; a chart without data
/// says so.
public protocol Chart: ReportBlock {
    /// What the chart shows, above it.
    var title: String { get }
    /// What to notice, below it.
    var caption: String? { get }
    /// The chart in a sentence or two, for a screen reader.
    var summary: String { get }
    /// Names of what is drawn, in the order of their colors; none when a legend is not needed.
    var legend: [String] { get }
    /// The drawing, without its title and description.
    var drawing: Drawing { get }
}

/// SVG content and the size it was drawn for.
public struct Drawing: Sendable {
    /// In units of the drawing; the page scales it to the space there is.
    public var width: Double
    public var height: Double
    public var content: HTML

    public init(width: Double, height: Double, content: HTML) {
        self.width = width
        self.height = height
        self.content = content
    }

    /// What stands in the place of a chart that has no data.
    package static func empty(_ text: String = "No data yet", width: Double = ChartLayout.width, height: Double = 160) -> Drawing {
        Drawing(
            width: width, height: height,
            content: "<text class=\"no-data\" x=\"\(width / 2)\" y=\"\(height / 2)\" text-anchor=\"middle\">\(text)</text>")
    }
}

extension Chart {
    public var legend: [String] { [] }

    /// The drawing as an SVG element.
    public var svg: HTML {
        let drawing = drawing
        return """
            <svg class="chart" viewBox="0 0 \(drawing.width) \(drawing.height)" role="img">
            <title>\(title)</title><desc>\(summary)</desc>
            \(drawing.content)</svg>

            """
    }

    public var html: HTML {
        let captionHTML: HTML? = caption.map { "<p class=\"note\">\($0)</p>" }
        return """
            <figure><figcaption>\(title)</figcaption>
            \(legendHTML)\(svg)\(captionHTML)</figure>

            """
    }

    private var legendHTML: HTML {
        guard legend.count > 1 else { return HTML() }
        var items = HTML()
        for (index, name) in legend.enumerated() {
            items += "<li class=\"\(SeriesColor.cssClass(index))\">\(SeriesColor.swatch(index))\(name)</li>"
        }
        return "<ul class=\"legend\">\(items)</ul>\n"
    }
}

/// Colors told apart by readers with any color vision (after Okabe and Ito), and by their dashes in grey print.
package enum SeriesColor {
    package static let count = 6

    package static func cssClass(_ index: Int) -> HTML { "series-\(position(index) + 1)" }

    /// `stroke-dasharray` of a line.
    package static func dashes(_ index: Int) -> HTML {
        switch position(index) {
        case 0: "none"
        case 1: "7 4"
        case 2: "2 4"
        case 3: "10 4 2 4"
        case 4: "14 5"
        default: "1 6"
        }
    }

    package static func swatch(_ index: Int) -> HTML {
        """
        <svg class="swatch" viewBox="0 0 28 10" aria-hidden="true">\
        <line class="line" x1="1" y1="5" x2="27" y2="5" stroke-dasharray="\(dashes(index))"/></svg>
        """
    }

    private static func position(_ index: Int) -> Int { ((index % count) + count) % count }
}
