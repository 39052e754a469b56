import ArgumentParser
import EventStore
import Foundation
import Interactions
import ModelStore
import Recommendation
import Reporting

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn from the events of a store what each user wants next.",
        discussion: """
            Several models learn from the events. The last wanted event of some users is kept back and tells how much each model \
            should weigh in the blend; then all of them learn from everything. The result is a new version in the folder of \
            models, and is the one in service from then on.

            --weight says what a kind of event counts. Purchases count most, then carts, favorites and views; removals, \
            cancellations and hides count against an item. \
            Those that are not named count 1.

            EXAMPLES
              recommender train --store shop.db --models models
              recommender train --store shop.db --weight view=0.5 --weight hide=-10 --half-life 90
              recommender train --store shop.db --members neighbors,content

            EXIT CODES
              0  trained and in service
              1  the store cannot be read, or there is nothing to learn
              64 the command was not understood
            """)

    @OptionGroup var shop: ShopOptions
    @OptionGroup var training: TrainingOptions

    @Option(help: ArgumentHelp("The web page of the training; beside the model unless given.", valueName: "file"), completion: .file())
    var report: String?

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    struct Report: Encodable {
        var version: Int
        var members: [RecommenderTraining.MemberResult]
        var validation: RankingMetrics
        var events: Int
        var users: Int
        var items: Int
        var seconds: Double
        /// The web page; nil where it could not be written.
        var page: String?
    }

    func validate() throws { try checkOutput(report, "--report", isNot: shop.store) }

    func run() throws {
        do {
            let store = try SQLiteEventStore(path: shop.store, access: .readOnly)
            let position = try store.lastPosition()
            let log = try store.interactionLog(since: nil, until: nil, upTo: position)
            let catalog = log.items.numbered(try store.items())
            StandardErrorOutput().write(
                "\(HumanReadable.count(log.eventCount, "event")) of \(HumanReadable.count(log.userCount, "user")) on \(HumanReadable.count(log.itemCount, "item"))\n")
            let options = try training.options()
            for kind in training.unusualKinds where !log.kinds.contains(kind) {
                StandardErrorOutput().write("--weight \(kind.rawValue): the log has no events of this kind\n")
            }
            let trainer = RecommenderTraining(options) { StandardErrorOutput().write($0 + "\n") }
            let (model, result) = try trainer.train(log, catalog: catalog, position: position)
            let version = try shop.versions.add(
                try shop.file(of: model, store, log, options: options), metrics: model.metrics, note: "trained on \(shop.store)")
            _ = try shop.versions.promote(version.number)
            let page = TrainingPage(store: shop.store, version: version.number, log: log, model: model, result: result, options: options)
                .write(to: self.report ?? shop.versions.reportPath(of: version.number))
            let report = Report(
                version: version.number, members: result.members, validation: result.validation, events: log.eventCount, users: log.userCount,
                items: log.itemCount, seconds: model.provenance.seconds, page: page)
            if json { return try printJSON(report) }
            let isApart = result.blend.returningOffset != nil
            print(TextTable.text(
                header: ["model", "weight"] + (isApart ? ["again"] : []) + ["HR@10", "NDCG@10", "seconds"],
                rows: result.members.map { member in
                    [member.name, HumanReadable.decimal(Double(member.weight), places: 3)]
                        + (isApart ? [HumanReadable.decimal(Double(member.returning ?? 0), places: 3)] : [])
                        + [
                            HumanReadable.decimal(member.validation.hitRate, places: 4), HumanReadable.decimal(member.validation.ndcg, places: 4),
                            HumanReadable.decimal(member.seconds, places: 1),
                        ]
                } + [
                    ["blend", ""] + (isApart ? [""] : [])
                        + [HumanReadable.decimal(result.validation.hitRate, places: 4), HumanReadable.decimal(result.validation.ndcg, places: 4), ""]
                ]))
            if isApart { print("\n\"again\" is the weight for items that the user's history has.") }
            print("\nVersion \(version.number) of \(shop.models) is in service, \(HumanReadable.bytes(version.byteCount)), after \(HumanReadable.decimal(report.seconds, places: 1)) s."
                + (page.map { " Its report is \($0)." } ?? ""))
        } catch let error as ValidationError {
            throw error
        } catch {
            throw fail("train", error)
        }
    }
}
