import ArgumentParser
import EventStore
import Foundation
import Interactions
import Recommendation
import Reporting

struct SuggestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Say what a user wants next, and why.",
        discussion: """
            Everything that the store knows of the user counts, also what came after the training. What was bought, hidden or has \
            expired is not suggested, nor what is out of stock. Someone the store does not know gets what is popular, and is told so.

            --history asks without a store: items in the order they were looked at, the latest last.

            An id with commas stands in double quotes, as in CSV: --exclude '"lamp, red",71053'. Options that take ids may be \
            repeated.

            FILTER
            \(Filter.reference)

            EXAMPLES
              recommender suggest 17850 --store shop.db --models models
              recommender suggest 17850 --filter 'price < 20 and category = "lamps"' --k 5 --explain
              recommender suggest 17850 --max-price 20 --in-stock --exclude-kinds purchase,cart
              recommender suggest 17850 --promote '0.2=category = "new"' --diversity 0.3
              recommender suggest 17850 --rotation 0.5 --recent 85123A,71053@24
              recommender suggest --history 85123A,71053 --models models --json

            EXIT CODES
              0  there are suggestions
              1  the store, the model or the filter cannot be used
              2  nothing is left to suggest
              64 the command was not understood
            """)

    @Argument(help: "The user's id, as in the logs.")
    var user: String?

    @OptionGroup var shop: ShopOptions

    @Option(
        help: ArgumentHelp(
            "Items that the user looked at, the latest last, separated by commas, instead of a user of the store; may be repeated.", valueName: "ids"))
    var history: [String] = []

    @OptionGroup(title: "What may be suggested") var suggestions: SuggestionOptions
    @OptionGroup(title: "Rotation") var rotation: RotationOptions

    @Flag(help: "Show the share of each model in each suggestion.")
    var explain = false

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    func validate() throws {
        if (user == nil) == history.isEmpty { throw ValidationError("give a user, or items with --history") }
        _ = try IdentifierList.ids(history, "--history")
    }

    struct Answer: Encodable {
        var user: String?
        var known: Bool
        var modelVersion: Int
        var suggestions: [SuggestedItem]
    }

    func run() throws {
        let answer: Answer
        do {
            answer = try ask()
        } catch {
            throw fail("suggest", error)
        }
        if json {
            try printJSON(answer)
        } else {
            if !answer.known {
                print("\(user.map { "The store knows nothing of \"\($0)\" that the model could use" } ?? "The model knows none of these items"): "
                    + "this is what is popular.")
            }
            for (place, item) in answer.suggestions.enumerated() {
                let title = item.name.map { "\($0) (\(item.item))" } ?? item.item
                let shares = explain
                    ? "  [" + item.shares.sorted { $0.value > $1.value }.map { "\($0.key) \(HumanReadable.percentage(Double($0.value), places: 0))" }.joined(separator: ", ") + "]"
                    : ""
                print("\(place + 1). \(title)  \(item.reason.text)\(shares)")
            }
        }
        if answer.suggestions.isEmpty {
            StandardErrorOutput().write("recommender suggest: nothing is left to suggest; loosen the filter or what is excluded\n")
            throw ExitCode(2)
        }
    }

    private func ask() throws -> Answer {
        let suggester: Suggester, version: Int, events: [HistoryEvent]
        if let user {
            let store = try SQLiteEventStore(path: shop.store, access: .readOnly)
            let loaded = try shop.suggester(store, resurfacing: !suggestions.noResurfacing)
            (suggester, version) = (loaded.suggester, loaded.version.number)
            events = try store.history(of: user, in: suggester.model)
        } else {
            guard let promoted = try shop.versions.promoted() else { throw NothingInService(folder: shop.models) }
            var model = try RecommenderModel(shop.versions.model(promoted.number))
            if suggestions.noResurfacing { model.blend.leaveOutResurfacing() }
            suggester = Suggester(model)
            version = promoted.number
            events = try IdentifierList.ids(history, "--history").compactMap { id in
                let number = suggester.model.items.number(of: id)
                if number == nil { StandardErrorOutput().write("recommender suggest: the model knows no item \"\(id)\"\n") }
                return number.map { HistoryEvent(item: $0) }
            }
        }
        var request = try suggestions.request(suggester, command: "suggest", now: now())
        request.history = events
        request.rotation = try rotation.rotation(suggester.model, command: "suggest", now: request.now)
        let answers = try suggester.suggestions(for: request)
        return Answer(
            user: user, known: !events.isEmpty, modelVersion: version,
            suggestions: answers.map { SuggestedItem($0, suggester) })
    }
}

struct NothingInService: Error, CustomStringConvertible {
    var folder: String
    var description: String { "no model is in service in \(folder); train one with `recommender train`" }
}
