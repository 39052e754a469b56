import Reporting
import Testing

/// Every chart, with the words and the numbers given.
private func charts(_ text: String, _ values: [Double]) -> [(name: String, html: HTML)] {
    let points = values.enumerated().map { ChartPoint(Double($0.offset), $0.element) }
    let bins = ReliabilityBins(confidences: values, isRight: values.map { $0 > 0.5 })
    let charts: [(String, any ReportBlock)] = [
        ("line", LineChart(
            title: text, caption: text, xLabel: text, yLabel: text,
            series: [.init(text, points: points), .init(text, values: values)],
            marker: .init(ChartPoint(1, values.first ?? .nan), label: text, series: -3),
            phases: [.init(from: 0, to: 2, label: text), .init(from: .nan, to: 1, label: text)], yFormat: .percentage)),
        ("line, logarithmic", LineChart(
            title: text, xLabel: text, yLabel: text, series: [.init(text, points: points)], xKind: .logarithmic,
            yKind: .logarithmic)),
        ("bar", BarChart(title: text, caption: text, bars: values.map { .init(text, value: $0) })),
        ("histogram", Histogram(
            title: text, xLabel: text, groups: [.init(text, values: values), .init(text, values: [])],
            threshold: .init(0.3, label: text))),
        ("reliability", ReliabilityDiagram(title: text, caption: text, reliability: bins)),
        ("scatter", ScatterChart(
            title: text, xLabel: text, yLabel: text,
            dots: points.map { .init($0, label: text, isHighlighted: $0.x == 1) }, xKind: .logarithmic)),
        ("scatter, categories", ScatterChart(
            title: text, xLabel: text, yLabel: text, dots: points.map { .init($0, label: text) }, categories: [text, text])),
        ("confusion", ConfusionMatrix(
            title: text, caption: text, classNames: [text, text], counts: [values.map { $0 > 0.5 ? 3 : -1 }])),
        ("confusion of many", ConfusionMatrix(
            title: text, classNames: (0..<30).map { "\(text)\($0)" },
            counts: (0..<30).map { row in (0..<30).map { ($0 * row) % 7 } })),
    ]
    return charts.map { ($0.0, $0.1.html) }
}

@Suite struct ChartTests {
    static let data: [[Double]] = [
        [], [.nan], [.nan, .infinity, -.infinity], [0.5], [0, 0, 0], [0.2, .nan, 0.7, 0.9], [-5, 1e308, -1e308, 3],
        [1e-300, 2e-300], [1e15, 1e15 + 0.25], (0..<5_000).map { Double($0 % 97) / 97 },
    ]

    @Test(arguments: data) func chartsAreWellFormedWhateverTheData(_ values: [Double]) throws {
        for chart in charts("plain", values) {
            let parsed = try #require(ParsedMarkup(fragment: chart.html.markup), "\(chart.name)")
            for element in parsed.elements {
                for value in element.attributes.values {
                    #expect(!value.lowercased().contains("nan") && !value.contains("inf"), "\(chart.name): \(value)")
                }
            }
        }
    }

    @Test(arguments: data) func hostileLabelsStayText(_ values: [Double]) throws {
        for chart in charts(hostileText, values) {
            let parsed = try #require(ParsedMarkup(fragment: chart.html.markup), "\(chart.name)")
            #expect(parsed.all("script").isEmpty, "\(chart.name)")
            #expect(parsed.all("figcaption")[0].text.contains("<script>"), "\(chart.name)")
        }
    }

    @Test func everyDrawingHasATitleAndADescription() throws {
        for chart in charts("words", [0.2, 0.7, 0.9]) where !chart.name.hasPrefix("confusion") {
            let parsed = try #require(ParsedMarkup(fragment: chart.html.markup))
            #expect(parsed.all("svg").contains { $0.attributes["role"] == "img" }, "\(chart.name)")
            #expect(parsed.all("title")[0].text == "words", "\(chart.name)")
            #expect(parsed.all("desc")[0].text.count > 5, "\(chart.name)")
        }
    }

    /// Nothing is drawn outside the picture.
    @Test(arguments: data) func coordinatesStayInside(_ values: [Double]) throws {
        for chart in charts("w", values) {
            let parsed = try #require(ParsedMarkup(fragment: chart.html.markup))
            for circle in parsed.all("circle") {
                let x = try #require(circle.attributes["cx"].flatMap(Double.init))
                let y = try #require(circle.attributes["cy"].flatMap(Double.init))
                #expect((0...600).contains(x) && (0...400).contains(y), "\(chart.name)")
            }
            for rectangle in parsed.all("rect") {
                let width = try #require(rectangle.attributes["width"].flatMap(Double.init))
                #expect(width >= 0 && width <= 600, "\(chart.name)")
            }
        }
    }

    @Test func higherValuesAreDrawnHigher() throws {
        let chart = LineChart(title: "t", xLabel: "x", yLabel: "y", series: [.init("s", values: [1, 3, 2])])
        let parsed = try #require(ParsedMarkup(fragment: chart.svg.markup))
        let hits = parsed.all("circle").filter { $0.attributes["class"] == "hit" }
        let levels = hits.compactMap { $0.attributes["cy"].flatMap(Double.init) }
        let places = hits.compactMap { $0.attributes["cx"].flatMap(Double.init) }
        #expect(levels.count == 3 && levels[1] < levels[2] && levels[2] < levels[0])
        #expect(places == places.sorted())
    }

    @Test func aGapInTheDataIsAGapInTheLine() throws {
        let chart = LineChart(title: "t", xLabel: "x", yLabel: "y", series: [.init("s", values: [1, 2, .nan, 2, 1, .nan, 3])])
        let parsed = try #require(ParsedMarkup(fragment: chart.svg.markup))
        let path = try #require(parsed.all("path")[0].attributes["d"])
        #expect(path.filter { $0 == "M" }.count == 3 && path.filter { $0 == "L" }.count == 2)
        // The lone last point is visible as a dot.
        #expect(parsed.all("circle").filter { $0.attributes["class"] == "dot" }.count == 1)
    }

    @Test func longCurvesKeepTheirPeaks() {
        var points = (0..<50_000).map { ChartPoint(Double($0), Double($0 % 10)) }
        points[31_234].y = 1_000
        points[44_444].y = -1_000
        let thinned = LineChart.thinned(points)
        #expect(thinned.count <= 800)
        #expect(thinned.contains { $0.y == 1_000 } && thinned.contains { $0.y == -1_000 })
        #expect(thinned.map(\.x) == thinned.map(\.x).sorted())
    }

    @Test func barsAreAsLongAsTheirValues() throws {
        let chart = BarChart(title: "t", bars: [.init("a", value: 1), .init("b", value: 4), .init("c", value: .nan)])
        let parsed = try #require(ParsedMarkup(fragment: chart.svg.markup))
        let lengths = parsed.all("rect").filter { $0.attributes["class"] == "bar" }.compactMap { $0.attributes["width"].flatMap(Double.init) }
        #expect(abs(lengths[1] - 4 * lengths[0]) < 0.5 && lengths[2] == 0)
    }

    @Test func histogramCountsEveryValueOnce() {
        let axis = AxisScale(covering: [0, 1])
        let shares = Histogram.shares([0, 0.1, 0.5, 0.99, 1], of: axis, binCount: 4)
        #expect(shares == [0.4, 0, 0.2, 0.4])
        #expect(Histogram.shares([], of: axis, binCount: 2) == [0, 0])
    }

    @Test func confusionMatrixSaysCountsAndSharesOfTheRow() throws {
        let matrix = ConfusionMatrix(classNames: ["cat", "dog"], counts: [[970, 30], [10, 1_990]])
        let parsed = try #require(ParsedMarkup(fragment: matrix.html.markup))
        let cells = parsed.all("td").map(\.text)
        #expect(cells.contains("97097.0 %") && cells.contains("303.0 %") && cells.contains("1,99099.5 %"))
        #expect(parsed.all("th").filter { $0.attributes["scope"] == "row" }.map(\.text) == ["cat", "dog"])
        #expect(cells.contains("2,000"))
    }

    @Test func manyClassesListTheMostFrequentConfusionsFirst() throws {
        var counts = (0..<25).map { _ in [Int](repeating: 1, count: 25) }
        counts[3][7] = 50
        let matrix = ConfusionMatrix(classNames: (0..<25).map { "class \($0)" }, counts: counts)
        let parsed = try #require(ParsedMarkup(fragment: matrix.html.markup))
        #expect(parsed.all("th").filter { $0.attributes["scope"] == "row" }.count == 30)
        #expect(parsed.all("th").first { $0.attributes["scope"] == "row" }?.text == "class 3")
        #expect(parsed.all("td")[0].text == "class 7" && parsed.all("td")[1].text == "50")
    }
}
