import Foundation
import Interactions
import Recommendation
import Reporting

/// One user's history, and what is suggested to them: what a reader can judge.
struct UserExample: Codable {
    struct Step: Codable, Hashable {
        /// Such as "bought".
        var action: String
        var item: String
    }

    struct Answer: Codable {
        var item: String
        /// Why; nil where no reason was asked for.
        var reason: String?
        /// Whether the user then wanted it.
        var isRight: Bool
    }

    var user: String
    /// The latest first; what was done to an item again and again stands once.
    var history: [Step]
    /// Of the whole history.
    var events: Int
    /// What they wanted next, the first of it; empty where nobody knows yet.
    var wanted: [String]
    /// How much they wanted next.
    var wantedCount = 0
    var answers: [Answer]

    static let shownEvents = 10

    private init(user: String, history: [HistoryEvent], title: (Int) -> String) {
        self.user = user
        self.history = []
        events = history.count
        for event in history.reversed() where self.history.count < Self.shownEvents {
            let step = Step(action: event.kind.action, item: title(event.item))
            if !self.history.contains(step) { self.history.append(step) }
        }
        (wanted, answers) = ([], [])
    }

    /// Test questions with the answers that were measured, evenly taken among those with a history.
    static func answered(_ cases: [EvaluationCase], _ results: [CaseResult], _ data: TrainingData, count: Int) -> [UserExample] {
        func title(_ item: Int) -> String {
            guard item < data.log.itemCount else { return "an item that training does not know" }
            return data.catalog[item]?.name ?? data.log.items[item]
        }
        let usable = zip(cases, results).filter { $0.0.query.history.count >= 3 && !$0.1.top.isEmpty }
        return evenly(usable, count).map { question, result in
            let user = question.user < data.log.userCount ? data.log.users[question.user] : "a new user"
            var example = UserExample(user: user, history: question.query.history, title: title)
            example.wanted = question.targets.prefix(shownEvents).map(title)
            example.wantedCount = question.targets.count
            example.answers = result.top.prefix(shownEvents).map { Answer(item: title($0), isRight: question.targets.contains($0)) }
            return example
        }
    }

    /// What a model would suggest to users of a log now, and why.
    static func suggested(by model: RecommenderModel, to log: InteractionLog, count: Int) -> [UserExample] {
        let suggester = Suggester(model), moment = now()
        let users = (0..<log.userCount).filter { log.events(of: $0).count >= 3 }
        return evenly(users, count).compactMap { user in
            let history = log.history(of: user)
            guard let found = try? suggester.suggestions(for: SuggestionRequest(history: history, count: 6, now: moment)) else { return nil }
            var example = UserExample(user: log.users[user], history: history, title: model.title(of:))
            example.answers = found.map {
                Answer(item: model.title(of: $0.item), reason: $0.reason.sentence(suggester.catalog.name(of:)), isRight: false)
            }
            return example
        }
    }

    private static func evenly<Element>(_ all: [Element], _ count: Int) -> [Element] {
        guard all.count > count else { return all }
        return (0..<count).map { all[(2 * $0 + 1) * all.count / (2 * count)] }
    }

    /// The example on a page: the history on the left, the answers on the right.
    var blocks: [any ReportBlock] {
        let isTested = !wanted.isEmpty
        let rows = answers.enumerated().map { place, answer -> [DataTable.Cell] in
            let remark = isTested ? DataTable.Cell(answer.isRight ? "✓" : "", tone: .good) : .init(answer.reason ?? "")
            return [.init("\(place + 1)"), .init(answer.item), remark]
        }
        return [
            Callout(isTested ? "Then wanted: \(wanted.joined(separator: "; "))\(more)." : "", title: title, tone: isRight ? .good : .neutral),
            Columns {
                DataTable(
                    columns: [.init("Did"), .init("Item")], rows: history.map { [.init($0.action), .init($0.item)] },
                    caption: "The latest first, of \(HumanReadable.count(events, "event"))")
                DataTable(
                    columns: [.init(""), .init("Suggested"), .init(isTested ? "Wanted" : "Why")], rows: rows,
                    caption: isTested ? "What the blend suggested" : "What they would see now",
                    highlightedRows: Set(answers.indices.filter { answers[$0].isRight }))
            },
        ]
    }

    /// How an example of a user begins.
    static func title(of user: String) -> String { "User \(user)" }

    private var title: String {
        let hits = answers.count { $0.isRight }
        return Self.title(of: user) + (wanted.isEmpty ? "" : hits == 0 ? ": none right." : ": \(hits) of \(answers.count) right.")
    }

    private var more: String { wantedCount > wanted.count ? " and \(HumanReadable.count(wantedCount - wanted.count)) more" : "" }

    private var isRight: Bool { answers.contains { $0.isRight } }
}

extension EventKind {
    /// What somebody did, in the past.
    var action: String {
        switch self {
        case .view: "looked at"
        case .cart: "put into the cart"
        case .removeFromCart: "took out of the cart"
        case .favorite: "marked"
        case .purchase: "bought"
        case .rating: "rated"
        case .hide: "hid"
        case .cancellation: "sent back"
        default: rawValue
        }
    }
}
