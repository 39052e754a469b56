import Interactions
import Recommendation
import Testing

/// Repeatable random numbers.
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }
}

@Suite struct TopItemsTests {
    /// What sorting everything gives.
    private func sorted(_ scores: [Float], _ mask: ItemMask, _ limit: Int) -> [ScoredItem] {
        let members = mask.members.map {
            ScoredItem(item: $0, score: $0 < scores.count && !scores[$0].isNaN ? scores[$0] : -.infinity)
        }
        return Array(members.sorted { $0.score != $1.score ? $0.score > $1.score : $0.item < $1.item }.prefix(limit))
    }

    @Test(arguments: [0, 1, 5, 63, 64, 65, 500, 4_097, 60_000])
    func isTheHeadOfTheSortedList(count: Int) {
        var dice = Dice(state: UInt64(count) + 1)
        for round in 0..<8 {
            // Few different scores in some rounds, so that many are equal; rising ones, the worst order to scan, in another.
            var scores = (0..<count).map { item -> Float in
                switch round % 4 {
                case 0: Float.random(in: -5...5, using: &dice)
                case 1: Float(Int.random(in: 0...3, using: &dice))
                case 2: Float(item)
                default: -Float(item)
                }
            }
            if count > 10, round > 3 {
                for value in [Float.nan, .infinity, -.infinity, .nan] { scores[Int.random(in: 0..<count, using: &dice)] = value }
            }
            let share = [1.0, 0.5, 0.01][round % 3]
            let mask = ItemMask(count: count) { _ in Double.random(in: 0..<1, using: &dice) < share }
            for limit in [0, 1, 10, 100, count] {
                let top = scores.withUnsafeBufferPointer { mask.top(limit, by: $0) }
                #expect(top == sorted(scores, mask, limit), "\(count) items, round \(round), best \(limit)")
            }
        }
    }

    @Test func itemsBeyondTheScoresComeLast() {
        let mask = ItemMask(count: 130, all: true)
        let scores = [Float](repeating: -3, count: 100)
        let top = scores.withUnsafeBufferPointer { mask.top(110, by: $0) }
        #expect(top.map(\.item) == Array(0..<110))
        #expect(top[100].score == -.infinity)
        #expect([Float]().withUnsafeBufferPointer { mask.top(2, by: $0) }.map(\.item) == [0, 1])
    }
}

@Suite struct SelectionTests {
    private static let count = 700
    private static let now: Int64 = 1_000_000_000_000

    /// A catalog with hidden, expired and sold-out items among others.
    private static let catalog = Catalog((0..<count).map { item($0) })

    private static func item(_ number: Int) -> Item {
        let color: PropertyValue = .text(["red", "green", "blue"][number % 3])
        var item = Item(id: "i\(number)", categories: ["c\(number % 6)"], properties: ["color": color])
        item.price = number % 10 == 9 ? nil : Double(number % 97)
        item.stock = number % 11 == 0 ? 0 : 8
        item.isHidden = number % 13 == 0
        item.expires = number % 17 == 0 ? now - 5 : nil
        item.added = now - Int64(number) * 3_600_000
        return item
    }

    private static func scores(_ seed: UInt64) -> [Float] {
        var dice = Dice(state: seed)
        return (0..<count).map { _ in Float.random(in: -8...0, using: &dice) }
    }

    /// Items lie on a line, and are the more alike the nearer they are.
    private static func place(_ item: Int) -> Float { Float(item * 37 % 100) / 10 }
    private static func similarity(_ left: Int, _ right: Int) -> Float { 1 / (1 + abs(place(left) - place(right))) }

    /// Whether an item may be suggested, item by item and without masks.
    private func isAllowed(_ number: Int, _ request: SuggestionRequest) -> Bool {
        let item = Self.catalog[number]
        let done = Set(request.history.filter { $0.item == number }.map(\.kind))
        if item.isHidden || request.excluded.contains(number) || done.contains(.hide) { return false }
        if !done.isDisjoint(with: request.excludedKinds) { return false }
        if let expires = item.expires, expires <= request.now { return false }
        if !request.allowsOutOfStock, item.stock == 0 { return false }
        if let filter = request.filter, !filter.matches(item, now: request.now) { return false }
        if !request.categories.isEmpty, Set(item.categories).isDisjoint(with: request.categories) { return false }
        if let range = request.price {
            guard let price = item.price, range.contains(price) else { return false }
        }
        if let pieces = request.minimumStock, (item.stock ?? 0) < pieces { return false }
        return true
    }

    private func randomRequest(_ dice: inout Dice) throws -> SuggestionRequest {
        let filters = [
            "price < 40", "color = \"red\" or price > 90", "not color = \"blue\" and stock > 0", "nothing = 1",
            "days_since_added < 20",
        ]
        let kinds: [EventKind] = [.view, .cart, .purchase, .hide, .favorite]
        func maybe<Value>(_ value: @autoclosure () throws -> Value) rethrows -> Value? {
            Bool.random(using: &dice) ? try value() : nil
        }
        var request = SuggestionRequest(count: [0, 1, 3, 10, 50, 900].randomElement(using: &dice)!, now: Self.now)
        request.history = (0..<Int.random(in: 0...40, using: &dice)).map { _ in
            HistoryEvent(item: Int.random(in: 0..<720, using: &dice), kind: kinds.randomElement(using: &dice)!)
        }
        let filter = filters.randomElement(using: &dice)!
        request.filter = try maybe(try Filter(filter))
        request.excluded = Set((0..<20).map { _ in Int.random(in: -5..<720, using: &dice) })
        if Bool.random(using: &dice) { request.excludedKinds = [.purchase, .cart] }
        if Bool.random(using: &dice) { request.categories = ["c1", "c4"] }
        if Bool.random(using: &dice) { request.price = 5...60 }
        if Int.random(in: 0..<4, using: &dice) == 0 { request.minimumStock = 5 }
        request.allowsOutOfStock = Bool.random(using: &dice)
        if Bool.random(using: &dice) { request.diversity = [0.3, 1].randomElement(using: &dice)! }
        if Bool.random(using: &dice) {
            let recent = (0..<15).map { _ in
                SuggestionRequest.Rotation.Suggested(item: Int.random(in: 0..<700, using: &dice), time: Self.now - 3_600_000)
            }
            request.rotation = .init(rate: 0.8, recent: recent)
        }
        if Bool.random(using: &dice) {
            request.promotions = [
                .init(.matching(try Filter("color = \"green\"")), share: 0.3),
                .init(.listed([5, 6, 7, 8, 650, 3_000]), share: 0.25),
            ]
        }
        return request
    }

    @Test func whateverIsAskedAllOfItIsAllowedAndNothingIsMissing() throws {
        var dice = Dice(state: 77)
        for round in 0..<300 {
            let request = try randomRequest(&dice)
            let scores = Self.scores(UInt64(round))
            let chosen = try Selection(request, scores: scores, catalog: Self.catalog, similarity: Self.similarity).items
            let allowed = (0..<Self.count).filter { isAllowed($0, request) }
            #expect(Selection.allowed(request, Self.catalog).members == allowed)
            #expect(chosen.count == min(request.count, allowed.count), "as many as there are, round \(round)")
            #expect(Set(chosen.map(\.item)).count == chosen.count && Set(chosen.map(\.item)).isSubset(of: allowed))
            #expect(chosen.allSatisfy { $0.score == scores[$0.item] })
            let promoted = request.promotions.map { promotion in
                let members = allowed.filter { item in
                    switch promotion.items {
                    case .matching(let filter): filter.matches(Self.catalog[item], now: Self.now)
                    case .listed(let items): items.contains(item)
                    }
                }
                let places = min(Int((promotion.share * Double(chosen.count) - 1e-9).rounded(.up)), members.count)
                return (members: Set(members), places: places)
            }
            // Rounding up may ask for more than there is.
            let isPossible = promoted.reduce(0) { $0 + $1.places } <= chosen.count
            for (members, places) in promoted.prefix(isPossible ? 2 : 1) {
                #expect(chosen.count { members.contains($0.item) } >= places, "promotion of \(places) of \(chosen.count) places")
            }
            #expect(chosen.allSatisfy { one in one.isPromoted == promoted.contains { $0.members.contains(one.item) } })
            if request.diversity == 0, request.rotation == nil, request.promotions.isEmpty {
                let sorted = allowed.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
                #expect(chosen.map(\.item) == Array(sorted.prefix(request.count)))
            }
        }
    }

    private func select(_ scores: [Float], _ change: (inout SuggestionRequest) throws -> Void) throws -> [Int] {
        var request = SuggestionRequest(count: 12, now: Self.now)
        try change(&request)
        return try Selection(request, scores: scores, catalog: Self.catalog, similarity: Self.similarity).items.map(\.item)
    }

    private func meanSimilarity(_ items: [Int]) -> Float {
        var sum: Float = 0
        for left in items { for right in items where right != left { sum += Self.similarity(left, right) } }
        return sum / Float(items.count * (items.count - 1))
    }

    @Test func diversityMakesListsLessAlike() throws {
        // Items near one place score highest, as after many clicks there.
        let scores = Self.scores(4).enumerated().map { (3...4).contains(Self.place($0.offset)) ? $0.element + 4 : $0.element }
        var last: Float = 2
        for diversity in [0, 0.3, 0.6, 1] {
            let items = try select(scores) { $0.diversity = diversity }
            let alike = meanSimilarity(items)
            #expect(alike < last, "diversity \(diversity)")
            last = alike
            #expect(items[0] == (try select(scores) { _ in })[0], "the best item stays first")
        }
        #expect(last < 0.3)
    }

    @Test func marginalRelevanceIsThatOfThePaper() throws {
        // Four items: 0 and 1 are alike, 2 and 3 are alone; relevance 1, 0.9, 0.5, 0.
        let catalog = Catalog((0..<4).map { Item(id: "\($0)") })
        let scores: [Float] = [10, 9, 5, 0]
        func order(_ diversity: Double) throws -> [Int] {
            try Selection(SuggestionRequest(count: 4, diversity: diversity, now: 0), scores: scores, catalog: catalog) {
                Set([$0, $1]) == [0, 1] ? 0.8 : 0
            }.items.map(\.item)
        }
        // The second place: 0.9 (1 - d) - 0.8 d against 0.5 (1 - d): equal at d = 1/3.
        #expect(try order(0.3) == [0, 1, 2, 3])
        #expect(try order(0.36) == [0, 2, 1, 3])
        // The third: 0.9 (1 - d) - 0.8 d against 0: equal at d = 9/17.
        #expect(try order(0.54) == [0, 2, 3, 1])
    }

    @Test func rotationMakesRoomForOthers() throws {
        let scores = Self.scores(5)
        let first = try select(scores) { _ in }
        func recent(_ items: [Int], hoursAgo: Int64 = 0) -> [SuggestionRequest.Rotation.Suggested] {
            items.map { .init(item: $0, time: Self.now - hoursAgo * 3_600_000) }
        }
        #expect(try select(scores) { $0.rotation = .init(rate: 0, recent: recent(first)) } == first)
        let next = try select(scores) { $0.rotation = .init(rate: 1, recent: recent(first)) }
        #expect(Set(next).isDisjoint(with: first), "all are new")
        #expect(next == Array(try select(scores) { $0.count = 24 }.suffix(12)))
        let later = try select(scores) { $0.rotation = .init(rate: 1, recent: recent(first, hoursAgo: 24 * 30)) }
        #expect(later == first, "after a month it is forgotten")
        let some = try select(scores) { $0.rotation = .init(rate: 0.3, recent: recent(Array(first.prefix(3)))) }
        #expect(some != first && some.count == 12)
        // Where nothing else is allowed, they come back.
        let only = try select(scores) {
            $0.rotation = .init(rate: 1, recent: recent(first))
            $0.filter = try Filter("id in (\(first.map { "\"i\($0)\"" }.joined(separator: ",")))")
        }
        #expect(Set(only) == Set(first))
    }

    @Test func promotionsAreSpread() throws {
        var scores = Self.scores(6)
        let promoted = [1, 2, 3, 4, 5]
        for item in promoted { scores[item] = -100 }
        let items = try select(scores) { $0.promotions = [.init(.listed(Set(promoted)), share: 0.25)] }
        #expect(items.indices.filter { promoted.contains(items[$0]) } == [3, 7, 11], "every fourth place")
        let others = try select(scores) { _ in }
        #expect(items.filter { !promoted.contains($0) } == Array(others.prefix(9)), "the rest are the best")
        // What is good enough anyway needs no help.
        scores[4] = 100
        #expect(try select(scores) { $0.promotions = [.init(.listed([4]), share: 0.08)] } == (try select(scores) { _ in }))
        // All places, and more than there are.
        let all = try select(scores) { $0.promotions = [.init(.listed(Set(promoted)), share: 1)] }
        #expect(Set(all.prefix(5)) == Set(promoted) && all.count == 12)
        // A promotion does not break the filter.
        let red = try select(scores) {
            $0.promotions = [.init(.listed([3, 4]), share: 1)]
            $0.filter = try Filter("color = \"red\"")
        }
        #expect(red[0] == 3 && !red.contains(4))
    }

    @Test func whatWasBoughtReturnsAfterACancellation() throws {
        let catalog = Catalog((0..<3).map { Item(id: "\($0)") })
        func items(_ kinds: [EventKind], _ excluded: Set<EventKind> = [.purchase]) throws -> [Int] {
            let history = kinds.map { HistoryEvent(item: 0, kind: $0) }
            return try Selection(
                SuggestionRequest(history: history, excludedKinds: excluded, now: 0), scores: [3, 2, 1], catalog: catalog
            ).items.map(\.item)
        }
        #expect(try items([.purchase]) == [1, 2])
        #expect(try items([.purchase, .cancellation]) == [0, 1, 2])
        #expect(try items([.purchase, .cancellation, .purchase]) == [1, 2])
        #expect(try items([.purchase], []) == [0, 1, 2])
        #expect(try items([.view, .cart]) == [0, 1, 2])
        #expect(try items([.view], [.view]) == [1, 2])
        #expect(try items([.hide], []) == [1, 2], "hidden by the user is hidden for good")
    }

    @Test func requestsThatMakeNoSenseAreRefused() throws {
        let changes: [(inout SuggestionRequest) -> Void] = [
            { $0.count = -1 }, { $0.count = 200_000 },
            {
                $0.count = 1_001
                $0.diversity = 0.1
            }, { $0.diversity = 1.5 }, { $0.diversity = .nan },
            { $0.minimumStock = .nan },
            { $0.rotation = .init(rate: -0.1, recent: []) }, { $0.rotation = .init(rate: 0.5, halfLife: 0, recent: []) },
            { $0.promotions = [.init(.listed([]), share: 2)] },
            { $0.promotions = [.init(.listed([]), share: 0.6), .init(.listed([]), share: 0.6)] },
        ]
        for change in changes {
            #expect(throws: SuggestionRequestError.self) { try select([]) { change(&$0) } }
        }
    }

    @Test func itemsWithoutScoresAreLastButThere() throws {
        var catalog = Catalog((0..<3).map { Item(id: "\($0)") })
        catalog.append(Item(id: "new"))
        #expect(
            try Selection(SuggestionRequest(now: 0), scores: [1, .nan, 2], catalog: catalog).items.map(\.item) == [2, 0, 1, 3])
        #expect(
            try Selection(SuggestionRequest(now: 0), scores: [1, 2, 3, 4, 5, 6], catalog: catalog).items.map(\.item) == [
                3, 2, 1, 0,
            ])
        #expect(try Selection(SuggestionRequest(diversity: 0.5, now: 0), scores: [], catalog: catalog).items.count == 4)
        #expect(try Selection(SuggestionRequest(now: 0), scores: [], catalog: Catalog()).items.isEmpty)
    }
}
