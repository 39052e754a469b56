import ArgumentParser
import EventStore
import Foundation
import Interactions
import ModelStore
import Recommendation
import Reporting

struct RetrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrain",
        abstract: "Learn from fresh events, and put the new model into service only if it is not worse.",
        discussion: """
            The newest events, a share of all by time, are kept back: the model in service and a new one, which learned from \
            everything before them, are both asked what the users did next. The new one is promoted when its NDCG@10 is not lower \
            than the old one's by more than the tolerance; it then learns from the newest events too. The old version is kept: \
            `recommender models rollback` returns to it.

            EXAMPLES
              recommender retrain --store shop.db --models models
              recommender retrain --store shop.db --newest 0.05 --tolerance 0.01

            EXIT CODES
              0  the new version is in service
              1  the store or the model cannot be used
              2  the new model was worse, and the old one stays
              3  there is nothing new to learn from
              64 the command was not understood
            """)

    @OptionGroup var shop: ShopOptions
    @OptionGroup var training: TrainingOptions

    @Option(help: ArgumentHelp("The share of the events, the newest, that the models are compared on.", valueName: "share"))
    var newest = 0.1

    @Option(help: ArgumentHelp("NDCG@10 by which the new model may be worse.", valueName: "amount"))
    var tolerance = 0.0

    @Flag(help: "Retrain even when no events are new.")
    var force = false

    @Option(help: ArgumentHelp(
        "The web page of the training; beside the new model, or in the folder of models where the old one stays, unless given.", valueName: "file"),
        completion: .file())
    var report: String?

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        if !(0.001...0.5).contains(newest) { throw ValidationError("--newest must be from 0.001 to 0.5") }
        if !tolerance.isFinite { throw ValidationError("--tolerance must be a number") }
    }

    struct Report: Encodable {
        var promoted: Bool
        var version: Int?
        var previous: Int
        var newEvents: Int
        var cases: Int
        var old: RankingMetrics
        var new: RankingMetrics
        var reason: String
        /// The web page.
        var page: String

        var gate: TrainingPage.Gate {
            TrainingPage.Gate(previous: previous, cases: cases, old: old, new: new, reason: reason, isPromoted: promoted)
        }
    }

    func run() throws {
        let report: Report
        do {
            report = try retrain()
        } catch let error as NothingNew {
            throw fail("retrain", error, code: 3)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw fail("retrain", error)
        }
        if json {
            try printJSON(report)
        } else {
            print(TextTable.text(
                header: ["on \(HumanReadable.count(report.cases, "question")) from the newest events", "HR@10", "NDCG@10"],
                rows: [("version \(report.previous), in service", report.old), ("new", report.new)].map { name, metrics in
                    [name, HumanReadable.decimal(metrics.hitRate, places: 4), HumanReadable.decimal(metrics.ndcg, places: 4)]
                }))
            print("\n\(report.reason)\nThe report is \(report.page).")
        }
        if !report.promoted { throw ExitCode(2) }
    }

    struct NothingNew: Error, CustomStringConvertible {
        var version: Int
        var description: String { "no events have come since version \(version) was trained; --force retrains all the same" }
    }

    private func retrain() throws -> Report {
        let store = try SQLiteEventStore(path: shop.store, access: .readOnly)
        let (serving, suggester) = try shop.suggester(store)
        let position = try store.lastPosition()
        let seen = suggester.model.provenance.position ?? 0
        guard position > seen || force else { throw NothingNew(version: serving.number) }
        let log = try store.interactionLog(since: nil, until: nil, upTo: position)
        let catalog = log.items.numbered(try store.items())
        let options = try training.options()
        let trainer = RecommenderTraining(options) { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
        let slice = NewestSlice(log, share: newest, weights: options.weights)
        let old = try slice.metrics(of: suggester.model, threads: options.threads)
        let candidate = try trainer.train(slice.before, catalog: catalog)
        let new = try slice.metrics(of: candidate.model, threads: options.threads)
        var report = Report(
            promoted: false, version: nil, previous: serving.number, newEvents: log.eventCount - suggester.model.provenance.events,
            cases: slice.cases.count, old: old, new: new,
            reason: "The new model is worse on the newest events; version \(serving.number) stays in service.",
            page: self.report ?? "\(shop.models)/retrain-report.html")
        guard new.ndcg >= old.ndcg - tolerance else {
            TrainingPage(
                store: shop.store, version: nil, log: log, model: candidate.model, result: candidate.result, options: options, gate: report.gate
            ).write(to: report.page)
            return report
        }
        var (model, result) = try trainer.train(log, catalog: catalog, initial: candidate.model, position: position)
        model.metrics["newest NDCG@10"] = new.ndcg
        model.metrics["newest HR@10"] = new.hitRate
        let version = try shop.versions.add(
            try shop.file(of: model, store, log, options: options), metrics: model.metrics, note: "retrained, was version \(serving.number)")
        _ = try shop.versions.promote(version.number)
        report.promoted = true
        report.version = version.number
        report.reason = "Version \(version.number) is in service: not worse on the newest events. Version \(serving.number) is kept; "
            + "`recommender models rollback` returns to it."
        if self.report == nil { report.page = shop.reportPath(of: version.number) }
        TrainingPage(
            store: shop.store, version: version.number, log: log, model: model, result: result, options: options, gate: report.gate
        ).write(to: report.page)
        return report
    }
}
