import Interactions
import Recommendation
import TestSupport
import Testing

@Suite struct ResurfacingTests {
    /// Two carts of item 0, of which one was bought; four views of item 1, none bought; a purchase that nothing preceded.
    private func model() throws -> Resurfacing {
        let users = [
            [HistoryEvent(item: 0, kind: .cart), HistoryEvent(item: 0, kind: .purchase, time: 1)], [HistoryEvent(item: 0, kind: .cart)],
            Histories.views([1, 1, 1, 1]), [HistoryEvent(item: 2, kind: .purchase)],
        ]
        return Resurfacing(TrainingData(log: try Histories.log(users, items: 5)))
    }

    /// Three users waited, one of them with a good end: a third, which says as much as five users.
    private static let rates: [Double] = [(1 + 5.0 / 3) / 7, (5.0 / 3) / 6, 1.0 / 3, 1.0 / 3, 1.0 / 3]

    /// The scores, as shares of their sum.
    private func shares(_ model: Resurfacing, _ history: [HistoryEvent]) -> [Float] {
        let scores = model.scores(Query(history: history)), sum = scores.reduce(0, +)
        return scores.map { $0 / sum }
    }

    private func shares(_ scores: [Double]) -> [Double] { scores.map { $0 / scores.reduce(0, +) } }

    @Test func whatWaitsIsShownAgainUntilItIsBought() throws {
        let model = try model(), rate: [Double] = Self.rates
        let waiting = [HistoryEvent(item: 0), HistoryEvent(item: 1, kind: .cart), HistoryEvent(item: 2, kind: .favorite), HistoryEvent(item: 9)]
        // One purchase that left nothing behind teaches nothing: the weight times the share that ended well.
        #expect(areClose(shares(model, waiting), shares([rate[0], rate[1] * 3, rate[2] * 2, 0, 0])))
        for kind in [EventKind.purchase, .hide] {
            let after = shares(model, waiting + [HistoryEvent(item: 1, kind: kind)])
            #expect(areClose(after, shares([rate[0], 0, rate[2] * 2, 0, 0])))
        }
        // What is carted again after it was bought waits again; what is taken out of the cart counts less.
        let again = waiting + [HistoryEvent(item: 1, kind: .purchase), HistoryEvent(item: 1, kind: .cart), HistoryEvent(item: 2, kind: .removeFromCart)]
        #expect(areClose(shares(model, again), shares([rate[0], rate[1] * 3, rate[2], 0, 0])))
        #expect(model.contributions(to: 1, of: Query(history: waiting)) == [0, 3, 0, 0])
        #expect(model.contributions(to: 4, of: Query(history: waiting)) == [0, 0, 0, 0])
        #expect(model.scores(Query(history: [])) == [0, 0, 0, 0, 0])
    }

    @Test func whereNothingEverEndedTheWeightsDecide() throws {
        let model = Resurfacing(TrainingData(log: try Histories.log([Histories.views([0, 0, 1])], items: 3)))
        #expect(areClose(shares(model, [HistoryEvent(item: 0), HistoryEvent(item: 1, kind: .cart)]), [0.25, 0.75, 0]))
    }

    /// Users cart five items by chance and buy the one that `choice` takes of them.
    private static func carts(_ count: Int, items: Int, timed: Bool = true, choice: ([Int]) -> Int) -> [[HistoryEvent]] {
        var random = SeededGenerator(seed: 3)
        return (0..<count).map { _ in
            let carted = Array((0..<items).shuffled(using: &random).prefix(5))
            let events = carted.map { HistoryEvent(item: $0, kind: .cart) } + [HistoryEvent(item: choice(carted), kind: .purchase)]
            return events.enumerated().map { HistoryEvent(item: $1.item, kind: $1.kind, time: timed ? Int64($0 + 1) * Histories.day : 0) }
        }
    }

    @Test(arguments: [true, false])
    func learnsWhetherTheLatestOrTheOldestIsBought(latest: Bool) throws {
        let users = Self.carts(200, items: 40) { latest ? $0.last! : $0.first! }
        let model = Resurfacing(TrainingData(log: try Histories.log(users, items: 40)))
        let history = Histories.views([30, 31, 32, 33]).map { HistoryEvent(item: $0.item, kind: .cart, time: $0.time) }
        let shares = shares(model, history)
        #expect(shares[latest ? 33 : 30] > 0.6)
    }

    /// Each item has a partner: who bought the one buys the other, whatever else waits.
    @Test func learnsThatWhatGoesWithAPurchaseIsBought() throws {
        var random = SeededGenerator(seed: 8)
        let users = (0..<400).map { _ -> [HistoryEvent] in
            let pair = Int.random(in: 0..<20, using: &random)
            let others = (0..<40).filter { $0 / 2 != pair }.shuffled(using: &random).prefix(4)
            let carted = (others + [2 * pair + 1]).shuffled(using: &random).map { HistoryEvent(item: $0, kind: .cart) }
            return carted + [2 * pair, 2 * pair + 1].map { HistoryEvent(item: $0, kind: .purchase) }
        }
        let model = Resurfacing(TrainingData(log: try Histories.log(users, items: 40)))
        let history = [HistoryEvent(item: 6, kind: .purchase)] + [7, 11, 21, 31].map { HistoryEvent(item: $0, kind: .cart) }
        #expect(shares(model, history)[7] > 0.6)
    }

    /// Purchases by chance among what waits say nothing: all that was carted as often stays about as likely.
    @Test func learnsNothingFromChance() throws {
        var random = SeededGenerator(seed: 5)
        let users = Self.carts(500, items: 40) { $0.randomElement(using: &random)! }
        let model = Resurfacing(TrainingData(log: try Histories.log(users, items: 40)))
        let history = [3, 14, 15, 26].enumerated().map { HistoryEvent(item: $1, kind: .cart, time: Int64($0) * Histories.day) }
        for share in shares(model, history) where share > 0 { #expect((0.1...0.45).contains(share)) }
    }

    @Test func theSameEachTimeAndInAnyOrderWithoutTimes() throws {
        let data = TrainingData(log: try Histories.log(Self.carts(100, items: 30, timed: false) { $0.max()! }, items: 30))
        let history = [3, 14, 15, 26].map { HistoryEvent(item: $0, kind: .cart) }
        let scores = Resurfacing(data).scores(Query(history: history))
        #expect(scores == Resurfacing(data).scores(Query(history: history)))
        // A log that knows no order makes nothing of the order of a history.
        #expect(areClose(scores, Resurfacing(data).scores(Query(history: history.reversed())).map(Double.init)))
    }
}
