import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct PopularityTests {
    private static let users = Histories.random(users: 30, items: 9, kinds: [.view, .cart, .purchase, .hide], lengths: 4...9, seed: 6)

    @Test func countsAreWeightsThatFade() throws {
        for (halfLife, own, ofAll) in [(nil, nil, nil), (3, 3, nil), (3, nil, 3), (2, 3, 6)] as [(Double?, Double?, Double?)] {
            let data = TrainingData(
                log: try Histories.log(Self.users, items: 9), weights: EventWeights(halfLifeDays: ofAll), now: 12 * Histories.day)
            let model = Popularity(data, configuration: .init(halfLifeDays: own))
            var expected = [Double](repeating: 0, count: 9)
            for event in Self.users.joined() {
                let age = Double(12 * Histories.day - event.time) / Double(Histories.day)
                expected[event.item] += EventWeights.usual[event.kind]! * (halfLife.map { pow(0.5, age / $0) } ?? 1)
            }
            #expect(areClose(model.counts, expected.map { max($0, 0) }))
            #expect(model.scores(Query(items: [1])) == model.counts)
        }
    }

    @Test(arguments: [nil, 9.0]) func absorbedEventsGiveTheSharesOfFittingAgain(halfLifeOfAll: Double?) throws {
        let weights = EventWeights(halfLifeDays: halfLifeOfAll)
        let users = Histories.random(users: 30, items: 9, kinds: [.view, .cart, .purchase], lengths: 4...9, seed: 6)
        let last = users.flatMap { $0.suffix(2) }.map { HistoryEvent(item: $0.item, kind: $0.kind, time: $0.time + 20 * Histories.day) }
        let known = users.map { Array($0.dropLast(2)) }
        var model = Popularity(TrainingData(log: try Histories.log(known, items: 9), weights: weights), configuration: .init(halfLifeDays: 7))
        for event in last { model.absorb(event, after: []) }
        let fitted = Popularity(
            TrainingData(log: try Histories.log(known + [last], items: 9), weights: weights), configuration: .init(halfLifeDays: 7))
        let (sum, fittedSum) = (model.counts.reduce(0, +), fitted.counts.reduce(0, +))
        #expect(areClose(model.counts.map { $0 / sum }, fitted.counts.map { Double($0 / fittedSum) }))
        model.absorb(HistoryEvent(item: 20, kind: .purchase, time: 40 * Histories.day), after: [])
        #expect(model.itemCount == 21 && model.counts[20] > 0 && model.counts[19] == 0)
    }
}
