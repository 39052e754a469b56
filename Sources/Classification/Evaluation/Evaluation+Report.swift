import Reporting

extension Evaluation {
    /// The evaluation for people, as sections of a page.
    ///
    /// - Parameters:
    ///   - thumbnail: a small picture of a photo by its path.
    ///   - limit: pictures shown of mistakes and of suspected labels.
    public func sections(limit: Int = 60, thumbnail: (String) -> EmbeddedImage?) -> [ReportSection] {
        var sections = [
            ReportSection("How good is it?", lead: sentence) {
                FigureCards(figures)
                ConfusionMatrix(classNames: classes, counts: confusion)
                classTable
            },
            ReportSection("Can its confidence be believed?") {
                ReliabilityDiagram(reliability: reliability)
            },
            ReportSection("The most confident mistakes", lead: mistakes.isEmpty ? nil : "Wrong answers, the surest first.") {
                Gallery(mistakes.prefix(limit).map { item($0, thumbnail) }, emptyText: "No mistakes.")
            },
            ReportSection(
                "Labels that may be wrong",
                lead: "Answered with another class as surely as that class's own photos are. Look at each before changing it."
            ) {
                Gallery(suspectedLabels.prefix(limit).map { item($0, thumbnail) }, emptyText: "None.")
            },
        ]
        if let neither { sections.append(neither.section) }
        if !failures.isEmpty {
            sections.append(ReportSection("Photos that could not be read") {
                DataTable(columns: [.init("Photo"), .init("Why")], rows: failures.map { [.init($0.path), .init($0.message)] })
            })
        }
        return sections
    }

    private var sentence: String {
        "Of \(HumanReadable.count(photos, "photo")), \(HumanReadable.count(correct)) were named right: "
            + "\(HumanReadable.percentage(accuracy))."
    }

    private var figures: [Figure] {
        var cards = [
            Figure(
                HumanReadable.percentage(accuracy.estimate), label: "accuracy",
                explanation: "between \(HumanReadable.percentage(accuracy.lower)) and \(HumanReadable.percentage(accuracy.upper)), with 95 % certainty",
                tone: .good),
            Figure(
                HumanReadable.decimal(expectedCalibrationError, places: 4), label: "expected calibration error",
                explanation: "0 when 90 % sure means right nine times of ten"),
            Figure(HumanReadable.decimal(logLoss, places: 4), label: "log loss", explanation: "0 when always sure and right"),
        ]
        if let areaUnderCurve {
            cards.append(Figure(
                HumanReadable.decimal(areaUnderCurve, places: 4), label: "area under the ROC curve",
                explanation: "the chance that a photo of a class seems more like it than one of another"))
        }
        return cards
    }

    private var classTable: DataTable {
        DataTable(
            columns: [.init("Class"), .init("Photos", alignment: .right), .init("Precision"), .init("Recall")],
            rows: byClass.map { result in
                [
                    .init(result.label), .init(HumanReadable.count(result.photos)),
                    result.precision.map { .bar($0, label: HumanReadable.percentage($0)) } ?? .init("never answered"),
                    result.recall.map { .bar($0, label: HumanReadable.percentage($0)) } ?? .init("no photos"),
                ]
            }, caption: "Class by class")
    }

    private func item(_ photo: Photo, _ thumbnail: (String) -> EmbeddedImage?) -> Gallery.Item {
        Gallery.Item(
            image: thumbnail(photo.path), alternativeText: "a photo labeled \(classes[photo.label])",
            caption: "\(classes[photo.best]) \(HumanReadable.percentage(Double(photo.confidence), places: 1)), labeled \(classes[photo.label])",
            detail: photo.path, tags: photo.isNeither ? [.init("neither", tone: .caution)] : [])
    }

    /// The evaluation for a terminal.
    public func text(style: TerminalStyle) -> String {
        var lines = [sentence]
        if let areaUnderCurve { lines.append("Area under the ROC curve \(HumanReadable.decimal(areaUnderCurve, places: 4)), log loss \(HumanReadable.decimal(logLoss, places: 4)).") }
        lines.append("Expected calibration error \(HumanReadable.decimal(expectedCalibrationError, places: 4)).")
        var table = TextTable(columns: [
            .init("class"), .init("photos", alignment: .right), .init("precision", alignment: .right), .init("recall", alignment: .right),
        ] + classes.map { .init("as " + $0, alignment: .right) })
        for (index, result) in byClass.enumerated() {
            table.append([
                .init(result.label), .init(HumanReadable.count(result.photos)),
                .init(result.precision.map { HumanReadable.percentage($0) } ?? "-"),
                .init(result.recall.map { HumanReadable.percentage($0) } ?? "-"),
            ] + confusion[index].map { .init(HumanReadable.count($0)) })
        }
        var text = lines.joined(separator: "\n") + "\n\n" + table.render(style: style)
        if !suspectedLabels.isEmpty {
            text += "\n\(HumanReadable.count(suspectedLabels.count, "label")) may be wrong:\n"
            for photo in suspectedLabels.prefix(10) {
                text += "  \(DisplayWidth.harmless(photo.path)): labeled \(classes[photo.label]), looks like \(classes[photo.best]) (\(HumanReadable.percentage(Double(photo.confidence), places: 1)))\n"
            }
        }
        if let neither { text += "\n" + neither.sentence + "\n" }
        if !failures.isEmpty { text += "\n\(HumanReadable.count(failures.count, "photo")) could not be read:\n" + failures.prefix(5).map { "  \(DisplayWidth.harmless($0.message))\n" }.joined() }
        return text
    }
}

extension NeitherEvaluation {
    var sentence: String {
        "Of \(HumanReadable.count(others, "photo")) of other things \(HumanReadable.percentage(flagged, places: 1)) were called neither; "
            + "of \(HumanReadable.count(known, "photo")) of the classes \(HumanReadable.percentage(kept, places: 1)) were kept. "
            + "Area under the curve \(HumanReadable.decimal(areaUnderCurve ?? 0.5, places: 4))."
    }

    var section: ReportSection {
        ReportSection("Does it notice photos of something else?", lead: sentence) {
            Histogram(
                title: "How unlike the classes photos are", xLabel: "score",
                groups: [
                    .init("photos of the classes", values: knownScores.map(Double.init)),
                    .init("photos of other things", values: otherScores.map(Double.init)),
                ], threshold: .init(threshold, label: "neither from here"))
        }
    }
}
