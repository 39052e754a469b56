/// One dot a trial: the value of a setting against the score it reached.
public struct ScatterChart: Chart {
    public struct Dot: Sendable, Hashable {
        public var point: ChartPoint
        /// Told when the reader points at it, e.g. all settings of the trial.
        public var label: String
        public var isHighlighted: Bool

        public init(_ point: ChartPoint, label: String = "", isHighlighted: Bool = false) {
            self.point = point
            self.label = label
            self.isHighlighted = isHighlighted
        }
    }

    public var title: String
    public var caption: String?
    public var xLabel: String
    public var yLabel: String
    public var dots: [Dot]
    public var xKind: AxisScale.Kind
    public var yKind: AxisScale.Kind
    public var yFormat: AxisScale.Format
    /// For a setting that is a choice and not a number: the choices, of which x is the index.
    public var categories: [String]?

    public init(
        title: String, caption: String? = nil, xLabel: String, yLabel: String, dots: [Dot],
        xKind: AxisScale.Kind = .linear, yKind: AxisScale.Kind = .linear, yFormat: AxisScale.Format = .number,
        categories: [String]? = nil
    ) {
        self.title = title
        self.caption = caption
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.dots = dots
        self.xKind = xKind
        self.yKind = yKind
        self.yFormat = yFormat
        self.categories = categories
    }

    private var drawable: [Dot] {
        let xKind = categories == nil ? xKind : .linear
        return dots.filter { AxisScale.canDraw($0.point.x, kind: xKind) && AxisScale.canDraw($0.point.y, kind: yKind) }
    }

    public var summary: String {
        guard !drawable.isEmpty else { return "No data." }
        let best = drawable.first(where: \.isHighlighted).map { " Set off: \(words($0))." } ?? ""
        return "\(HumanReadable.count(drawable.count, "trial")), \(yLabel) against \(xLabel).\(best)"
    }

    public var drawing: Drawing {
        let drawable = drawable
        guard !drawable.isEmpty else { return .empty() }
        let x: AxisScale
        if let categories {
            x = AxisScale(covering: [-0.5, Double(max(categories.count, 1)) - 0.5], extends: false, about: categories.count)
        } else {
            x = AxisScale(covering: drawable.map(\.point.x), kind: xKind, about: 6)
        }
        let shares: ClosedRange<Double>? = yFormat == .percentage ? 0...1 : nil
        let layout = ChartLayout(x: x, y: AxisScale(covering: drawable.map(\.point.y), kind: yKind, limits: shares), height: 290)
        var html = layout.axes(
            xLabel: xLabel, yLabel: yLabel, yFormat: yFormat,
            xTickLabels: categories.map { names in x.ticks.map { tick in Self.name(at: tick, of: names) } })
        // Those set off are drawn last, on top.
        for dot in drawable.filter({ !$0.isHighlighted }) + drawable.filter(\.isHighlighted) {
            let shade: HTML = dot.isHighlighted ? "scatter highlighted" : "scatter"
            html += """
                <circle class="\(shade)" cx="\(layout.across(dot.point.x))" cy="\(layout.up(dot.point.y))" \
                r="\(dot.isHighlighted ? 7 : 5)"><title>\(words(dot))</title></circle>

                """
        }
        return Drawing(width: layout.width, height: layout.height, content: html)
    }

    private static func name(at tick: Double, of names: [String]) -> String {
        tick.rounded() == tick && names.indices.contains(Int(tick)) ? DisplayWidth.truncate(names[Int(tick)], to: 14) : ""
    }

    private func words(_ dot: Dot) -> String {
        let x = categories.map { Self.name(at: dot.point.x, of: $0) } ?? HumanReadable.significant(dot.point.x)
        let y = yFormat == .percentage ? HumanReadable.percentage(dot.point.y) : HumanReadable.significant(dot.point.y)
        return "\(xLabel) \(x), \(yLabel) \(y)\(dot.label.isEmpty ? "" : "; \(dot.label)")"
    }
}
