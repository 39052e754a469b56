import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

/// `forget`, `retrain` and `models`, with the program as a user runs it.
@Suite struct RetrainProgramTests {
    private let folder: TemporaryFolder
    private static let person = "anna@example.org"
    private static let day: Int64 = 86_400_000

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func run(_ arguments: String...) throws -> Program.Result { try Program.run(arguments, in: folder) }

    /// Forty people who look, buy and rate, one of whom has a name that nothing else contains.
    private func makeShop(hasTimes: Bool = true) throws {
        var events: [Event] = []
        for user in 0..<40 {
            for step in 0..<8 {
                let kind: EventKind = step % 4 == 3 ? .purchase : step % 4 == 1 ? .rating : .view
                events.append(Event(
                    user: user == 17 ? Self.person : "u\(user)", item: "i\((user + step * (1 + user % 3)) % 20)", kind: kind,
                    value: kind == .rating ? Double(1 + (user + step) % 5) : nil, time: hasTimes ? Int64(step + 1) * Self.day + Int64(user) : nil))
            }
        }
        try SQLiteEventStore(path: folder("shop.db"), access: .create).append(events)
    }

    private func addEvents(onDay day: Int64, of users: Range<Int> = 0..<30) throws {
        try SQLiteEventStore(path: folder("shop.db")).append(users.flatMap { user in
            [("view", 5), ("purchase", 9)].map { kind, step in
                Event(user: "u\(user == 17 ? 18 : user)", item: "i\((user + step) % 20)", kind: EventKind(rawValue: kind), time: day * Self.day + Int64(step))
            }
        })
    }

    /// What a version's file says in one of its sections.
    private func section(_ name: String, of version: Int) throws -> String {
        let data = try Data(contentsOf: URL(filePath: folder("models/versions/000\(version)/model.safetensors")))
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let header = try JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: Any]
        return try #require((header?["__metadata__"] as? [String: String])?[name])
    }

    private func filesNaming(_ person: String) throws -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return all.filter { FileManager.default.contents(atPath: folder($0))?.range(of: Data(person.utf8)) != nil }
    }

    @Test func whoIsForgottenIsNowhere() throws {
        try makeShop()
        let members = ["--members", "neighbors,popularity", "--threads", "1"]
        #expect(try Program.run(["train"] + members, in: folder).status == 0)
        // A second version, and the page of one that was not put into service.
        try addEvents(onDay: 20)
        #expect(try run("retrain", "--threads", "1", "--tolerance=-1").status == 2)
        #expect(try run("retrain", "--threads", "1", "--tolerance", "1").status == 0)
        // Every tenth of forty users is on a page of ten: only the name of one of them is put there by hand.
        for page in ["models/versions/0001/report.html", "models/retrain-report.html"] {
            let text = try String(contentsOfFile: folder(page), encoding: .utf8)
            let named = try #require(text.range(of: "<strong>User [^<]*</strong>", options: .regularExpression))
            try folder.write(text.replacingCharacters(in: named, with: "<strong>User \(Self.person)</strong>"), to: page)
        }
        #expect(try filesNaming(Self.person).count >= 5)

        let forgotten = try run("forget", Self.person)
        #expect(forgotten.status == 0, "\(forgotten.errors)")
        #expect(forgotten.output.contains("Versions 1 and 2 of models were trained with this person"), "\(forgotten.output)")
        #expect(forgotten.output.contains("models prune 1 2") && forgotten.output.contains("retrain-report.html"))
        let page = try String(contentsOfFile: folder("models/versions/0001/report.html"), encoding: .utf8)
        #expect(page.contains("has been forgotten") && page.contains("What it cost") && page.hasSuffix("</html>\n"))
        // The store knows the person no more, and the models still do.
        let again = try run("forget", Self.person)
        #expect(again.status == 3 && again.errors.contains("Versions 1 and 2"), "\(again.errors)")

        // The new model goes into service, however bad it is.
        try addEvents(onDay: 21)
        let retrained = try run("retrain", "--threads", "1", "--tolerance=-1")
        #expect(retrained.status == 0, "\(retrained.errors)")
        #expect(retrained.output.contains("could not stay") && retrained.output.contains("NDCG@10"), "\(retrained.output)")
        #expect(retrained.output.contains("models prune 1 2"), "\(retrained.output)")
        #expect(try run("models", "prune", "3").errors.contains("in service"))
        #expect(try run("models", "prune", "1", "9").status == 1)
        #expect(try run("models", "prune", "1", "--keep", "2").status == 64)
        let pruned = try run("models", "prune", "1", "2")
        #expect(pruned.status == 0 && pruned.output.contains("Removed 1, 2"), "\(pruned.errors)")
        #expect(try filesNaming(Self.person) == [])
        #expect(try run("forget", "u3", "--models", "none").status == 0)
    }

    @Test func aVersionIsRetrainedAsItWasTrained() throws {
        try makeShop()
        let configuration = #"{"members": [{"name": "sequence", "configuration": {"width": 16, "layers": 1, "maximumLength": 8, "#
            + #""frequencies": 2, "networks": 1, "epochs": 3}}, {"name": "neighbors", "configuration": {"steps": 7}}, {"name": "ease"}]}"#
        try folder.write(configuration, to: "members.json")
        let trained = try run("train", "--configuration", "members.json", "--weight", "view=0.25", "--half-life", "90", "--threads", "1")
        #expect(trained.status == 0, "\(trained.errors)")
        let (members, weights) = (try section("shop.training", of: 1), try section("shop.weights", of: 1))
        #expect(members.contains("\"epochs\":3") && members.contains("\"steps\":7") && members.contains("ease"), "\(members)")
        #expect(weights.contains("90") && weights.contains("0.25"), "\(weights)")
        for (number, arguments) in [(2, []), (3, ["--weight", "purchase=9", "--members", "neighbors,popularity"])] {
            try addEvents(onDay: Int64(20 + number))
            let retrained = try Program.run(["retrain", "--threads", "1", "--tolerance", "1"] + arguments, in: folder)
            #expect(retrained.status == 0, "\(retrained.errors)")
        }
        #expect(try members == section("shop.training", of: 2))
        #expect(try section("shop.weights", of: 2).contains("0.25"))
        let (fewer, heavier) = (try section("shop.training", of: 3), try section("shop.weights", of: 3))
        #expect(fewer.contains("\"steps\":7") && fewer.contains("popularity") && !fewer.contains("ease"), "\(fewer)")
        #expect(heavier.contains("0.25") && heavier.contains("90") && heavier.contains("9"), "\(heavier)")
    }

    @Test func whichVersionAnswersIsTold() throws {
        try makeShop()
        for seed in ["1", "2"] { #expect(try run("train", "--members", "popularity", "--threads", "1", "--seed", seed).status == 0) }
        #expect(try run("models", "rollback").status == 0)
        struct Version: Decodable {
            var number: Int
            var inService: Bool
        }
        let listed = try JSONDecoder().decode([Version].self, from: Data(try run("models", "list", "--json").output.utf8))
        #expect(listed.map(\.number) == [1, 2] && listed.map(\.inService) == [true, false])
        struct Step: Decodable {
            var kind: String
            var version: Int
        }
        let history = try JSONDecoder().decode([Step].self, from: Data(try run("models", "history", "--json").output.utf8))
        #expect(history.map(\.version) == [1, 2, 1] && history.map(\.kind) == ["promote", "promote", "rollback"])
        #expect(try run("models", "history").output.contains("returned to"))
        for command in ["list", "history", "promote", "rollback", "prune"] {
            #expect(try run("models", command, "--help").output.contains("EXIT CODES"), "\(command)")
        }
    }

    @Test func aLogWithoutTimesIsTrainedAnew() throws {
        try makeShop(hasTimes: false)
        #expect(try run("train", "--members", "neighbors,popularity", "--threads", "1").status == 0)
        try SQLiteEventStore(path: folder("shop.db")).append([Event(user: "u1", item: "i2", kind: .purchase)])
        let stuck = try run("retrain", "--threads", "1")
        #expect(stuck.status == 3 && stuck.errors.contains("no times") && stuck.errors.contains("recommender train"), "\(stuck.errors)")
    }
}
