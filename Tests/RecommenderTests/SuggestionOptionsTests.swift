import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

/// What `suggest` and `batch` may suggest, with the program as a user runs it.
@Suite struct SuggestionOptionsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let store = try SQLiteEventStore(path: folder("shop.db"), access: .create)
        var events: [Event] = []
        for user in 0..<40 {
            for step in 0..<6 {
                let item = "i\((user + step * (1 + user % 3)) % 20)"
                events.append(Event(user: "u\(user)", item: item, kind: step % 3 == 2 ? .purchase : .view, time: Int64(step + 1) * 86_400_000))
            }
        }
        try store.append(events)
        for number in 0..<20 {
            var item = Item(id: "i\(number)", categories: [number % 2 == 0 ? "even" : "odd"], price: Double(number))
            if number < 10 { item.stock = Double(number) }
            item.properties["new"] = .bool(number >= 15)
            try store.upsert([item])
        }
        let trained = try Program.run(["train", "--members", "neighbors,popularity,resurfacing", "--threads", "1"], in: folder)
        #expect(trained.status == 0, "\(trained.errors)")
    }

    private struct Answer: Decodable {
        struct Item: Decodable {
            var item: String
            var promoted: Bool
            var shares: [String: Double]
        }
        var suggestions: [Item]
    }

    private func suggest(_ arguments: String...) throws -> Answer {
        let result = try Program.run(["suggest", "u1", "--k", "20", "--json"] + arguments, in: folder)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    }

    private func numbers(_ answer: Answer) -> Set<Int> { Set(answer.suggestions.map { Int($0.item.dropFirst())! }) }

    @Test func priceStockAndCategoryLimitWhatIsSuggested() throws {
        let all = numbers(try suggest("--exclude-kinds", "none"))
        // Of the first nothing is at hand.
        #expect(all == Set(1..<20))
        #expect(numbers(try suggest("--exclude-kinds", "none", "--min-price", "3", "--max-price", "7")) == Set(3...7))
        #expect(numbers(try suggest("--exclude-kinds", "none", "--max-price", "2", "--out-of-stock")) == Set(0...2))
        #expect(numbers(try suggest("--exclude-kinds", "none", "--in-stock")) == Set(1..<10))
        #expect(numbers(try suggest("--exclude-kinds", "none", "--min-stock", "8")) == [8, 9])
        #expect(numbers(try suggest("--exclude-kinds", "none", "--category", "odd", "--exclude", "i1, i3")) == Set(stride(from: 5, to: 20, by: 2)))
    }

    @Test func kindsDecideWhatWasEnough() throws {
        let events = try SQLiteEventStore(path: folder("shop.db")).events(of: "u1").map(\.event)
        func items(_ kinds: EventKind...) -> Set<Int> { Set(events.filter { kinds.contains($0.kind) }.map { Int($0.item.dropFirst())! }) }
        let all = Set(1..<20)
        #expect(numbers(try suggest()) == all.subtracting(items(.purchase)))
        #expect(numbers(try suggest("--exclude-kinds", "purchase,view")) == all.subtracting(items(.purchase, .view)))
        #expect(numbers(try suggest("--exclude-kinds", "view")) == all.subtracting(items(.view)))
    }

    @Test func promotionsRotationAndTheRule() throws {
        func first(_ arguments: [String]) throws -> [String] {
            let result = try Program.run(["suggest", "u1", "--k", "4", "--json"] + arguments, in: folder)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8)).suggestions.map(\.item)
        }
        let usual = try first([])
        let promoted = try first(["--promote", "0.5=new = true"])
        #expect(promoted.filter { Int($0.dropFirst())! >= 15 }.count >= 2)
        let listed = try first(["--promote-items", "0.25=i19,i18"])
        #expect(listed.contains("i19") || listed.contains("i18"))
        #expect(try first(["--diversity", "0.9"]).count == 4)
        let rotated = try first(["--rotation", "1", "--recent", usual[0] + "," + usual[1] + "@2000"])
        #expect(!rotated.contains(usual[0]) && rotated.contains(usual[1]))
        let without = try suggest("--no-resurfacing")
        #expect(without.suggestions.allSatisfy { $0.shares["resurfacing"] == nil })
        // What the user met does not come again by another way.
        let met = try SQLiteEventStore(path: folder("shop.db")).events(of: "u1").map { Int($0.event.item.dropFirst())! }
        #expect(!without.suggestions.isEmpty && numbers(without).isDisjoint(with: met))
    }

    @Test func everyAnswerHasShares() throws {
        for arguments in [["--exclude-kinds", "none"], ["--no-resurfacing"], ["--promote", "0.5=new = true"]] {
            let result = try Program.run(["suggest", "u1", "--k", "20", "--out-of-stock", "--json"] + arguments, in: folder)
            let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
            for item in answer.suggestions { #expect(abs(item.shares.values.reduce(0, +) - 1) < 1e-4, "\(arguments): \(item)") }
            #expect(answer.suggestions.contains(where: \.promoted) == (arguments[0] == "--promote"))
        }
    }

    @Test func idsMayHaveCommas() throws {
        let store = try SQLiteEventStore(path: folder("shop.db"))
        try store.upsert([Item(id: "lamp, red", price: 3), Item(id: "a \"b\"", price: 3)])
        func items(_ arguments: String...) throws -> Set<String> {
            let result = try Program.run(["suggest", "u1", "--k", "40", "--exclude-kinds", "none", "--json"] + arguments, in: folder)
            #expect(result.status == 0 && result.errors.isEmpty, "\(arguments): \(result.errors)")
            return Set(try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8)).suggestions.map(\.item))
        }
        let all = try items()
        #expect(all.isSuperset(of: ["lamp, red", "a \"b\"", "i3", "i4"]))
        #expect(try items("--exclude", "\"lamp, red\",i3", "--exclude", "i4, \"a \"\"b\"\"\"") == all.subtracting(["lamp, red", "a \"b\"", "i3", "i4"]))
        #expect(try items("--exclude", "a \"b\"") == all.subtracting(["a \"b\""]))
        #expect(try items("--promote-items", "0.02=\"lamp, red\"", "--rotation", "1", "--recent", "\"lamp, red\"@24", "--recent", "i3@2,i4") == all)
        let unknown = try Program.run(["suggest", "u1", "--rotation", "1", "--recent", "i3,nothing@24"], in: folder)
        #expect(unknown.status == 0 && unknown.errors.contains("no item \"nothing\""), "\(unknown.errors)")
        let looked = try Program.run(["suggest", "--history", "i1", "--history", "i2,\"i3\"", "--json"], in: folder)
        #expect(looked.status == 0 && looked.errors.isEmpty, "\(looked.errors)")
    }

    @Test func batchTakesTheSame() throws {
        let written = try Program.run(["batch", "out.csv", "--k", "3", "--quiet", "--category", "odd", "--max-price", "9"], in: folder)
        #expect(written.status == 0, "\(written.errors)")
        let items = try String(contentsOfFile: folder("out.csv"), encoding: .utf8).split(separator: "\r\n").dropFirst().map { $0.split(separator: ",")[2] }
        #expect(items.count > 40 && items.allSatisfy { Int($0.dropFirst())! % 2 == 1 && Int($0.dropFirst())! <= 9 })
    }

    @Test(arguments: [
        (["--k", "0"], "--k"), (["--diversity", "2"], "--diversity"), (["--diversity", "nan"], "--diversity"), (["--min-price", "-1"], "--min-price"),
        (["--max-price", "nan"], "--max-price"), (["--min-price", "9", "--max-price", "3"], "above"), (["--min-stock", "-1"], "--min-stock"),
        (["--in-stock", "--out-of-stock"], "contradicts"), (["--exclude-kinds", ","], "--exclude-kinds"), (["--promote", "price < 3"], "share"),
        (["--promote", "2=price < 3"], "share"), (["--promote", "0.6=price < 3", "--promote-items", "0.6=i1"], "more than 1"),
        (["--rotation", "0.5"], "--recent"), (["--recent", "i1"], "--rotation"), (["--rotation", "7", "--recent", "i1"], "--rotation"),
        (["--rotation", "0.5", "--recent", "i1", "--rotation-half-life", "0"], "half-life"),
        (["--diversity", "0.5", "--k", "5000"], "1000"), (["--exclude", "\"i1"], "closing quote"), (["--exclude", "\"i1\"i2"], "closing quote"),
        (["--promote-items", "0.2=\"i1"], "closing quote"), (["--rotation", "1", "--recent", "\"i1\"@x"], "@24"),
    ])
    func nonsenseIsRefused(_ arguments: [String], _ part: String) throws {
        let result = try Program.run(["suggest", "u1"] + arguments, in: folder)
        #expect(result.status == 64 && result.errors.contains(part), "\(arguments): \(result.status) \(result.errors)")
    }

    @Test func mistakesInPromotionsArePointedAt() throws {
        let wrong = try Program.run(["suggest", "u1", "--promote", "0.2=price <"], in: folder)
        #expect(wrong.status == 1 && wrong.errors.contains("price <"), "\(wrong.errors)")
        let unknown = try Program.run(["suggest", "u1", "--promote-items", "0.2=nothing"], in: folder)
        #expect(unknown.status == 0 && unknown.errors.contains("no item \"nothing\""), "\(unknown.errors)")
    }
}
