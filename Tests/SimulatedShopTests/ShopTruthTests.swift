import Interactions
import SimulatedShop
import Testing

@Suite struct ShopTruthTests {
    private static let configuration = ShopConfiguration(
        users: 500, items: 360, events: 40_000, days: 160, seed: 11, driftDay: 80)
    private static let shop = try! SimulatedShop(configuration)
    private static let events = Array(shop.events())

    private func number(_ id: String) -> Int { Int(id.dropFirst())! }
    private func day(_ event: Event) -> Int { Int((event.time! - Self.shop.time(of: 0)) / 86_400_000) }

    /// The mean share of items that the user likes less than those of the events.
    private func preferredShare(of events: some Sequence<Event>, on fixedDay: Int? = nil) -> Double {
        var sum = 0.0, count = 0.0
        for event in events {
            let user = number(event.user), day = fixedDay ?? day(event)
            let own = Self.shop.truth.preference(of: user, for: number(event.item), on: day)
            let less = stride(from: 0, to: 360, by: 6).count { Self.shop.truth.preference(of: user, for: $0, on: day) < own }
            sum += Double(less) / 60
            count += 1
        }
        return sum / count
    }

    @Test func tasteExplainsPurchasesBetterThanClicks() {
        let bought = preferredShare(of: Self.events.filter { $0.kind == .purchase }.prefix(800))
        let viewed = preferredShare(of: Self.events.filter { $0.kind == .view }.prefix(3_000))
        let hidden = preferredShare(of: Self.events.filter { $0.kind == .hide })
        #expect(bought > 0.8, "chance is 0.5")
        #expect(viewed > 0.65 && bought > viewed + 0.03, "views \(viewed), purchases \(bought)")
        #expect(hidden < viewed - 0.1)
    }

    @Test func driftChangesTheTruthOfSomeUsers() {
        let truth = Self.shop.truth
        var drifting = 0
        for user in 0..<500 {
            let before = truth.bestNext(for: user, on: 79, count: 5), after = truth.bestNext(for: user, on: 80, count: 5)
            let hasChanged = (0..<360).contains {
                truth.preference(of: user, for: $0, on: 79) != truth.preference(of: user, for: $0, on: 80)
            }
            #expect(hasChanged == truth.drifts(user))
            if truth.drifts(user) {
                drifting += 1
                #expect(before != after)
            }
        }
        #expect((200...300).contains(drifting), "half of them")
        let late = Self.events.filter { $0.kind == .purchase && day($0) >= 80 && truth.drifts(number($0.user)) }.prefix(500)
        let byNewTaste = preferredShare(of: late), byOldTaste = preferredShare(of: late, on: 79)
        #expect(byNewTaste > byOldTaste + 0.15, "what they buy follows the new taste")
    }

    @Test func withoutADriftDayNobodyDrifts() throws {
        let shop = try SimulatedShop(ShopConfiguration(users: 50, items: 60, events: 2_000))
        #expect((0..<50).allSatisfy { !shop.truth.drifts($0) })
        #expect(shop.truth.preference(of: 7, for: 9, on: 0) == shop.truth.preference(of: 7, for: 9, on: 179))
    }

    @Test func chancesAreThoseOfTheEvents() {
        // How often a view is of one of the user's ten likeliest items, against what the truth says of it.
        let truth = Self.shop.truth
        var expected = 0.0, seen = 0.0, count = 0.0
        let awaited = Set((0..<360).flatMap { truth.accessories(of: $0) })
        var best: [Int: (items: Set<Int>, chance: Double)] = [:]
        for event in Self.events where event.kind == .view && (40..<50).contains(day(event)) {
            let user = number(event.user)
            if best[user] == nil {
                let chances = truth.viewChances(of: user, on: 45)
                let total = chances.indices.filter { !awaited.contains($0) }.reduce(0.0) { $0 + Double(chances[$1]) }
                let items = chances.indices.filter { !awaited.contains($0) }.sorted { chances[$0] > chances[$1] }.prefix(10)
                best[user] = (Set(items), items.reduce(0.0) { $0 + Double(chances[$1]) } / total)
            }
            // Accessories are looked for besides.
            guard !awaited.contains(number(event.item)) else { continue }
            count += 1
            expected += best[user]!.chance
            if best[user]!.items.contains(number(event.item)) { seen += 1 }
        }
        #expect(count > 1_000)
        #expect(abs(expected - seen) / count < 0.04, "expected \(expected / count), seen \(seen / count)")
        #expect(expected / count > 0.15)
    }

    @Test func chancesSumToOneOverWhatIsThere() {
        let truth = Self.shop.truth
        for (user, day) in [(0, 0), (3, 100), (499, 159)] {
            for chances in [truth.viewChances(of: user, on: day), truth.purchaseChances(of: user, on: day)] {
                #expect(chances.count == 360)
                #expect(abs(chances.reduce(0, +) - 1) < 1e-3)
                #expect(chances.indices.allSatisfy { (chances[$0] > 0) == truth.isAvailable($0, on: day) })
            }
        }
    }

    @Test func theBestNextFollowTheChancesAndThePurchase() throws {
        let truth = Self.shop.truth
        let chances = truth.purchaseChances(of: 5, on: 20)
        let best = truth.bestNext(for: 5, on: 20, count: 10)
        #expect(best.count == 10 && Set(best).count == 10)
        #expect(zip(best, best.dropFirst()).allSatisfy { chances[$0] >= chances[$1] })
        #expect(chances[best[9]] >= chances.indices.filter { !best.contains($0) }.map { chances[$0] }.max()!)
        let lamp = try #require(Self.shop.items.firstIndex { $0.categories[0] == "lamps" })
        let after = truth.bestNext(for: 5, on: 20, afterBuying: lamp, count: 10)
        #expect(after[0] == truth.accessories(of: lamp)[0])
        #expect(Self.shop.items[after[0]].categories[0] == "light bulbs")
        #expect(truth.bestNext(for: 5, on: 20, count: 0).isEmpty)
    }

    @Test func ratingsFollowTasteAndBiases() {
        let ratings = Self.events.filter { $0.kind == .rating }
        var sums = (x: 0.0, y: 0.0, xx: 0.0, yy: 0.0, xy: 0.0)
        for event in ratings {
            let x = Self.shop.truth.expectedRating(of: number(event.user), for: number(event.item), on: day(event)),
                y = event.value!
            sums = (sums.x + x, sums.y + y, sums.xx + x * x, sums.yy + y * y, sums.xy + x * y)
        }
        let n = Double(ratings.count)
        #expect(n > 400)
        let covariance = sums.xy - sums.x * sums.y / n
        let correlation = covariance / ((sums.xx - sums.x * sums.x / n) * (sums.yy - sums.y * sums.y / n)).squareRoot()
        #expect(correlation > 0.6)
        #expect(abs(sums.x / n - sums.y / n) < 0.1, "ratings are right on average")
    }
}
