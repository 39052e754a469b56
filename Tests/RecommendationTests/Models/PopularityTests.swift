import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct PopularityTests {
    private static let users = Histories.random(users: 30, items: 9, kinds: [.view, .cart, .purchase, .hide], lengths: 4...9, seed: 6)

    @Test func countsAreWeightsThatFade() throws {
        for halfLife in [nil, 3.0] {
            let data = TrainingData(log: try Histories.log(Self.users, items: 9), now: 12 * Histories.day)
            let model = Popularity(data, configuration: .init(halfLifeDays: halfLife))
            var expected = [Double](repeating: 0, count: 9)
            for event in Self.users.joined() {
                let age = Double(12 * Histories.day - event.time) / Double(Histories.day)
                expected[event.item] += EventWeights.usual[event.kind]! * (halfLife.map { pow(0.5, age / $0) } ?? 1)
            }
            #expect(areClose(model.counts, expected.map { max($0, 0) }))
            #expect(model.scores(Query(items: [1])) == model.counts)
        }
    }

    @Test func absorbedEventsGiveTheSharesOfFittingAgain() throws {
        let users = Histories.random(users: 30, items: 9, kinds: [.view, .cart, .purchase], lengths: 4...9, seed: 6)
        let last = users.flatMap { $0.suffix(2) }.map { HistoryEvent(item: $0.item, kind: $0.kind, time: $0.time + 20 * Histories.day) }
        let known = users.map { Array($0.dropLast(2)) }
        var model = Popularity(TrainingData(log: try Histories.log(known, items: 9)), configuration: .init(halfLifeDays: 7))
        for event in last { model.absorb(event, after: []) }
        let fitted = Popularity(TrainingData(log: try Histories.log(known + [last], items: 9)), configuration: .init(halfLifeDays: 7))
        let (sum, fittedSum) = (model.counts.reduce(0, +), fitted.counts.reduce(0, +))
        #expect(areClose(model.counts.map { $0 / sum }, fitted.counts.map { Double($0 / fittedSum) }))
        model.absorb(HistoryEvent(item: 20, kind: .purchase, time: 40 * Histories.day), after: [])
        #expect(model.itemCount == 21 && model.counts[20] > 0 && model.counts[19] == 0)
    }
}

@Suite struct ResurfacingTests {
    /// Two carts of item 0, of which one was bought; four views of item 1, none bought; a purchase that nothing preceded.
    private func model() throws -> Resurfacing {
        let users = [
            [HistoryEvent(item: 0, kind: .cart), HistoryEvent(item: 0, kind: .purchase, time: 1)], [HistoryEvent(item: 0, kind: .cart)],
            Histories.views([1, 1, 1, 1]), [HistoryEvent(item: 2, kind: .purchase)],
        ]
        return Resurfacing(TrainingData(log: try Histories.log(users, items: 5)))
    }

    /// A cart weighs 3, and what waited weighs 10 in all, for two good ends: a fifth.
    private static let conversion: [Double] = [2.0 / 11, 1.0 / 9, 2.0 / 5, 0.2, 0.2]

    @Test func whatWaitsIsShownAgainUntilItIsBought() throws {
        let model = try model(), share: [Double] = Self.conversion
        let waiting = [HistoryEvent(item: 0), HistoryEvent(item: 1, kind: .cart), HistoryEvent(item: 2, kind: .favorite), HistoryEvent(item: 9)]
        #expect(areClose(model.scores(Query(history: waiting)), [share[0], share[1] * 3, share[2] * 2, 0, 0] as [Double]))
        for kind in [EventKind.purchase, .hide] {
            let after = model.scores(Query(history: waiting + [HistoryEvent(item: 1, kind: kind)]))
            #expect(after[1] == 0 && after[0] == model.scores(Query(history: waiting))[0])
        }
        // What is carted again after it was bought waits again; what is taken out of the cart counts less.
        let again = waiting + [HistoryEvent(item: 1, kind: .purchase), HistoryEvent(item: 1, kind: .cart), HistoryEvent(item: 2, kind: .removeFromCart)]
        #expect(areClose(model.scores(Query(history: again)), [share[0], share[1] * 3, share[2], 0, 0] as [Double]))
        #expect(model.contributions(to: 1, of: Query(history: waiting)) == [0, 3, 0, 0])
        #expect(model.contributions(to: 4, of: Query(history: waiting)) == [0, 0, 0, 0])
    }

    @Test func whereNothingEverEndedTheWeightsDecide() throws {
        let model = Resurfacing(TrainingData(log: try Histories.log([Histories.views([0, 0, 1])], items: 3)))
        #expect(areClose(model.scores(Query(history: [HistoryEvent(item: 0), HistoryEvent(item: 1, kind: .cart)])), [1, 3, 0]))
    }
}
