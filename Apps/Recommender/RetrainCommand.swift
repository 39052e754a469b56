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
            The newest events, a share of all by time but none that the model in service has learned from, are kept back: it and \
            a new one, which learned from everything before them, are both asked what the users did next. The new one is promoted \
            when its NDCG@10 is not lower than the old one's by more than the tolerance; it then learns from the newest events too. \
            The old version is kept: `recommender models rollback` returns to it.

            Where there is nothing to ask, because no event is later than what the model in service knows, nothing is changed \
            unless --force says so. So it always is for a log without times: `recommender train` learns anew there.

            Where users have been forgotten since the model in service was trained, the new one takes its place whatever it is \
            worth: a model that knows them must not stay. The difference is shown.

            The models that are blended, their configurations, the weights of events and their half-life are those that the \
            version in service was trained with, also of models that its blend left out. --members chooses others, configured \
            as before where they took part; --configuration replaces models and configurations; --weight changes what a kind counts, \
            and --half-life the half-life.

            EXAMPLES
              recommender retrain --store shop.db --models models
              recommender retrain --store shop.db --newest 0.05 --tolerance 0.01

            EXIT CODES
              0  the new version is in service
              1  the store or the model cannot be used
              2  the new model was worse, and the old one stays; not where users were forgotten
              3  there is nothing new to learn from, or nothing to compare the models on
              64 the command was not understood
            """)

    @OptionGroup var shop: ShopOptions
    @OptionGroup var training: TrainingOptions

    @Option(help: ArgumentHelp("The share of the events, the newest, that the models are compared on.", valueName: "share"))
    var newest = 0.1

    @Option(help: ArgumentHelp("NDCG@10 by which the new model may be worse.", valueName: "amount"))
    var tolerance = 0.0

    @Flag(help: "Retrain even when no events are new, and promote even when there is nothing to compare on.")
    var force = false

    @Option(help: ArgumentHelp(
        "The web page of the training; beside the new model, or in the folder of models where the old one stays, unless given.", valueName: "file"),
        completion: .file())
    var report: String?

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        if !(0.001...0.5).contains(newest) { throw ValidationError("--newest must be from 0.001 to 0.5") }
        try checkOutput(report, "--report", isNot: shop.store)
        if !tolerance.isFinite { throw ValidationError("--tolerance must be a number") }
    }

    struct Report: Encodable {
        var promoted: Bool
        var version: Int?
        var previous: Int
        var newEvents: Int
        var cases: Int
        /// Zero where there was nothing to compare on.
        var old: RankingMetrics
        var new: RankingMetrics
        var reason: String
        /// The web page; nil where it could not be written.
        var page: String?

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
        } catch let error as NothingToCompare {
            throw fail("retrain", error, code: 3)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw fail("retrain", error)
        }
        if json {
            try printJSON(report)
        } else {
            if report.cases > 0 { print(TextTable.text(
                header: ["on \(HumanReadable.count(report.cases, "question")) from the newest events", "HR@10", "NDCG@10"],
                rows: [("version \(report.previous), in service", report.old), ("new", report.new)].map { name, metrics in
                    [name, HumanReadable.decimal(metrics.hitRate, places: 4), HumanReadable.decimal(metrics.ndcg, places: 4)]
                }) + "\n") }
            print(report.reason)
            if let page = report.page { print("The report is \(page).") }
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
        let known = suggester.model.provenance
        let log = try store.interactionLog(since: nil, until: nil, upTo: position)
        // Fewer events than it has learned from are left: users are gone.
        let left = try known.position.map { try store.interactionLog(since: nil, until: nil, upTo: $0).eventCount } ?? known.events
        let isForgetting = left < known.events
        guard position > known.position ?? 0 || isForgetting || force else { throw NothingNew(version: serving.number) }
        let catalog = log.items.numbered(try store.items())
        let options = try training.options(after: try made(serving, suggester.model))
        let trainer = RecommenderTraining(options) { StandardErrorOutput().write($0 + "\n") }
        let slice = NewestSlice(log, share: newest, after: known.latest, weights: options.weights)
        guard !slice.cases.isEmpty || isForgetting || force else { throw NothingToCompare(version: serving.number, hasTimes: log.hasTimes) }
        let (old, candidate, new) = try compare(suggester.model, on: slice, trainer, catalog)
        var report = Report(
            promoted: false, version: nil, previous: serving.number, newEvents: log.eventCount - left,
            cases: slice.cases.count, old: old, new: new,
            reason: "The new model is worse on the newest events; version \(serving.number) stays in service.", page: nil)
        if let candidate, new.ndcg < old.ndcg - tolerance, !isForgetting {
            report.page = TrainingPage(
                store: shop.store, version: nil, log: log, model: candidate.model, result: candidate.result, options: options, gate: report.gate
            ).write(to: self.report ?? shop.versions.keptReportPath)
            return report
        }
        var (model, result) = try trainer.train(log, catalog: catalog, initial: candidate?.model, position: position)
        if !slice.cases.isEmpty {
            model.metrics["newest NDCG@10"] = new.ndcg
            model.metrics["newest HR@10"] = new.hitRate
        }
        let version = try shop.versions.add(
            try shop.file(of: model, store, log, options: options), metrics: model.metrics, note: "retrained, was version \(serving.number)")
        _ = try shop.versions.promote(version.number)
        report.promoted = true
        report.version = version.number
        report.reason = "Version \(version.number) is in service: " + why(report, isForgetting: isForgetting) + " "
            + (isForgetting ? try farewell(store) : "Version \(serving.number) is kept; `recommender models rollback` returns to it.")
        report.page = TrainingPage(
            store: shop.store, version: version.number, log: log, model: model, result: result, options: options, gate: report.gate
        ).write(to: self.report ?? shop.versions.reportPath(of: version.number))
        return report
    }

    /// Fewer questions than these say little.
    private static let fewCases = 50

    private func why(_ report: Report, isForgetting: Bool) -> String {
        let questions = HumanReadable.count(report.cases, "question"), difference = report.new.ndcg - report.old.ndcg
        func decimal(_ value: Double) -> String { HumanReadable.decimal(value, places: 4) }
        if isForgetting {
            let measured = report.cases == 0
                ? "there was nothing to compare on"
                : "its NDCG@10 on the newest events is \(decimal(report.new.ndcg)), \(decimal(abs(difference))) "
                    + "\(difference < 0 ? "less" : "more") than that of version \(report.previous), by \(questions)"
            return "users were forgotten whom version \(report.previous) knows, so that it could not stay; \(measured)."
        }
        return switch report.cases {
        case 0: "there was nothing to compare on, and --force said so."
        case ..<Self.fewCases: "not worse on the newest events, of which \(questions) say little."
        default: "not worse on the newest events."
        }
    }

    /// What is to be done about versions that know who was forgotten.
    private func farewell(_ store: some EventStore) throws -> String {
        let behind = try ForgottenUsers(versions: shop.versions).versions(behind: store)
        guard !behind.isEmpty else { return "No version knows them any more." }
        return "To forget them altogether, remove \(VersionStore.words(behind)): `\(shop.versions.removal(of: behind))`."
    }

    /// How the version in service was made.
    private func made(_ serving: ModelVersion, _ model: RecommenderModel) throws -> TrainedWith {
        let sections = try ModelSections(contentsOf: shop.versions.modelPath(serving.number))
        let members = TrainedWith.members(in: sections)
        if members == nil, training.members == nil, training.configuration == nil {
            StandardErrorOutput().write(
                "version \(serving.number) does not say which models it was trained with: the usual ones are, unless --members or "
                    + "--configuration says otherwise\n")
        }
        return TrainedWith(members: members ?? [], weights: model.weights)
    }

    /// What the model in service and a new one are worth on the newest events; no new one where there is nothing to ask.
    private func compare(_ model: RecommenderModel, on slice: NewestSlice, _ trainer: RecommenderTraining, _ catalog: [Int: Item]) throws
        -> (old: RankingMetrics, candidate: (model: RecommenderModel, result: RecommenderTraining.Result)?, new: RankingMetrics)
    {
        let none = RankingMetrics(k: 10)
        guard !slice.cases.isEmpty else { return (none, nil, none) }
        let old = try slice.metrics(of: model, threads: trainer.options.threads)
        let candidate = try trainer.train(slice.before, catalog: catalog)
        return (old, candidate, try slice.metrics(of: candidate.model, threads: trainer.options.threads))
    }

    struct NothingToCompare: Error, CustomStringConvertible {
        var version: Int
        var hasTimes: Bool
        var description: String {
            (hasTimes
                ? "no wanted event is later than what version \(version) has learned from, so that there is nothing to compare on"
                : "the log tells no times, so that no events are the newest and there is nothing to compare on") +
                "; version \(version) stays in service. `recommender train` learns anew and puts the new model into service "
                + "without a comparison; so does --force here"
        }
    }
}
