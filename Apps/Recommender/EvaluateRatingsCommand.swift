import ArgumentParser
import EventStore
import Foundation
import Interactions
import LogImport
import Recommendation
import Reporting

struct EvaluateRatingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate-ratings",
        abstract: "Measure how well ratings are predicted.",
        discussion: """
            The ratings are divided at random into folds; each fold is predicted by a model that learned from all others. \
            Nothing of a fold is known to its model, not even which items were rated.

            --preset movielens-100k reads u.data, ml-100k.item and ml-100k.user of a folder and puts published figures beside.

            EXAMPLES
              recommender evaluate-ratings --preset movielens-100k --data logs/movielens-100k
              recommender evaluate-ratings --store movies.db --folds 10 --json

            EXIT CODES
              0  measured
              1  the files or the store cannot be used, or there are too few ratings
              64 the command was not understood
            """)

    enum Preset: String, CaseIterable, ExpressibleByArgument {
        case movielens100k = "movielens-100k"

        var files: [String] { ["u.data", "ml-100k.item", "ml-100k.user"] }
        /// Root mean squared errors over five random folds.
        var published: [(system: String, rmse: Double)] { [("SVD", 0.9355), ("SVD++", 0.92)] }
    }

    @Option(help: ArgumentHelp("A log on which figures were published: movielens-100k.", valueName: "name"))
    var preset: Preset?

    @Option(help: ArgumentHelp("The folder that holds its files.", valueName: "folder"), completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("A store of events, instead of a preset.", valueName: "file"), completion: .file())
    var store: String?

    @Option(help: ArgumentHelp("Parts that the ratings are divided into.", valueName: "count"))
    var folds = 5

    @Option(help: ArgumentHelp("Numbers for each user and item.", valueName: "count"))
    var factors = RatingModel.Configuration().factors

    @Option(help: ArgumentHelp("Sweeps of each chain that are kept.", valueName: "count"))
    var sweeps = RatingModel.Configuration().sweeps

    @Flag(help: "Leave out when ratings were given.")
    var withoutTime = false

    @Flag(help: "Leave out what is known of users and items besides the ratings.")
    var withoutAttributes = false

    @Option(help: ArgumentHelp("Choose on validation data: of the first fold's training part only, so many folds, of which one is predicted.", valueName: "count"))
    var validationFolds: Int?

    @Option(help: ArgumentHelp("Seed of the division into folds.", valueName: "number"))
    var splitSeed: UInt64 = 1

    @Option(help: ArgumentHelp("Seed of everything else random.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; one per processor unless given.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    func validate() throws {
        if (store == nil) == (preset == nil) { throw ValidationError("give --store, or --preset with --data") }
        if preset != nil, data == nil { throw ValidationError("--preset needs --data, the folder that holds its files") }
        if folds < 2 { throw ValidationError("--folds must be at least 2") }
        if let validationFolds, validationFolds < 2 { throw ValidationError("--validation-folds must be at least 2") }
        if threads < 1 { throw ValidationError("--threads must be at least 1") }
    }

    struct Answer: Encodable {
        var ratings: Int
        var users: Int
        var items: Int
        var configuration: RatingModel.Configuration
        var folds: [RatingEvaluation.Fold]
        var rmse: Double
        var mae: Double
        var seconds: Double
    }

    func run() throws {
        do {
            let ratings = try ratings()
            var configuration = RatingModel.Configuration()
            configuration.factors = factors
            configuration.sweeps = sweeps
            configuration.draws = min(configuration.draws, max(sweeps, 1))
            configuration.usesTime = !withoutTime
            let start = ContinuousClock.now
            let evaluation = try RatingEvaluation(
                crossValidating: validationFolds == nil ? ratings : try RatingEvaluation.training(of: ratings, fold: 0, folds: folds, splitSeed: splitSeed),
                folds: validationFolds ?? folds, part: validationFolds == nil ? nil : 0..<1, configuration: configuration, splitSeed: splitSeed,
                seed: seed, threads: threads
            ) { fold, errors in
                StandardErrorOutput().write("fold \(fold + 1): RMSE \(decimal(errors.rmse)), MAE \(decimal(errors.mae))\n")
            }
            let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
            try show(Answer(
                ratings: ratings.ratings.count, users: ratings.users.count, items: ratings.items.count, configuration: configuration,
                folds: evaluation.folds, rmse: evaluation.rmse, mae: evaluation.mae, seconds: seconds))
        } catch let error as ValidationError {
            throw error
        } catch {
            throw fail("evaluate-ratings", error)
        }
    }

    private func decimal(_ value: Double) -> String { HumanReadable.decimal(value, places: 4) }

    private func show(_ answer: Answer) throws {
        if json { return try printJSON(answer) }
        let size = "\(HumanReadable.count(answer.ratings, "rating")) of \(HumanReadable.count(answer.users, "user")) on \(HumanReadable.count(answer.items, "item"))"
        print("\(size), \(folds) folds, split seed \(splitSeed), seed \(seed)\n")
        var rows = answer.folds.enumerated().map { ["fold \($0 + 1)", decimal($1.rmse), decimal($1.mae)] }
        rows.append(["mean", decimal(answer.rmse), decimal(answer.mae)])
        for other in preset?.published ?? [] { rows.append(["published: \(other.system)", decimal(other.rmse), ""]) }
        print(TextTable.text(header: ["", "RMSE", "MAE"], rows: rows))
        print("\n\(HumanReadable.decimal(answer.seconds, places: 1)) s")
    }

    private func ratings() throws -> RatingData {
        var log: InteractionLog
        var described: [Item] = [], people: [User] = []
        if let store {
            let store = try SQLiteEventStore(path: store, access: .readOnly)
            log = try store.interactionLog()
            (described, people) = (try store.items(), try store.users())
        } else {
            var builder = InteractionLogBuilder()
            for file in preset?.files ?? [] {
                let reader = try LogReader(path: "\(data ?? ".")/\(file)", options: LogOptions(now: now()))
                while let batch = try reader.next(maximumEvents: 100_000) {
                    for event in batch.events { try builder.append(event) }
                    described += batch.items.map(\.item)
                    people += batch.users
                }
            }
            log = builder.build()
        }
        guard !withoutAttributes else { return RatingData(log) }
        return RatingData(log, catalog: log.items.numbered(described), people: people)
    }
}
