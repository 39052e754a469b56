import Interactions
import SimulatedShop
import Testing

@Suite struct ShopEventTests {
    private static let configuration = ShopConfiguration(users: 600, items: 400, events: 40_000, days: 150, seed: 3, driftDay: 75)
    private static let shop = try! SimulatedShop(configuration)
    private static let events = Array(shop.events())

    private func number(_ id: String) -> Int { Int(id.dropFirst())! }

    @Test func theSameSeedMakesTheSameEvents() throws {
        let small = ShopConfiguration(users: 50, items: 60, events: 2_000, days: 30, seed: 9)
        var other = small
        other.seed = 10
        let first = try SimulatedShop(small), second = try SimulatedShop(small), third = try SimulatedShop(other)
        #expect(Array(first.events()) == Array(second.events()))
        #expect(first.items == second.items)
        #expect(Array(first.events()) != Array(third.events()))
        #expect(first.items != third.items)
        // And again from the same shop.
        #expect(Array(first.events()) == Array(first.events()))
    }

    @Test func eventsComeInTheOrderOfTimeWithinTheirDays() {
        let times = Self.events.compactMap(\.time)
        #expect(times.count == Self.events.count)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(times.first! >= Self.shop.time(of: 0) && times.last! < Self.shop.time(of: 150))
    }

    @Test func partsAreSlicesOfTheWhole() {
        let cut = Self.shop.time(of: 60)
        #expect(Array(Self.shop.events(to: 60)) == Self.events.filter { $0.time! < cut })
        #expect(Array(Self.shop.events(from: 60)) == Self.events.filter { $0.time! >= cut })
        #expect(Array(Self.shop.events(from: 150)).isEmpty)
        #expect(Array(Self.shop.events(from: 20, to: 10)).isEmpty)
    }

    @Test(arguments: [(100, 3_000, 100), (5_000, 4_000, 20), (300, 60_000, 180), (40, 400, 365)])
    func thereAreAboutAsManyEventsAsAskedFor(users: Int, events: Int, days: Int) throws {
        let shop = try SimulatedShop(ShopConfiguration(users: users, items: 300, events: events, days: days, seed: 5))
        let count = shop.events().reduce(0) { sum, _ in sum + 1 }
        #expect(Double(abs(count - events)) < 0.25 * Double(events), "\(count) instead of \(events)")
    }

    @Test func kindsHaveTheSharesOfAShop() {
        var shares: [EventKind: Double] = [:]
        for event in Self.events { shares[event.kind, default: 0] += 1 / Double(Self.events.count) }
        #expect((0.7...0.88).contains(shares[.view]!))
        #expect(shares[.view]! > 5 * shares[.cart]!)
        #expect(shares[.cart]! > shares[.purchase]!)
        #expect((0.02...0.1).contains(shares[.purchase]!))
        for kind: EventKind in [.favorite, .removeFromCart, .rating, .hide] {
            #expect((0.001...0.06).contains(shares[kind] ?? 0), "\(kind)")
        }
    }

    @Test func clicksComeBeforeCartsBeforePurchasesBeforeRatings() {
        struct Pair: Hashable { var user: String, item: String }
        var viewed: Set<Pair> = [], bought: Set<Pair> = []
        var inCart: [Pair: Int] = [:]
        for event in Self.events {
            let pair = Pair(user: event.user, item: event.item)
            switch event.kind {
            case .view: viewed.insert(pair)
            case .favorite, .hide: #expect(viewed.contains(pair))
            case .cart:
                #expect(viewed.contains(pair))
                inCart[pair, default: 0] += 1
            case .removeFromCart, .purchase:
                #expect(inCart[pair, default: 0] > 0, "\(event)")
                inCart[pair, default: 0] -= 1
                if event.kind == .purchase { bought.insert(pair) }
            case .rating:
                #expect(bought.contains(pair))
                #expect((1...5).contains(event.value!) && event.value! == event.value!.rounded())
            default: Issue.record("unexpected \(event.kind)")
            }
        }
    }

    @Test func sessionsBelongToOneUserAndOneDay() {
        var seen: [String: (user: String, day: Int64)] = [:]
        for event in Self.events {
            let day = (event.time! - Self.shop.time(of: 0)) / 86_400_000
            let known = seen.updateValue((event.user, day), forKey: event.session!)
            if let known { #expect(known == (event.user, day)) }
        }
        #expect(seen.count > 2_000)
    }

    @Test func aFewItemsAreMostPopular() {
        var views: [String: Int] = [:]
        for event in Self.events where event.kind == .view { views[event.item, default: 0] += 1 }
        let counts = views.values.sorted(by: >)
        let total = Double(counts.reduce(0, +))
        #expect(Double(counts.prefix(40).reduce(0, +)) > 0.3 * total)
        #expect(counts.count > 300, "but most items are seen")
    }

    @Test func onlyAvailableItemsAreLookedAt() {
        for event in Self.events where event.kind != .rating && event.kind != .removeFromCart {
            let day = Int((event.time! - Self.shop.time(of: 0)) / 86_400_000)
            #expect(Self.shop.truth.isAvailable(number(event.item), on: day))
        }
        let start = Self.shop.items(on: 0), end = Self.shop.items(on: 149)
        #expect(start.count < end.count && end.count == 400)
        #expect(end.contains { $0.stock == 0 } && end.contains { $0.expires != nil })
        #expect(start.allSatisfy { $0.stock! > 0 && $0.added! <= Self.shop.time(of: 0) })
    }

    @Test func goodsSellInTheirSeason() throws {
        let shop = try SimulatedShop(ShopConfiguration(users: 800, items: 400, events: 80_000, days: 365, seed: 2))
        let category = Dictionary(uniqueKeysWithValues: shop.items.map { ($0.id, $0.categories[0]) })
        var summer = 0, winter = 0
        for event in shop.events() where event.kind == .view && category[event.item] == "swimwear" {
            let day = (event.time! - shop.time(of: 0)) / 86_400_000
            if (150..<220).contains(day) { summer += 1 } else if day < 35 || day >= 330 { winter += 1 }
        }
        #expect(summer > 100)
        #expect(Double(summer) > 2.5 * Double(winter), "\(summer) in summer, \(winter) in winter")
    }

    @Test func purchasesLeadToAccessories() {
        let truth = Self.shop.truth
        var awaited: [String: [Int]] = [:]
        var chances = 0, followed = 0
        var session: [String: String] = [:]
        for event in Self.events {
            if let items = awaited[event.user], event.kind == .view, session[event.user] != event.session {
                chances += 1
                if items.contains(number(event.item)) { followed += 1 }
                awaited[event.user] = nil
            }
            if event.kind == .purchase {
                let items = truth.accessories(of: number(event.item))
                awaited[event.user] = items.isEmpty ? nil : items
                session[event.user] = event.session
            }
        }
        #expect(chances > 300)
        #expect((0.45...0.75).contains(Double(followed) / Double(chances)), "\(followed) of \(chances)")
    }

    @Test(arguments: [(1, 1, 20), (1, 13, 40), (3, 2, 30), (2, 500, 50)])
    func tinyShopsWork(users: Int, items: Int, events: Int) throws {
        let shop = try SimulatedShop(ShopConfiguration(users: users, items: items, events: events, days: 40))
        #expect(shop.items.count == items)
        #expect(!Array(shop.events()).isEmpty)
        let sum = shop.truth.purchaseChances(of: 0, on: 10).reduce(0, +)
        #expect(abs(sum - 1) < 1e-4)
    }

    @Test func impossibleShopsAreRefused() {
        #expect(throws: ShopConfigurationError.outOfRange(name: "users", value: "0", allowed: "1 to 50000000")) {
            try SimulatedShop(ShopConfiguration(users: 0))
        }
        #expect(throws: ShopConfigurationError.self) { try SimulatedShop(ShopConfiguration(days: 0)) }
        #expect(throws: ShopConfigurationError.self) { try SimulatedShop(ShopConfiguration(start: .min)) }
        #expect(throws: ShopConfigurationError.self) { try SimulatedShop(ShopConfiguration(days: 10, driftDay: 11)) }
        #expect(throws: ShopConfigurationError.self) { try SimulatedShop(ShopConfiguration(wandering: .nan)) }
        #expect(throws: ShopConfigurationError.self) { try SimulatedShop(ShopConfiguration(users: .max)) }
        #expect { try SimulatedShop(ShopConfiguration(users: 5, items: 20, events: 100_000, days: 10)) } throws: { error in
            "\(error)".contains("more users or more days")
        }
    }
}
