import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

/// The whole way of a shop, with the program as a user runs it.
@Suite struct ShopProgramTests {
    private let folder: TemporaryFolder
    private static let quick = ["--members", "neighbors,als,content,popularity,resurfacing", "--threads", "2"]

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func run(_ arguments: [String]) throws -> Program.Result { try Program.run(arguments, in: folder) }

    @discardableResult
    private func run(_ arguments: String...) throws -> Program.Result { try run(arguments) }

    /// A small shop with a store and a model in service.
    private func makeShop(users: Int = 120, trains: Bool = true) throws {
        let size = ["--users", "\(users)", "--items", "80", "--days", "60", "--seed", "3"]
        #expect(try run(["simulate", "shop"] + size).status == 0)
        let imported = try run("import", "shop/events.csv", "--store", "shop.db", "--quiet")
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(try run("import", "shop/items.jsonl", "--items", "--store", "shop.db", "--quiet").status == 0)
        guard trains else { return }
        let trained = try run(["train", "--store", "shop.db", "--models", "models"] + Self.quick)
        #expect(trained.status == 0, "\(trained.errors)")
    }

    private struct Answer: Decodable {
        struct Why: Decodable, Equatable {
            var kind: String
            var event: String?
            var item: String?
            var text: String
        }
        struct Item: Decodable {
            var item: String
            var score: Double
            var reason: Why?
        }
        var known: Bool
        var modelVersion: Int?
        var user: String?
        var suggestions: [Item]
    }

    private func suggest(_ arguments: String...) throws -> Answer {
        let result = try run(["suggest"] + arguments + ["--json"])
        #expect(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    }

    /// The number of the version in service.
    private func serving() throws -> Int { try #require(try suggest("u1").modelVersion) }

    @Test func fromTheLogToANewVersionAndBack() throws {
        try makeShop()
        let first = try suggest("u5")
        #expect(first.known && first.suggestions.count == 10 && first.modelVersion == 1)
        #expect(zip(first.suggestions, first.suggestions.dropFirst()).allSatisfy { $0.score >= $1.score })
        let reasons = (first.suggestions + (try suggest("u5", "--no-resurfacing").suggestions)).compactMap(\.reason)
        for reason in reasons {
            #expect(!reason.text.isEmpty && (reason.kind == "becauseOf") == (reason.item != nil && reason.event != nil), "\(reason)")
        }
        #expect(reasons.contains { $0.kind == "becauseOf" })

        // What the user does next counts at once: what is bought is not suggested again, and the rest changes.
        let bought = first.suggestions[0].item
        let store = try SQLiteEventStore(path: folder("shop.db"))
        let later = try #require(try store.events(after: 0, limit: .max).compactMap(\.event.time).max()) + 3_600_000
        let next = ["view", "cart", "purchase"].enumerated().map {
            Event(user: "u5", item: bought, kind: EventKind(rawValue: $1), time: later + Int64($0) * 60_000, session: "later")
        }
        try store.append(next + [Event(user: "u5", item: "i7", kind: "cart", time: later + 600_000, session: "later")])
        let second = try suggest("u5")
        #expect(second.modelVersion == 1)
        #expect(!second.suggestions.contains { $0.item == bought })
        #expect(second.suggestions.map(\.item) != first.suggestions.map(\.item))

        // An item that came after the training can be asked for at once.
        try folder.write("{\"id\":\"brand-new\",\"price\":5,\"name\":\"Brand new\",\"categories\":[]}\n", to: "new.jsonl")
        #expect(try run("import", "new.jsonl", "--store", "shop.db", "--quiet").status == 0)
        #expect(try run("similar", "brand-new").status != 3)

        let retrained = try run(["retrain", "--store", "shop.db", "--models", "models", "--tolerance", "1"] + Self.quick)
        #expect(retrained.status == 0, "\(retrained.errors)")
        #expect(try serving() == 2)
        #expect(try run(["retrain"] + Self.quick).status == 3)
        #expect(try run("models", "rollback").status == 0)
        #expect(try serving() == 1)
        #expect(try run("models", "promote", "2").status == 0)
        #expect(try serving() == 2)
        let listed = try run("models")
        #expect(listed.output.contains("1") && listed.output.contains("2"))

        // An event that is new and not later leaves nothing to compare on.
        try store.append([Event(user: "u6", item: "i7", kind: "purchase", time: later - 7_200_000)])
        let incomparable = try run(["retrain"] + Self.quick)
        #expect(incomparable.status == 3 && incomparable.errors.contains("nothing to compare"), "\(incomparable.errors)")
        // Whoever is forgotten must not stay in the model in service.
        #expect(try run("forget", "u7", "--store", "shop.db").status == 0)
        let forgetting = try run(["retrain", "--json"] + Self.quick)
        #expect(forgetting.status == 0 && forgetting.output.contains("users were forgotten"), "\(forgetting.errors)")
    }

    @Test func mistakesAreAnsweredWithWhatToDo() throws {
        try makeShop(users: 60)
        // A wrong filter: the place is marked.
        let filter = try run("suggest", "u1", "--filter", "price < 20 and category = lamps\"")
        #expect(filter.status == 1)
        #expect(filter.errors.contains("column") && filter.errors.contains("^"), "\(filter.errors)")
        #expect(filter.output.isEmpty)
        let property = try run("suggest", "u1", "--filter", "colour = \"red\"")
        #expect(property.errors.contains("colour"), "\(property.errors)")
        #expect(property.status == 2)

        // Someone unknown gets what is popular, and is told so.
        let unknown = try run("suggest", "nobody")
        #expect(unknown.status == 0)
        #expect(unknown.output.contains("nobody") && unknown.output.contains("popular"))
        let answer = try suggest("nobody")
        #expect(!answer.known && answer.suggestions.count == 10)

        #expect(try run("suggest").status == 64)
        #expect(try run("suggest", "u1", "--k", "0").status == 64)
        #expect(try run("similar", "no-such-item").status == 3)
        for command in ["suggest", "train", "similar", "stats"] {
            let missing = try run([command] + (["suggest", "similar"].contains(command) ? ["u1"] : []) + ["--store", "none.db"])
            #expect(missing.status == 1)
            #expect(missing.errors.contains("none.db"), "\(missing.errors)")
        }
        let noModel = try run("suggest", "u1", "--models", "none")
        #expect(noModel.status == 1 && noModel.errors.contains("none"), "\(noModel.errors)")
        for arguments in [["--members", "neighbors,oracle"], ["--weight", "view"], ["--half-life", "0"], ["--threads", "0"]] {
            #expect(try run(["train"] + arguments).status == 64)
        }
        let twice = try run("train", "--members", "popularity,popularity")
        #expect(twice.status != 0 && twice.errors.contains("twice"), "\(twice.errors)")
    }

    @Test func anEmptyStoreHasNothingToTeach() throws {
        _ = try SQLiteEventStore(path: folder("empty.db"), access: .create)
        let result = try run("train", "--store", "empty.db")
        #expect(result.status == 1)
        #expect(result.errors.contains("nothing to learn") && result.errors.contains("import"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder("models/versions")))
    }

    @Test func twoTrainingsIntoOneFolder() async throws {
        try makeShop(users: 60, trains: false)
        let folder = folder
        let arguments = ["train", "--store", "shop.db", "--models", "models"] + Self.quick
        try await withThrowingTaskGroup(of: Program.Result.self) { group in
            for seed in 1...2 { group.addTask { try Program.run(arguments + ["--seed", "\(seed)"], in: folder) } }
            for try await result in group { #expect(result.status == 0, "\(result.errors)") }
        }
        let listed = try run("models", "--json")
        let versions = try #require(try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]])
        #expect(versions.compactMap { $0["number"] as? Int } == [1, 2])
        #expect([1, 2].contains(try serving()))
    }

    // MARK: - batch

    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: folder(name), encoding: .utf8).split(whereSeparator: \.isNewline).map(String.init)
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder(name)) }

    @Test func aBatchAnswersAsSuggestDoes() throws {
        try makeShop(users: 60)
        let result = try run("batch", "all.jsonl", "--k", "4", "--reasons", "--quiet")
        #expect(result.status == 0, "\(result.errors)")
        #expect(!exists("all.jsonl.partial") && !exists("all.jsonl.progress"))
        let answers = try lines("all.jsonl").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
        let users = try SQLiteEventStore(path: folder("shop.db"), access: .readOnly).users().map(\.id)
        #expect(answers.map(\.user) == users)
        for user in [users[0], users[users.count - 1]] {
            let own = try #require(answers.first { $0.user == user }), single = try suggest(user, "--k", "4")
            #expect(own.suggestions.map(\.item) == single.suggestions.map(\.item))
            #expect(own.suggestions.map(\.reason) == single.suggestions.map(\.reason))
            #expect(own.known)
        }

        // The same without reasons as a table, on any number of threads.
        #expect(try run("batch", "one.csv", "--k", "4", "--threads", "1", "--quiet").status == 0)
        #expect(try run("batch", "four.csv", "--k", "4", "--threads", "4", "--quiet").status == 0)
        let table = try lines("one.csv")
        #expect(table == (try lines("four.csv")))
        #expect(table[0] == "user,place,item,score")
        let expected = answers.flatMap { answer in answer.suggestions.enumerated().map { "\(answer.user!),\($0 + 1),\($1.item)" } }
        #expect(table.dropFirst().map { $0.split(separator: ",").prefix(3).joined(separator: ",") } == expected)

        // Only some users, also unknown ones, and only some items.
        try folder.write("u1\r\n\r\nno, body\n", to: "some.txt")
        #expect(try run("batch", "some.csv", "--users", "some.txt", "--k", "2", "--filter", "price < 1000000", "--quiet").status == 0)
        let some = try lines("some.csv")
        #expect(some.count == 5 && some[3].hasPrefix("\"no, body\",1,"))
    }

    @Test func anInterruptedBatchContinuesWhereItEnded() throws {
        try makeShop(users: 60)
        // Two and a half blocks of users, most of whom nobody knows.
        try folder.write((0..<2_500).map { "u\($0)\n" }.joined(), to: "users.txt")
        let batch = ["batch", "out.csv", "--users", "users.txt", "--k", "3", "--quiet"]
        #expect(try run(batch).status == 0)
        let whole = try lines("out.csv")
        #expect(whole.count == 1 + 3 * 2_500)
        try FileManager.default.removeItem(atPath: folder("out.csv"))

        // The disk is full in the middle.
        let stopped = try Program.run(batch, in: folder, fileLimit: 200)
        #expect(stopped.status == 1 && stopped.errors.contains("out.csv"), "\(stopped.errors)")
        #expect(!exists("out.csv") && exists("out.csv.partial") && exists("out.csv.progress"))
        // Something half-written behind what counts does no harm.
        let partial = try #require(FileHandle(forWritingAtPath: folder("out.csv.partial")))
        try partial.seekToEnd()
        try partial.write(contentsOf: Data("u9999,half".utf8))
        try partial.close()
        let continued = try run(batch)
        #expect(continued.status == 0, "\(continued.errors)")
        #expect(continued.errors.contains("continuing after"))
        #expect(try lines("out.csv") == whole)
        #expect(!exists("out.csv.partial") && !exists("out.csv.progress"))
    }

    @Test func aBatchOfAnotherOriginBeginsAnew() throws {
        try makeShop(users: 60)
        try folder.write((0..<2_500).map { "u\($0)\n" }.joined(), to: "users.txt")
        let batch = ["batch", "out.csv", "--users", "users.txt", "--quiet", "--k"]
        #expect(try Program.run(batch + ["3"], in: folder, fileLimit: 200).status == 1)
        // Another question.
        let other = try run(batch + ["2"])
        #expect(other.status == 0 && !other.errors.contains("continuing"))
        #expect(try lines("out.csv").count == 1 + 2 * 2_500)
        try FileManager.default.removeItem(atPath: folder("out.csv"))
        // Another log.
        #expect(try Program.run(batch + ["3"], in: folder, fileLimit: 200).status == 1)
        try SQLiteEventStore(path: folder("shop.db")).append([Event(user: "u1", item: "i1", kind: .view, time: 1_704_067_200_000)])
        let grown = try run(batch + ["3"])
        #expect(grown.status == 0 && !grown.errors.contains("continuing"))
        #expect(try lines("out.csv").count == 1 + 3 * 2_500)
    }

    @Test func aBatchLosesNoFileOfTheUser() throws {
        try makeShop(users: 60)
        try folder.write("mine\n", to: "mine.csv")
        let refused = try run("batch", "mine.csv", "--quiet")
        #expect(refused.status == 1 && refused.errors.contains("--replace"), "\(refused.errors)")
        #expect(try lines("mine.csv") == ["mine"])
        let wrong = try run("batch", "mine.csv", "--replace", "--filter", "price <", "--quiet")
        #expect(wrong.status == 1)
        #expect(try lines("mine.csv") == ["mine"])
        #expect(try run("batch", "mine.csv", "--replace", "--quiet").status == 0)
        #expect(try lines("mine.csv").count > 1)
        #expect(try run("batch", "shop", "--replace").status == 1)
        #expect(try run("batch", "no/such/folder.csv").status == 1)
        #expect(try run("batch", "x.csv", "--k", "0").status == 64)
        #expect(try run("batch", "x.csv", "--users", "none.txt").status == 1)
        try folder.write("\n", to: "nobody.txt")
        #expect(try run("batch", "x.csv", "--users", "nobody.txt").status == 2)
        #expect(!exists("x.csv") && !exists("x.csv.partial"))
    }
}
