/// One number that matters, set large.
public struct Figure: Sendable {
    /// The number as it is to be read, e.g. "97.8".
    public var value: String
    public var unit: String?
    /// What it is, e.g. "Accuracy".
    public var label: String
    /// What it means, in a few words.
    public var explanation: String?
    public var tone: Tone
    public var gauge: Gauge?

    /// A thin bar under the number, with a mark where the target is.
    public struct Gauge: Sendable, Hashable {
        /// 0...1.
        public var share: Double
        public var target: Double?

        public init(share: Double, target: Double? = nil) {
            self.share = share
            self.target = target
        }
    }

    public init(
        _ value: String, unit: String? = nil, label: String, explanation: String? = nil, tone: Tone = .neutral,
        gauge: Gauge? = nil
    ) {
        self.value = value
        self.unit = unit
        self.label = label
        self.explanation = explanation
        self.tone = tone
        self.gauge = gauge
    }
}

/// A row of figures, the first thing on a page.
public struct FigureCards: ReportBlock {
    public var figures: [Figure]

    public init(_ figures: [Figure]) { self.figures = figures }

    public var html: HTML {
        let cards = figures.map(card)
        return cards.isEmpty ? HTML() : "<ul class=\"figures\">\n\(HTML(joining: cards))</ul>\n"
    }

    private func card(_ figure: Figure) -> HTML {
        let unit: HTML? = figure.unit.map { " <span class=\"unit\">\($0)</span>" }
        let explanation: HTML? = figure.explanation.map { "<p class=\"explanation\">\($0)</p>" }
        return """
            <li class="figure \(figure.tone.cssClass)"><p class="label">\(figure.label)</p>\
            <p class="value">\(figure.value)\(unit)</p>\(figure.gauge.map(gauge))\(explanation)</li>

            """
    }

    private func gauge(_ gauge: Figure.Gauge) -> HTML {
        guard gauge.share.isFinite else { return HTML() }
        let share = min(max(gauge.share, 0), 1) * 100
        var words = HumanReadable.percentage(share / 100, places: 1)
        var mark = HTML()
        if let target = gauge.target, target.isFinite {
            let position = min(max(target, 0), 1) * 100
            words += ", target \(HumanReadable.percentage(target, places: 1))"
            mark = "<rect class=\"target\" x=\"\(min(position, 99.2))\" y=\"0\" width=\"0.8\" height=\"8\"/>"
        }
        return """
            <svg class="gauge" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"><title>\(words)</title>\
            <rect class="track" x="0" y="2" width="100" height="4"/>\
            <rect class="fill" x="0" y="2" width="\(share)" height="4"/>\(mark)</svg>
            """
    }
}
