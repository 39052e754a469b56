import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct ContentSimilarityTests {
    private static func item(_ number: Int) -> Item {
        Item(
            id: "\(number)", name: "Thing number\(number % 7)", categories: ["c\(number % 5)"], price: Double(1 << (number % 4)),
            properties: ["color": .text("color\(number % 3)"), "sizes": .list([.text("s\(number % 2)"), .text("t\(number % 6)")])])
    }

    private static func terms(_ number: Int) -> Set<String> {
        ["category c\(number % 5)", "color color\(number % 3)", "sizes s\(number % 2)", "sizes t\(number % 6)", "price \(number % 4)",
         "word thing", "word number\(number % 7)"]
    }

    private static let count = 40

    private static func model(catalog: [Int: Item]? = nil) throws -> ContentSimilarity {
        let log = try Histories.log([Histories.views([0, 1])], items: count)
        return ContentSimilarity(
            TrainingData(log: log, catalog: catalog ?? Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, item($0)) })))
    }

    private static func cosines(of item: Int) -> [Double] {
        func rarity(_ term: String) -> Double {
            let share = Double((0..<count).count { terms($0).contains(term) }) / Double(count)
            return share > 0.3 ? 0 : -log(share)
        }
        func product(_ left: Int, _ right: Int) -> Double {
            terms(left).intersection(terms(right)).reduce(0) { $0 + rarity($1) * rarity($1) }
        }
        return (0..<count).map { product(item, $0) / (product(item, item) * product($0, $0)).squareRoot() }
    }

    @Test func scoresAreCosinesOfRareTerms() throws {
        let model = try Self.model()
        for item in 0..<Self.count {
            #expect(areClose(model.scores(Query(items: [item])), Self.cosines(of: item)))
        }
    }

    @Test func earlierStepsCountLess() throws {
        let model = try Self.model()
        let query = Query(history: [HistoryEvent(item: 3), HistoryEvent(item: 8, kind: .purchase)])
        let (first, second) = (Self.cosines(of: 3), Self.cosines(of: 8))
        #expect(areClose(model.scores(query), zip(first, second).map { 0.8 * $0 + 5 * $1 }))
        for item in 0..<Self.count {
            #expect(abs(model.contributions(to: item, of: query).reduce(0, +) - model.scores(query)[item]) < 1e-4)
        }
        // What the user does not want pushes what is like it away, not below nothing.
        let hiding = model.scores(Query(history: [HistoryEvent(item: 3), HistoryEvent(item: 3, kind: .hide)]))
        #expect(hiding.allSatisfy { $0 == 0 })
    }

    @Test func aNewItemIsFoundAtOnce() throws {
        var model = try Self.model()
        model.set(Item(id: "new", name: "Lamp", categories: ["c1"], properties: ["color": .text("color0"), "sizes": .text("t3")]), at: Self.count + 2)
        #expect(model.itemCount == Self.count + 3)
        let scores = model.scores(Query(items: [21]))
        // 21 is of category 1, color 0 and size t3.
        #expect(scores[Self.count + 2] > 0)
        #expect(scores[Self.count] == 0)
        #expect(model.similar(to: Self.count + 2, count: 3).contains { $0.item == 21 })
        // What an item no longer is, it is not found by.
        model.set(Item(id: "new", name: "Chair"), at: Self.count + 2)
        #expect(model.scores(Query(items: [21]))[Self.count + 2] == 0)
        model.set(nil, at: Self.count + 2)
        #expect(model.similar(to: Self.count + 2, count: 3).isEmpty)
    }

    @Test func strangePricesAreNoTerms() throws {
        var model = try Self.model()
        for price in [Double.infinity, .nan, 0, -3, .leastNonzeroMagnitude, .greatestFiniteMagnitude] {
            model.set(Item(id: "0", price: price), at: 0)
            #expect(model.scores(Query(items: [0, 1])).allSatisfy { $0.isFinite })
        }
    }

    @Test func aCatalogWithoutDescriptionsSaysNothing() throws {
        let model = try Self.model(catalog: [:])
        #expect(model.scores(Query(items: [0, 1, 2, 99])).allSatisfy { $0 == 0 })
    }
}
