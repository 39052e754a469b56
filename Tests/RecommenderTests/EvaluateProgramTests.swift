import EventStore
import Foundation
#if canImport(FoundationXML)
import FoundationXML
#endif
import Interactions
import TestSupport
import Testing

/// `evaluate` and the reports, with the program as a user runs it.
@Suite struct EvaluateProgramTests {
    private let folder: TemporaryFolder
    private static let members = ["neighbors", "als", "content", "popularity", "resurfacing"]
    private static let quick = ["--members", members.joined(separator: ","), "--threads", "2"]

    init() throws {
        folder = try TemporaryFolder()
        #expect(try run(["simulate", "shop", "--users", "150", "--items", "80", "--days", "60", "--seed", "4"]).status == 0)
        #expect(try run(["import", "shop/events.csv", "--store", "shop.db", "--quiet"]).status == 0)
        #expect(try run(["import", "shop/items.jsonl", "--items", "--store", "shop.db", "--quiet"]).status == 0)
    }

    @discardableResult
    private func run(_ arguments: [String]) throws -> Program.Result { try Program.run(arguments, in: folder) }

    /// The page's text, when it is well-formed.
    private func text(ofPage name: String) throws -> String {
        let reader = TextReader()
        let parser = XMLParser(data: try Data(contentsOf: URL(filePath: folder(name))))
        parser.delegate = reader
        #expect(parser.parse(), "\(name) is not well-formed")
        return reader.text
    }

    private final class TextReader: NSObject, XMLParserDelegate {
        var text = ""
        func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }
    }

    private struct Answer: Decodable {
        struct Comparison: Decodable {
            struct Row: Decodable {
                var model: String
            }
            struct Pair: Decodable {
                var first: String
                var second: String
            }
            var k: Int
            var cases: Int
            var rows: [Row]
            var pairs: [Pair]
        }
        var wanted: [String]?
        var weights: [String: Double]
        var comparison: Comparison
    }

    @Test func thePageOfASplitByTimeHasEveryModel() throws {
        let result = try run(["evaluate", "--store", "shop.db", "--split", "time", "--report", "report.html"] + Self.quick)
        #expect(result.status == 0, "\(result.errors)")
        let page = try text(ofPage: "report.html")
        for model in Self.members + ["blend", "chance"] {
            #expect(page.contains(model), "the page lacks \(model)")
            #expect(result.output.contains(model), "the text lacks \(model)")
        }
        for part in ["NDCG@10", "Coverage", "Novelty", "touched before", "User "] { #expect(page.contains(part), "the page lacks \(part)") }
    }

    @Test(arguments: ["time", "user", "leave-one-out"])
    func everySplitIsMeasured(split: String) throws {
        let result = try run(
            ["evaluate", "--store", "shop.db", "--split", split, "--equal-weights", "--k", "3,20", "--members", "neighbors,popularity", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
        #expect(answer.comparison.rows.map(\.model) == ["neighbors", "popularity", "blend", "resurfacing", "chance"])
        #expect(answer.comparison.cases > 0 && answer.comparison.k == 3)
        // The questions do not depend on what models learn with.
        #expect(answer.wanted == ["purchase"])
        #expect(answer.weights.values.allSatisfy { $0 == 1 })
    }

    @Test func filesThatAreDividedAlready() throws {
        let lines = try String(contentsOfFile: folder("shop/events.csv"), encoding: .utf8).split(separator: "\n").map(String.init)
        let parts = [1...(lines.count / 2), (lines.count / 2 + 1)...(lines.count * 3 / 4), (lines.count * 3 / 4 + 1)...(lines.count - 1)]
        for (name, part) in zip(["train", "valid", "test"], parts) {
            try folder.write(([lines[0]] + lines[part]).joined(separator: "\n") + "\n", to: "\(name).csv")
        }
        let result = try run([
            "evaluate", "--train", "train.csv", "--validation", "valid.csv", "--test", "test.csv", "--members", "neighbors", "--with-repeats",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("own items again"))
        try folder.write("user,item,kind,time\nu1,,view,x\n", to: "bad.csv")
        let bad = try run(["evaluate", "--train", "train.csv", "--test", "bad.csv", "--members", "neighbors"])
        #expect(bad.status == 1 && bad.errors.contains("bad.csv:2"), "\(bad.errors)")
    }

    @Test func trainingWritesItsReportBesideTheModel() throws {
        let trained = try run(["train", "--store", "shop.db", "--models", "models"] + Self.quick)
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("versions/0001/report.html"))
        let page = try text(ofPage: "models/versions/0001/report.html")
        for part in Self.members + ["Memory", "User ", "because", "purchase"] { #expect(page.contains(part), "the page lacks \(part)") }
        // A version with a report is a version like any other.
        #expect(try run(["models"]).status == 0)

        let store = try SQLiteEventStore(path: folder("shop.db"))
        let latest = try #require(try store.events(after: 0, limit: .max).compactMap(\.event.time).max())
        let fresh = (1...40).map { Event(user: "u\($0)", item: "i\($0 % 9)", kind: "purchase", time: latest + Int64($0) * 60_000) }
        try store.append(fresh)
        let kept = try run(["retrain", "--tolerance=-1"] + Self.quick)
        #expect(kept.status == 2, "\(kept.errors)")
        #expect(try text(ofPage: "models/retrain-report.html").contains("stays in service"))
        let promoted = try run(["retrain", "--tolerance", "1", "--report", "mine.html"] + Self.quick)
        #expect(promoted.status == 0, "\(promoted.errors)")
        #expect(try text(ofPage: "mine.html").contains("Old against new"))
    }

    @Test func twoModelsAreTestedAgainstEachOther() throws {
        let compare = ["evaluate", "--members", "neighbors,popularity", "--threads", "1", "--compare", "neighbors,popularity"]
        let told = try run(compare + ["--report", "pairs.html"])
        #expect(told.status == 0, "\(told.errors)")
        let ways = ["neighbors is", "Between neighbors and popularity"]
        #expect(ways.contains { told.output.contains($0) }, "\(told.output)")
        let page = try text(ofPage: "pairs.html")
        #expect(ways.contains { page.contains($0) })
        let answer = try JSONDecoder().decode(Answer.self, from: Data(try run(compare + ["--compare", "resurfacing,blend", "--json"]).output.utf8))
        #expect(answer.comparison.pairs.map(\.first) == ["neighbors", "resurfacing"] && answer.comparison.pairs.map(\.second) == ["popularity", "blend"])
        for (pair, part) in [("neighbors", "two models"), ("neighbors,neighbors", "two models"), ("neighbors,als", "als is not measured")] {
            let wrong = try run(["evaluate", "--members", "neighbors", "--compare", pair])
            #expect(wrong.status == 64 && wrong.errors.contains(part), "\(pair): \(wrong.errors)")
        }
    }

    @Test func mistakesAreAnsweredWithWhatToDo() throws {
        #expect(try run(["evaluate", "--train", "log.csv"]).status == 64)
        #expect(try run(["evaluate", "--store", "shop.db", "--preset", "beauty", "--data", "."]).status == 64)
        #expect(try run(["evaluate", "--preset", "beauty"]).status == 64)
        let ratings = try run(["evaluate", "--preset", "movielens-100k", "--data", "."])
        #expect(ratings.status == 64 && ratings.errors.contains("evaluate-ratings --preset movielens-100k"), "\(ratings.errors)")
        #expect(try run(["evaluate", "--preset", "nothing", "--data", "."]).errors.contains("beauty, sports"))
        #expect(try run(["evaluate", "--store", "shop.db", "--share", "0.6"]).status == 64)
        #expect(try run(["evaluate", "--store", "shop.db", "--k", "5,x"]).status == 64)
        #expect(try run(["evaluate", "--store", "shop.db", "--equal-weights", "--weight", "view=2"]).status == 64)
        let missing = try run(["evaluate", "--store", "none.db"])
        #expect(missing.status == 1 && missing.errors.contains("none.db"))
        let nothing = try run(["evaluate", "--store", "shop.db", "--wanted", "teleport"])
        #expect(nothing.status == 1 && nothing.errors.contains("nothing is left"), "\(nothing.errors)")
    }
}
