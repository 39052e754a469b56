import Foundation
import Reporting
import TestSupport
import Testing

/// One page with everything on it, for people to look at: it is written to the file that the variable
/// TANDEM_DEMO_PAGE names, and only then.
@Suite struct DemonstrationPage {
    @Test func demonstrationPageIsWellFormed() throws {
        let page = Self.page()
        _ = try #require(ParsedMarkup(document: page.render()))
        if let path = ProcessInfo.processInfo.environment["TANDEM_DEMO_PAGE"] {
            try page.write(to: URL(fileURLWithPath: path))
        }
    }

    static func page() -> ReportPage {
        let accuracy = WilsonInterval.proportion(successes: 1_956, trials: 2_000)
        return ReportPage(
            title: "Telling cats from dogs",
            subtitle: "A network of 2.7 million parameters, trained from scratch on 18,000 photos in 1 h 02 min.",
            footer: MachineDescription.current().summary,
            sections: [quality(accuracy), learning(), trust(), mistakes(), tuning(), cost()])
    }

    private static func quality(_ accuracy: ConfidenceInterval) -> ReportSection {
        ReportSection("How good is it?", lead: "Measured on 2,000 photos it had never seen.") {
            FigureCards([
                Figure(
                    "97.8", unit: "%", label: "Accuracy", explanation: HumanReadable.percentage(accuracy) + ", 95 % sure",
                    tone: .good, gauge: .init(share: 0.978, target: 0.977)),
                Figure("44", unit: "of 2,000", label: "Mistakes", explanation: "27 cats taken for dogs, 17 dogs for cats"),
                Figure("0.012", label: "Calibration error", explanation: "When it says 90 %, it is right 89 times in 100"),
                Figure("480", unit: "images/s", label: "Training speed", explanation: "On two cores, in bf16", tone: .caution),
            ])
            Callout(
                "Validation stopped improving while training went on getting better: a little overfitting. "
                    + "More photos would help more than more epochs.",
                title: "What the curves say.", tone: .caution)
            Columns {
                ConfusionMatrix(caption: "Rows add up to 100 %.", classNames: ["cat", "dog"], counts: [[973, 27], [17, 983]])
                BarChart(
                    title: "Accuracy by class",
                    bars: [
                        .init("dog", value: 0.983, text: "98.3 %"),
                        .init("cat", value: 0.973, text: "97.3 %", isHighlighted: true),
                        .init("A class with a rather long name", value: 0.41, text: "41.0 %"),
                    ], fullLength: 1)
            }
        }
    }

    private static func learning() -> ReportSection {
        var source = Noise(seed: 42)
        let epochs = 42
        let training: [Double] = (0..<epochs).map { 0.69 * exp(-Double($0) / 11) + 0.03 + source.next(0.008) }
        let validation: [Double] = (0..<epochs).map { epoch -> Double in
            let trend = 0.68 * exp(-Double(epoch) / 9) + 0.07
            return trend + Double(epoch) * 0.0006 + source.next(0.012)
        }
        let validationAccuracy = validation.map { 1 - $0 * 0.45 }
        let best = validationAccuracy.indices.max { validationAccuracy[$0] < validationAccuracy[$1] } ?? 0
        let label = "best: \(HumanReadable.percentage(validationAccuracy[best])) at epoch \(best + 1)"
        let rates = (0..<11_000).map { step -> ChartPoint in
            let share = Double(step - 1_650) / 9_350
            return ChartPoint(Double(step), step < 1_650 ? 0.1 * Double(step) / 1_650 : 0.05 * (1 + cos(Double.pi * share)))
        }
        return ReportSection("How it learned", lead: "Each point is one pass over all training photos.") {
            LineChart(
                title: "Accuracy", caption: "The shades show the size of the pictures it was trained on.", xLabel: "epoch",
                yLabel: "accuracy",
                series: [.init("training", values: training.map { 1 - $0 * 0.52 }), .init("validation", values: validationAccuracy)],
                marker: .init(ChartPoint(Double(best + 1), validationAccuracy[best]), label: label, series: 1),
                phases: [
                    .init(from: 1, to: 15, label: "64 px"), .init(from: 15, to: 33, label: "96 px"),
                    .init(from: 33, to: 42, label: "128 px"),
                ], yFormat: .percentage)
            Columns {
                LineChart(
                    title: "Loss", xLabel: "epoch", yLabel: "loss (logarithmic)",
                    series: [.init("training", values: training), .init("validation", values: validation)], yKind: .logarithmic)
                LineChart(title: "Learning rate", xLabel: "step", yLabel: "rate", series: [.init("rate", points: rates)])
            }
        }
    }

    private static func trust() -> ReportSection {
        var source = Noise(seed: 43)
        let confidences = (0..<2_000).map { _ in 1 - pow(source.uniform(), 6) / 2 }
        let isRight = confidences.map { source.uniform() < $0 - 0.01 }
        let pets = (0..<2_000).map { _ in 8 + source.next(3) }
        let others = (0..<600).map { _ in 3.4 + source.next(3.4) }
        return ReportSection("Can it be believed?") {
            Columns {
                ReliabilityDiagram(
                    caption: "Bars: how often answers of that confidence were right. Orange: how often they claimed to be.",
                    reliability: ReliabilityBins(confidences: confidences, isRight: isRight))
                Histogram(
                    title: "Pets and other photos", caption: "Photos left of the threshold are called neither.",
                    xLabel: "energy score", groups: [.init("pets", values: pets), .init("neither", values: others)],
                    threshold: .init(5.1, label: "threshold 5.1"))
            }
        }
    }

    private static func mistakes() -> ReportSection {
        let items = (0..<8).map { index in
            Gallery.Item(
                image: index == 7 ? nil : picture, alternativeText: "A cat", caption: "cat, taken for dog",
                detail: "cats/cat.\(index * 811).jpg", tags: [.init("99.\(index) % sure", tone: .problem)])
        }
        return ReportSection("The most confident mistakes") { Gallery(items) }
    }

    private static func tuning() -> ReportSection {
        var source = Noise(seed: 44)
        let rates = (0..<26).map { index -> ScatterChart.Dot in
            let rate = pow(10, -3 + Double(index) / 10.5)
            let score = 0.95 - 0.02 * pow(log10(rate / 0.08), 2) + source.next(0.006)
            return ScatterChart.Dot(ChartPoint(rate, score), label: "trial \(index)", isHighlighted: index == 19)
        }
        let optimizers = (0..<24).map { index -> ScatterChart.Dot in
            let kind = Double(index % 3)
            return ScatterChart.Dot(ChartPoint(kind, 0.93 + kind * 0.008 + source.next(0.01)))
        }
        let rows = (0..<4).map { row -> [DataTable.Cell] in
            let score = 0.97 - Double(row) * 0.13
            return [
                DataTable.Cell("\(row + 1)"), DataTable.Cell(HumanReadable.significant(0.1 / Double(row + 1))), "Muon",
                .bar(score, label: HumanReadable.percentage(score)), row == 0 ? DataTable.Cell("best", tone: .good) : "",
            ]
        }
        return ReportSection("What mattered") {
            Columns {
                ScatterChart(
                    title: "Peak learning rate", xLabel: "learning rate", yLabel: "accuracy", dots: rates, xKind: .logarithmic,
                    yFormat: .percentage)
                ScatterChart(
                    title: "Optimizer", xLabel: "optimizer", yLabel: "accuracy", dots: optimizers, yFormat: .percentage,
                    categories: ["SGD", "AdamW", "Muon"])
            }
            DataTable(
                columns: [
                    .init("Trial"), .init("Learning rate", alignment: .right), .init("Optimizer"), .init("Accuracy"), .init("Note"),
                ],
                rows: rows, caption: "The best four of 24 trials", highlightedRows: [0])
        }
    }

    private static func cost() -> ReportSection {
        let energy = EnergyEstimate(cpuSeconds: 7_208)
        return ReportSection("What it cost") {
            DefinitionList([
                (name: "Time", value: HumanReadable.duration(seconds: 3_720)),
                (name: "Processor time", value: HumanReadable.duration(seconds: energy.cpuSeconds)),
                (name: "Energy, estimated", value: energy.description),
                (name: "Data fingerprint", value: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ])
            CodeBlock(energy.formula)
            Details("Command to repeat it") { CodeBlock("catsvsdogs train photos --seed 42 --time 60m") }
        }
    }

    /// A PNG of 2 x 2 pixels.
    private static let picture = Data(
        base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGM4sappWkUUQ1Re050TqwAvwAb11H0DogAAAABJRU5ErkJggg=="
    ).flatMap { EmbeddedImage([UInt8]($0)) }
}

/// Numbers for the curves: roughly normal, and the same on every run.
private struct Noise {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func uniform() -> Double { Double.random(in: 0..<1, using: &generator) }
    mutating func next(_ size: Double) -> Double { (uniform() + uniform() + uniform() + uniform() - 2) * size }
}
