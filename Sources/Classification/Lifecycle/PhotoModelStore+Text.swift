import Foundation
import ModelStore
import Reporting

extension PhotoModelStore.Listing {
    /// The versions as a table, the one in service marked.
    ///
    /// - Parameter columns: width to fit into; nil for as wide as it needs to be.
    public func text(columns: Int? = nil, style: TerminalStyle = .plain) -> String {
        guard !versions.isEmpty else { return "\(store): no versions yet.\n" }
        let names = metricNames(of: versions)
        var table = TextTable(
            columns: [.init(""), .init("version", alignment: .right), .init("added")]
                + names.map { .init($0, alignment: .right) } + [.init("size", alignment: .right), .init("note")])
        for version in versions {
            let isPromoted = version.number == promoted
            table.append(
                [.init(isPromoted ? "▶" : "", .accent), .init("\(version.number)", isPromoted ? .strong : .plain), .init(day(version.created))]
                    + names.map { name in .init(version.metrics[name].map { metricText($0, named: name) } ?? "") }
                    + [.init(HumanReadable.bytes(version.byteCount)), .init(version.note)])
        }
        let last = promoted.map { "▶ version \($0) is promoted.\n" } ?? "No version is promoted yet: catsvsdogs models promote NUMBER\n"
        return table.render(fitting: columns, style: style) + last
    }
}

extension PhotoModelStore.Detail {
    /// The version for people.
    public var text: String {
        var lines = ["Version \(version.number)" + (isPromoted ? ", promoted" : ""), "  file            \(file)"]
        func add(_ name: String, _ value: String) { lines.append("  " + DisplayWidth.pad(name, to: 16) + value) }
        add("added", day(version.created))
        if !version.note.isEmpty { add("note", DisplayWidth.harmless(version.note)) }
        add("size", "\(HumanReadable.bytes(version.byteCount)), \(HumanReadable.count(version.parameterCount)) parameters")
        add("classes", DisplayWidth.harmless(classes.joined(separator: ", ")))
        add("input", "\(inputWidth) x \(inputHeight) pixels")
        for name in version.metrics.keys.sorted() { lines.append("  \(name): \(metricText(version.metrics[name]!, named: name))") }
        add("trained", "\(provenance.created), \(provenance.epochs) epochs on \(HumanReadable.count(provenance.trainingPhotos)) photos in "
            + HumanReadable.duration(seconds: provenance.trainingSeconds))
        add("machine", "\(provenance.processor), \(provenance.precision)")
        add("seed", "\(provenance.seed)")
        add("data", provenance.dataFingerprint)
        if let parent = provenance.parent { add("fine-tuned from", parent) }
        add("checksum", version.checksum)
        for promotion in promotions { add(promotion.kind == .promote ? "promoted" : "rolled back to", day(promotion.date)) }
        return lines.joined(separator: "\n")
    }
}

extension VersionComparison {
    /// The comparison as a table and a sentence or two.
    public func text(columns: Int? = nil, style: TerminalStyle = .plain) -> String {
        var table = TextTable(columns: [
            .init("metric"), .init("version \(first.number)", alignment: .right), .init("version \(second.number)", alignment: .right),
            .init("difference", alignment: .right),
        ])
        for metric in metrics {
            func cell(_ value: Double?) -> TextTable.Cell { .init(value.map { metricText($0, named: metric.name) } ?? HumanReadable.unknown) }
            let difference = metric.difference.map { ($0 > 0 ? "+" : "") + differenceText($0, named: metric.name) } ?? ""
            table.append([.init(metric.name), cell(metric.first), cell(metric.second), .init(difference)])
        }
        table.append([
            "size", .init(HumanReadable.bytes(first.byteCount)), .init(HumanReadable.bytes(second.byteCount)),
            .init(first.byteCount == second.byteCount ? "" : HumanReadable.percentage(Double(second.byteCount) / Double(max(first.byteCount, 1)) - 1, places: 1)),
        ])
        var text = table.render(fitting: columns, style: style)
        if isSameModel { return text + "Both hold the same model, to the bit.\n" }
        if differingParameters.isEmpty {
            text += "The networks have the same layers.\n"
        } else {
            text += "Layers differ in \(HumanReadable.count(differingParameters.count, "parameter")), for example \(differingParameters[0]).\n"
        }
        if !differingSections.isEmpty { text += "Also different: \(differingSections.joined(separator: ", ")).\n" }
        return text
    }
}

/// Accuracies first, the rest by name.
private func metricNames(of versions: [ModelVersion]) -> [String] {
    Set(versions.flatMap(\.metrics.keys)).sorted { a, b in
        (a.hasSuffix("accuracy") ? 0 : 1, a) < (b.hasSuffix("accuracy") ? 0 : 1, b)
    }
}

private func metricText(_ value: Double, named name: String) -> String {
    name.hasSuffix("accuracy") ? HumanReadable.percentage(value) : HumanReadable.significant(value)
}

/// In percentage points for accuracies.
private func differenceText(_ value: Double, named name: String) -> String {
    name.hasSuffix("accuracy") ? HumanReadable.decimal(value * 100, places: 2) + " points" : HumanReadable.significant(value)
}

private func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)) }
