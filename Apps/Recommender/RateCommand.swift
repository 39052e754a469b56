import ArgumentParser
import EventStore
import Foundation
import Interactions
import ModelStore
import Recommendation
import Reporting

struct RateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Predict how a user will rate an item.",
        discussion: """
            The rating model of the version in service answers; ratings that came after its training count too. Where that \
            version has none, one is learned from the store's ratings on the spot, which takes seconds for a hundred thousand.

            Of users and items that have no ratings, what is known of others like them answers, and the answer says so.

            EXAMPLES
              recommender rate 196 242 --store movies.db
              recommender rate 196 242 --store movies.db --explain
              recommender rate 196 242 --json

            EXIT CODES
              0  there is a prediction
              1  the store or the model cannot be used, or there are no ratings
              64 the command was not understood
            """)

    @Argument(help: "The user's id, as in the logs.")
    var user: String

    @Argument(help: "The item's id, as in the logs.")
    var item: String

    @OptionGroup var shop: ShopOptions

    @Flag(help: "Show what the prediction is made of.")
    var explain = false

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    struct Answer: Encodable {
        var user: String
        var item: String
        var name: String?
        /// The lowest and the highest rating that was seen.
        var scale: [Float]
        /// What the user gave already, if anything.
        var given: Double?
        /// Of the model in service; none where it was learned on the spot.
        var modelVersion: Int?
        var prediction: RatingExplanation
    }

    /// More ratings than these are not learned from on the spot.
    private static let mostOnTheSpot = 1_000_000

    func run() throws {
        let answer: Answer
        do {
            answer = try ask()
        } catch {
            throw fail("rate", error)
        }
        if json { return try printJSON(answer) }
        let prediction = answer.prediction
        if !prediction.knowsUser { print("No ratings of \"\(user)\" are known: this is what others give.") }
        if !prediction.knowsItem { print("No ratings of \"\(item)\" are known: this is what others like it get.") }
        func decimal(_ value: Float, sign: Bool = false) -> String {
            (sign && value >= 0 ? "+" : "") + HumanReadable.decimal(Double(value), places: 2)
        }
        let title = answer.name.map { "\($0) (\(item))" } ?? item
        let given = answer.given.map { "; the rating given is \(HumanReadable.decimal($0, places: 1))" } ?? ""
        print("\(decimal(prediction.rating)) of \(decimal(answer.scale[1])) for \(title)\(given)")
        guard explain else { return }
        print(TextTable.text(
            header: ["part", "adds"],
            rows: [
                ["what everybody gives", decimal(prediction.mean)], ["the user's habit", decimal(prediction.userBias, sign: true)],
                ["the item's standing", decimal(prediction.itemBias, sign: true)], ["the time", decimal(prediction.time, sign: true)],
                ["the user's taste", decimal(prediction.taste, sign: true)],
            ]))
    }

    private func ask() throws -> Answer {
        let store = try SQLiteEventStore(path: shop.store, access: .readOnly)
        let (model, version) = try loaded() ?? (learned(store), nil)
        let number = model.items.number(of: item), stored = try store.events(of: user).map(\.event)
        let history = stored.compactMap { event in
            model.items.number(of: event.item).map {
                HistoryEvent(item: $0, kind: event.kind, value: event.value.map(Float.init), time: event.time ?? 0)
            }
        }
        let known = model.users.number(of: user)
        let prediction: RatingExplanation
        if let known, !model.isBehind(history, of: known) {
            prediction = model.explain(user: known, item: number, time: now())
        } else {
            prediction = model.explain(history: history, item: number, time: now())
        }
        return Answer(
            user: user, item: item, name: try store.item(item)?.name, scale: [model.range.lowerBound, model.range.upperBound],
            given: stored.last { $0.kind == .rating && $0.item == item }?.value, modelVersion: version, prediction: prediction)
    }

    private func loaded() throws -> (model: RatingModel, version: Int?)? {
        let promoted: ModelVersion?
        do {
            promoted = try shop.versions.promoted()
        } catch VersionStoreError.noStore {
            return nil
        }
        guard let version = promoted else { return nil }
        let path = shop.versions.modelPath(version.number)
        guard RatingModel.isPart(of: try ModelSections(contentsOf: path)) else { return nil }
        return (try RatingModel(ModelFile(contentsOf: path)), version.number)
    }

    private func learned(_ store: SQLiteEventStore) throws -> RatingModel {
        let log = try store.interactionLog()
        let data = RatingData(log, catalog: log.items.numbered(try store.items()), people: try store.users())
        guard data.ratings.count <= Self.mostOnTheSpot else { throw TooManyRatings(count: data.ratings.count) }
        StandardErrorOutput().write(
            "no version in service in \(shop.models) predicts ratings: learning from \(HumanReadable.count(data.ratings.count, "rating"))\n")
        return try RatingModel(data, configuration: .quick)
    }

    private struct TooManyRatings: Error, CustomStringConvertible {
        var count: Int
        var description: String {
            "\(HumanReadable.count(count, "rating")) are too many to learn from on the spot; `recommender train` makes a version that can answer"
        }
    }
}
