import EventStore
import Foundation
import Interactions
import Recommendation
import Reporting

/// How long answers of a trained model take.
struct AnswerBenchmark {
    private let bench: BenchmarkShop
    private let store: SQLiteEventStore
    private let suggester: Suggester
    /// Of the store, evenly taken.
    private let users: [String]

    init(_ bench: BenchmarkShop, _ shop: ShopOptions) throws {
        self.bench = bench
        store = try SQLiteEventStore(path: shop.store)
        suggester = try shop.suggester(store).suggester
        let all = try store.users().map(\.id)
        let stride = max(1, all.count / 2_000)
        users = Swift.stride(from: 0, to: all.count, by: stride).map { all[$0] }
    }

    /// Seconds that answers take in this process, the user's events being at hand.
    func latencies(of count: Int) throws -> [Double] {
        let histories = try users.prefix(count).map { try store.history(of: $0, in: suggester.model) }
        func ask(_ history: [HistoryEvent]) throws -> Double {
            let start = ContinuousClock.now
            _ = try suggester.suggestions(for: SuggestionRequest(history: history, now: now()))
            return (ContinuousClock.now - start) / .seconds(1)
        }
        for history in histories.prefix(20) { _ = try ask(history) }
        return try histories.map(ask)
    }

    private func row(_ name: String, _ times: [Double]) -> [String] {
        [name] + [0.5, 0.9, 0.99].map { HumanReadable.time(Timing.percentile($0, of: times)) } + ["\(times.count)"]
    }

    private static let header = ["", "p50", "p90", "p99", "times"]

    func suggest() throws -> BenchmarkReport.Section {
        bench.tell("answers")
        let answers = try latencies(of: 1_000)
        let read = try users.prefix(1_000).map { user in
            let start = ContinuousClock.now
            let history = try store.history(of: user, in: suggester.model)
            _ = try suggester.suggestions(for: SuggestionRequest(history: history, now: now()))
            return (ContinuousClock.now - start) / .seconds(1)
        }
        // The first reads the program and the model from the disk.
        let starts = try Array(bench.starts(Array(users.prefix(31))).dropFirst())
        return BenchmarkReport.Section(
            name: .suggest, title: "10 suggestions with reasons, usual blend, Gowalla", header: Self.header,
            rows: [
                row("in a running process", answers), row("with the user's events read from the store", read),
                row("from the start of `suggest` to its end", starts),
            ],
            values: [
                "answer p50": Timing.percentile(0.5, of: answers), "answer p90": Timing.percentile(0.9, of: answers),
                "answer p99": Timing.percentile(0.99, of: answers), "start p90": Timing.percentile(0.9, of: starts),
            ])
    }

    func batch() throws -> BenchmarkReport.Section {
        bench.tell("`batch` with the usual blend")
        let seconds = try bench.batch(users, count: 20)
        return BenchmarkReport.Section(
            name: .batch, title: "20 suggestions for many users of Gowalla by the usual blend, by `batch`",
            header: ["users", "time", "users/s"],
            rows: [[HumanReadable.count(users.count), HumanReadable.time(seconds), HumanReadable.count(Int(Double(users.count) / seconds))]],
            notes: ["from the start of the program to the complete file, without what the users had"],
            values: ["users/s": Double(users.count) / seconds])
    }

    /// A user takes to an item that was suggested far down; how long until the next answer knows.
    func fresh() throws -> BenchmarkReport.Section {
        bench.tell("fresh events")
        var learner = suggester
        var durable: [Double] = [], answered: [Double] = [], learned: [Double] = [], changed = 0
        let asked = users.prefix(200)
        for user in asked {
            let before = try store.history(of: user, in: suggester.model)
            let old = try suggester.suggestions(for: SuggestionRequest(history: before, count: 50, now: now())).map(\.item)
            guard let taken = old.last else { continue }
            let event = Event(user: user, item: suggester.model.items[taken], kind: .view, time: now())
            let start = ContinuousClock.now
            try store.append([event])
            let appended = ContinuousClock.now
            let history = try store.history(of: user, in: suggester.model)
            let new = try suggester.suggestions(for: SuggestionRequest(history: history, count: 10, now: now())).map(\.item)
            let end = ContinuousClock.now
            learner.absorb(event, after: before)
            learned.append((ContinuousClock.now - end) / .seconds(1))
            durable.append((appended - start) / .seconds(1))
            answered.append((end - appended) / .seconds(1))
            if new != Array(old.prefix(10)) { changed += 1 }
        }
        return BenchmarkReport.Section(
            name: .fresh, title: "From a fresh event to another answer, usual blend, Gowalla", header: Self.header,
            rows: [
                row("the event is on the disk", durable), row("the user's events are read, and 10 suggestions made", answered),
                row("all users' answers learn from it", learned),
            ],
            notes: ["the answer changed for \(changed) of \(durable.count) users"],
            values: [
                "append p90": Timing.percentile(0.9, of: durable), "answer p90": Timing.percentile(0.9, of: answered),
                "absorb p90": Timing.percentile(0.9, of: learned), "changed": Double(changed) / Double(max(durable.count, 1)),
            ])
    }
}
