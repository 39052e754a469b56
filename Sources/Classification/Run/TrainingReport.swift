import ComputeGraph
import Foundation
import Reporting
import Training

/// The page of a run: how it went, what came out, what it cost.
struct TrainingReport {
    var model: PhotoModel
    var metrics: MetricStore
    var configuration: TrainingConfiguration
    var arenaByteCount: Int
    /// What the model is worth on photos it has not seen; further sections of the page.
    var evaluation: [ReportSection] = []

    var page: ReportPage {
        let diagnosis = LearningDiagnosis(metrics)
        let sections = [
            ReportSection("How it went", lead: diagnosis.sentence) {
                FigureCards(figures)
                lossChart
                accuracyChart
            }
        ] + evaluation + [
            ReportSection("What it cost") {
                FigureCards(costs)
                rateChart
                CodeBlock(energy.formula)
            },
            ReportSection("How it was made") {
                DefinitionList(provenance)
                Details("The network, layer by layer") { CodeBlock(model.graph.description) }
            },
        ]
        return ReportPage(
            title: model.classes.count <= 4 ? model.classes.joined(separator: ", ") : "\(model.classes.count) classes of photos",
            subtitle: "Training run of \(model.provenance.created)", footer: "Tandem \(Tandem.version)", sections: sections)
    }

    private var energy: EnergyEstimate { EnergyEstimate(cpuSeconds: model.provenance.cpuSeconds) }

    private var figures: [Figure] {
        var cards: [Figure] = []
        if let accuracy = model.metrics.testAccuracy, let count = model.metrics.testPhotos {
            let interval = WilsonInterval.proportion(successes: Int((accuracy * Double(count)).rounded()), trials: count)
            cards.append(Figure(
                HumanReadable.percentage(accuracy), label: "accuracy on held-out photos",
                explanation: "\(HumanReadable.percentage(interval)) of \(HumanReadable.count(count)) photos that nothing was chosen by", tone: .good))
        }
        if let accuracy = model.metrics.validationAccuracy {
            cards.append(Figure(
                HumanReadable.percentage(accuracy), label: "accuracy in validation",
                explanation: "best epoch: \((metrics.best?.epoch ?? 0) + 1) of \(metrics.epochs.count)"))
        }
        if let error = model.metrics.expectedCalibrationError {
            cards.append(Figure(
                HumanReadable.decimal(error, places: 4), label: "expected calibration error",
                explanation: "0 when 90 % sure means right nine times of ten"))
        }
        return cards
    }

    private var lossChart: LineChart {
        LineChart(
            title: "Loss", caption: "Training photos are cropped, turned and recolored, and their loss is of smoothed labels: it is not comparable with validation's in height, only in course.",
            xLabel: "epoch", yLabel: "cross-entropy",
            series: [
                .init("training", points: metrics.epochs.map { ChartPoint(Double($0.epoch + 1), $0.trainingLoss) }),
                .init("validation", points: evaluated { $0.validationLoss }),
            ],
            marker: metrics.best.flatMap { best in
                best.validationLoss.map { .init(ChartPoint(Double(best.epoch + 1), $0), label: "best, epoch \(best.epoch + 1)", series: 1) }
            }, phases: phases)
    }

    private var accuracyChart: LineChart {
        LineChart(
            title: "Accuracy", xLabel: "epoch", yLabel: "share classified right",
            series: [
                .init("training", points: metrics.epochs.map { ChartPoint(Double($0.epoch + 1), $0.trainingAccuracy) }),
                .init("validation", points: evaluated { $0.validationAccuracy }),
            ],
            marker: metrics.best.flatMap { best in
                best.validationAccuracy.map {
                    .init(ChartPoint(Double(best.epoch + 1), $0), label: HumanReadable.percentage($0), series: 1)
                }
            }, phases: phases, yFormat: .percentage)
    }

    private var rateChart: LineChart {
        LineChart(
            title: "Photos a second", xLabel: "epoch", yLabel: "photos/s",
            series: [.init("training", points: metrics.epochs.map { ChartPoint(Double($0.epoch + 1), $0.samplesPerSecond) })], phases: phases)
    }

    private func evaluated(_ value: (EpochMetrics) -> Double?) -> [ChartPoint] {
        metrics.epochs.compactMap { epoch in value(epoch).map { ChartPoint(Double(epoch.epoch + 1), $0) } }
    }

    /// Stretches of epochs on photos of one size.
    private var phases: [LineChart.Phase] {
        var result: [LineChart.Phase] = []
        for epoch in metrics.epochs {
            let label = "\(epoch.shape[0]) px", end = Double(epoch.epoch + 1)
            if result.last?.label == label {
                result[result.count - 1].end = end
            } else {
                result.append(.init(from: max(end - 1, 1), to: end, label: label))
            }
        }
        return result.count > 1 ? result : []
    }

    private var costs: [Figure] {
        let wait = metrics.epochs.reduce(0) { $0 + $1.dataWait } / Double(max(metrics.epochs.count, 1))
        let photos = metrics.epochs.count * model.provenance.trainingPhotos
        return [
            Figure(HumanReadable.duration(seconds: model.provenance.trainingSeconds), label: "time", explanation: "validation and checkpoints included"),
            Figure(HumanReadable.duration(seconds: model.provenance.cpuSeconds), label: "processor time", explanation: "over all threads"),
            Figure(HumanReadable.count(Int(Double(photos) / max(model.provenance.trainingSeconds, 1))), unit: "photos/s", label: "mean throughput"),
            Figure(HumanReadable.percentage(wait, places: 2), label: "waiting for data", explanation: "share of the time that compute had no batch"),
            Figure(HumanReadable.bytes(arenaByteCount), label: "training arena", explanation: "activations and gradients of the largest plan"),
            Figure(energy.description, label: "estimated energy"),
        ]
    }

    private var provenance: [(name: String, value: String)] {
        let from = model.provenance
        return [
            ("Photos", "\(HumanReadable.count(from.trainingPhotos)) to train, \(HumanReadable.count(from.validationPhotos)) to validate, \(HumanReadable.count(from.testPhotos)) held out"),
            ("Data fingerprint", from.dataFingerprint),
            ("Seed", "\(from.seed)"),
            ("Network", "\(HumanReadable.count(model.graph.parameterCount)) parameters, \(HumanReadable.count(model.graph.multiplyAdds)) multiply-adds a photo at \(model.preprocessing.width) px"),
            ("Optimizer", "\(configuration.optimizer), peak rate \(configuration.peakLearningRate), batches of \(configuration.batchSize)"),
            ("Processor", "\(from.processor), \(from.precision)"),
            ("Versions", from.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")),
        ]
    }
}
