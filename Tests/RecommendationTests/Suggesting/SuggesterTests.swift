import Interactions
import Recommendation
import Testing

@Suite struct SuggesterTests {
    private static let now: Int64 = 1_704_067_200_000 + 400 * Histories.day

    /// - Parameter content: the weight of what items are, against that of what people do.
    private static func suggester(content: Float = 0.5) throws -> Suggester {
        let log = try RecommenderTrainingTests.log()
        let catalog = RecommenderTrainingTests.catalog
        let data = TrainingData(log: log, catalog: catalog)
        let blend = Blend(
            [
                .init(ItemNeighbors(data), weight: 1 - content), .init(ContentSimilarity(data), weight: content), .init(Popularity(data), weight: 0.1),
            ], popularity: Popularity(data).counts)
        return Suggester(
            RecommenderModel(
                items: log.items, catalog: catalog, weights: EventWeights(), blend: blend,
                provenance: .init(created: .distantPast, events: 0, users: 0, items: 25, position: nil, latest: 0, seed: 1, seconds: 0), metrics: [:]))
    }

    private static func ask(_ suggester: Suggester, _ history: [HistoryEvent], count: Int = 5) throws -> [Int] {
        try suggester.suggestions(for: SuggestionRequest(history: history, count: count, now: now)).map(\.item)
    }

    @Test func whatTheUserDoesChangesTheNextAnswer() throws {
        let suggester = try Self.suggester()
        let before = try Self.ask(suggester, [HistoryEvent(item: 3)])
        #expect(before != (try Self.ask(suggester, [HistoryEvent(item: 3), HistoryEvent(item: 14, kind: .cart)])))
        let bought = try Self.ask(suggester, [HistoryEvent(item: 3), HistoryEvent(item: before[0], kind: .purchase)])
        #expect(!bought.contains(before[0]))
        // Someone new gets what is popular.
        let popular = suggester.model.blend.popularity.enumerated().sorted { $0.element > $1.element }.prefix(5).map(\.offset)
        #expect(Set(try Self.ask(suggester, [])) == Set(popular))
    }

    /// By hand: what each member brings over its own mean, where that is more than nothing.
    @Test func sharesAreTheMembersPartsInTheAdvantage() throws {
        let suggester = try Self.suggester(), members = suggester.model.blend.members
        let counts = Popularity(TrainingData(log: try RecommenderTrainingTests.log())).counts
        let query = Query(history: [HistoryEvent(item: 3)], now: Self.now)
        for suggestion in try suggester.suggestions(for: SuggestionRequest(history: query.history, count: 8, now: Self.now)) {
            let parts = members.map { member -> Double in
                let alone = Blend([member], popularity: counts).scores(query)
                return max(Double(alone[suggestion.item] - alone.reduce(0, +) / Float(alone.count)), 0)
            }
            for (member, part) in zip(members, parts) {
                let share = Double(suggestion.shares[type(of: member.model).name] ?? 0)
                #expect(abs(share - part / parts.reduce(0, +)) < 1e-4)
            }
            #expect(abs(suggestion.shares.values.reduce(0, +) - 1) < 1e-5)
        }
    }

    @Test func sharesOfWhatIsShownAgainAreThoseOfItsOwnWeights() throws {
        var model = try Self.suggester().model
        model.blend.returningOffset = 30
        for index in model.blend.members.indices { model.blend.members[index].returning = index == 0 ? 1 : 0 }
        let history = [HistoryEvent(item: 3), HistoryEvent(item: 4)]
        let suggestions = try Suggester(model).suggestions(for: SuggestionRequest(history: history, count: 4, now: Self.now))
        #expect(Set(suggestions.prefix(2).map(\.item)) == [3, 4])
        // One of the two is behind the average item, and lifted by the offset alone.
        #expect(suggestions.prefix(2).map(\.shares).contains([ItemNeighbors.name: 1]))
        for suggestion in suggestions.prefix(2) { #expect(Set(suggestion.shares.keys).isSubset(of: [ItemNeighbors.name])) }
        #expect(suggestions[2].shares.count > 1)
        let query = Query(history: history, now: Self.now), scores = model.blend.scores(query)
        for suggestion in suggestions { #expect(abs(suggestion.score - scores[suggestion.item]) < 1e-4) }
    }

    @Test func eventsAreLearnedWithoutARetrain() throws {
        var suggester = try Self.suggester(content: 0)
        // What comes least of all after 3; then many do so.
        let query = [HistoryEvent(item: 3)]
        let target = try #require((0..<25).filter { $0 != 3 }.min { left, right in
            let scores = suggester.model.blend.scores(Query(history: query))
            return scores[left] < scores[right]
        })
        let before = try #require(try Self.ask(suggester, query, count: 25).firstIndex(of: target))
        for number in 0..<200 {
            suggester.absorb(Event(user: "new\(number)", item: "\(target)", kind: .purchase, time: Self.now), after: query)
        }
        let after = try #require(try Self.ask(suggester, query, count: 25).firstIndex(of: target))
        #expect(after < before, "place \(after) after \(before)")
    }

    @Test func anEventOnAnItemNobodyKnewMakesItKnown() throws {
        var suggester = try Self.suggester(content: 0)
        for number in 0..<50 {
            suggester.absorb(Event(user: "new\(number)", item: "brand new", kind: .purchase, time: Self.now), after: [HistoryEvent(item: 3)])
        }
        let number = try #require(suggester.model.items.number(of: "brand new"))
        #expect(number == 25 && suggester.catalog.count == 26 && suggester.model.blend.itemCount == 26)
        #expect(try Self.ask(suggester, [HistoryEvent(item: 3)]).contains(number))
    }

    @Test func aNewItemIsSuggestedAtOnceByWhatItIs() throws {
        var suggester = try Self.suggester(content: 0.95)
        // As item 7 is: of its category, color, series and price.
        suggester.update(Item(id: "twin", name: "Item", categories: ["c3"], price: 8, properties: ["color": .text("k1"), "series": .text("s3")]))
        let number = try #require(suggester.model.items.number(of: "twin"))
        #expect(try Self.ask(suggester, [HistoryEvent(item: 7, kind: .cart)]).contains(number))
        #expect(suggester.similar(to: 7, count: 3).contains { $0.item == number })
        // And not once it is hidden, sold out or expired.
        for gone in [
            Item(id: "twin", categories: ["c3"], isHidden: true), Item(id: "twin", categories: ["c3"], stock: 0),
            Item(id: "twin", categories: ["c3"], expires: Self.now - 1),
        ] {
            suggester.update(gone)
            #expect(!(try Self.ask(suggester, [HistoryEvent(item: 7, kind: .cart)], count: 100).contains(number)))
        }
    }

    @Test func manyItemsAtOnceAreAsOneAfterTheOther() throws {
        let items = (0..<30).map { Item(id: "new \($0 % 20)", name: "Item \($0)", categories: ["c\($0 % 4)"], price: 1 + Double($0)) }
            + [Item(id: "3", name: "renamed", categories: ["c0"])]
        var together = try Self.suggester(content: 0.9), alone = together
        together.update(items)
        for item in items { alone.update(item) }
        #expect(together.catalog.items == alone.catalog.items && together.catalog.count == 45)
        #expect(together.catalog[3].name == "renamed")
        for item in [3, 7, 30, 44] {
            let history = [HistoryEvent(item: item, kind: .cart)]
            let (left, right) = (try Self.ask(together, history, count: 45), try Self.ask(alone, history, count: 45))
            #expect(left == right && left.contains { $0 >= 25 })
        }
    }

    @Test func whatIsHiddenIsNeverSuggested() throws {
        var suggester = try Self.suggester()
        for number in stride(from: 0, to: 25, by: 2) { suggester.update(Item(id: "\(number)", categories: ["c1"], isHidden: true)) }
        for item in 0..<25 {
            let answer = try Self.ask(suggester, [HistoryEvent(item: item, kind: .view)], count: 100)
            #expect(answer.allSatisfy { $0 % 2 == 1 })
            #expect(Set(answer).count == answer.count)
        }
        // What the user hid is not suggested to that user.
        #expect(!(try Self.ask(suggester, [HistoryEvent(item: 3, kind: .hide)], count: 100).contains(3)))
        #expect(try Self.ask(suggester, [], count: 100).contains(3))
    }

    @Test func aCopyStaysAsItIs() throws {
        let suggester = try Self.suggester()
        let before = try Self.ask(suggester, [HistoryEvent(item: 3)])
        var other = suggester
        for item in before { other.update(Item(id: "\(item)", isHidden: true)) }
        other.absorb(Event(user: "x", item: "another", kind: .purchase, time: Self.now), after: [HistoryEvent(item: 3)])
        #expect(try Self.ask(suggester, [HistoryEvent(item: 3)]) == before)
        #expect(Set(try Self.ask(other, [HistoryEvent(item: 3)])).isDisjoint(with: before))
    }

    @Test func sharesSumToOneAndReasonsNameWhatTheUserDid() throws {
        let suggester = try Self.suggester()
        let request = SuggestionRequest(history: [HistoryEvent(item: 3, kind: .cart), HistoryEvent(item: 8)], count: 10, now: Self.now)
        let suggestions = try suggester.suggestions(for: request)
        #expect(suggestions.count == 10)
        for suggestion in suggestions {
            #expect(abs(suggestion.shares.values.reduce(0, +) - 1) < 1e-4)
            #expect(!suggestion.reason.sentence(suggester.catalog.name(of:)).isEmpty)
        }
        #expect(zip(suggestions, suggestions.dropFirst()).allSatisfy { $0.score >= $1.score })
    }
}
