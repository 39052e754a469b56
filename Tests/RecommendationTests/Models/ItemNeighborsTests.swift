import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct ItemNeighborsTests {
    @Test func whatWasDoneLongAgoSpeaksLess() throws {
        let log = try Histories.log(Histories.random(users: 40, items: 6, seed: 3), items: 6)
        let history = [HistoryEvent(item: 0, time: Histories.day), HistoryEvent(item: 1, time: 21 * Histories.day)]
        func shares(_ halfLife: Double?, now: Int64? = nil) -> [Float] {
            ItemNeighbors(TrainingData(log: log, weights: EventWeights(halfLifeDays: halfLife), now: 0))
                .contributions(to: 3, of: Query(history: history, now: now))
        }
        let whole = shares(nil), aged = shares(10)
        #expect(abs(aged[0] - whole[0] / 4) < 1e-6 && abs(aged[1] - whole[1]) < 1e-6 && whole[0] > 0)
        // A later question finds all of it older.
        #expect(zip(shares(10, now: 31 * Histories.day), aged).allSatisfy { abs($0 - $1 / 2) < 1e-6 })
        // Of a log without times nothing is old.
        let untimed = Query(items: [0, 1])
        for halfLife in [nil, 10.0] {
            let model = ItemNeighbors(TrainingData(log: log, weights: EventWeights(halfLifeDays: halfLife), now: 0))
            #expect(zip(model.contributions(to: 3, of: Query(history: untimed.history, now: 31 * Histories.day)), whole).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    /// What the docstrings of the configuration say, pair by pair, in double precision.
    private struct Reference {
        var counts: [[Double]]
        var frequencies: [Double]
        let configuration: ItemNeighbors.Configuration
        let weights: EventWeights

        init(_ users: [[HistoryEvent]], items: Int, _ configuration: ItemNeighbors.Configuration, _ weights: EventWeights) {
            self.configuration = configuration
            self.weights = weights
            counts = Array(repeating: Array(repeating: 0, count: items), count: items)
            frequencies = Array(repeating: 0, count: items)
            for history in users {
                let steps = history.filter { weights.weight(of: $0) > 0 }
                for event in steps { frequencies[event.item] += weights.weight(of: event) }
                let share = pow(Double(max(steps.count, 1)), -Double(configuration.lengthPower))
                for (place, from) in steps.enumerated() {
                    for (other, to) in steps.enumerated() where to.item != from.item && abs(other - place) <= configuration.window {
                        let near = pow(Double(abs(other - place)), -Double(configuration.distancePower))
                        let direction = other > place ? 1 : Double(configuration.backward)
                        counts[from.item][to.item] += weights.weight(of: to) * share * near * direction
                    }
                }
            }
        }

        func scores(_ history: [HistoryEvent]) -> [Double] {
            var scores = [Double](repeating: 0, count: frequencies.count)
            let balance = Double(configuration.balance)
            var share = 1.0
            for event in history.filter({ weights.weight(of: $0) > 0 }).suffix(configuration.steps).reversed() {
                for item in scores.indices where counts[event.item][item] > 0 {
                    let norm = pow(frequencies[event.item], 1 - balance) * pow(frequencies[item], balance)
                    scores[item] += share * weights.weight(of: event) * counts[event.item][item] / (norm + Double(configuration.shrinkage))
                }
                share *= Double(configuration.decay)
            }
            return scores
        }
    }

    private static let kinds: [EventKind] = [.view, .cart, .purchase, .hide]

    @Test func aPairByHand() throws {
        // One user looked at 0, 1 and 2; another at 0 and 2.
        let log = try Histories.log([Histories.views([0, 1, 2]), Histories.views([0, 2])], items: 3)
        var configuration = ItemNeighbors.Configuration()
        configuration.shrinkage = 1
        configuration.balance = 0.5
        configuration.backward = 0.5
        configuration.distancePower = 1
        let model = ItemNeighbors(TrainingData(log: log), configuration: configuration)
        // 0 was met twice, 1 once, 2 twice. From 0 to 2: a half (two steps away) and one; from 0 to 1: one.
        let after0 = model.scores(Query(items: [0]))
        #expect(after0[0] == 0)
        #expect(abs(after0[1] - 1 / (Float(2).squareRoot() + 1)) < 1e-6)
        #expect(abs(after0[2] - 1.5 / (2 + 1)) < 1e-6)
        // Backward counts half.
        #expect(abs(model.scores(Query(items: [2]))[0] - 0.5 * 1.5 / 3) < 1e-6)
        #expect(model.similar(to: 0, count: 5).map(\.item) == [2, 1])
        #expect(model.similar(to: 7, count: 5).isEmpty)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func scoresAreThoseOfTheDefinition(seed: UInt64) throws {
        let users = Histories.random(users: 60, items: 25, kinds: Self.kinds, seed: seed)
        var configuration = ItemNeighbors.Configuration()
        configuration.window = 2 + Int(seed)
        configuration.steps = 4
        configuration.lengthPower = seed % 2 == 0 ? 0.7 : 0
        configuration.shrinkage = Float(seed)
        let weights = EventWeights()
        let model = ItemNeighbors(
            TrainingData(log: try Histories.log(users, items: 25), weights: weights), configuration: configuration)
        let reference = Reference(users, items: 25, configuration, weights)
        for history in users { #expect(areClose(model.scores(Query(history: history)), reference.scores(history))) }
    }

    @Test func blocksDoNotChangeAnything() throws {
        let users = Histories.random(users: 80, items: 30, kinds: Self.kinds, seed: 9)
        let data = TrainingData(log: try Histories.log(users, items: 30))
        let whole = ItemNeighbors(data)
        for pairs in [0, 1, 17, 100, 1000] {
            let inBlocks = ItemNeighbors(data, configuration: nil, pairsAtOnce: pairs)
            for history in users.prefix(20) {
                #expect(inBlocks.scores(Query(history: history)) == whole.scores(Query(history: history)), "\(pairs) pairs at once")
            }
        }
    }

    @Test func absorbingEventsIsFittingAgain() throws {
        // Nothing ages, histories of any length count the same, and no neighbors are cut off: then they are equal.
        let users = Histories.random(users: 40, items: 20, kinds: Self.kinds, lengths: 3...10, seed: 5)
        let known = users.map { Array($0.dropLast(2)) }
        var model = ItemNeighbors(TrainingData(log: try Histories.log(known, items: 20)), configuration: .init())
        for user in users {
            for place in user.indices.suffix(2) { model.absorb(user[place], after: Array(user[..<place])) }
        }
        let fitted = ItemNeighbors(TrainingData(log: try Histories.log(users, items: 20)), configuration: .init())
        for history in users {
            let query = Query(history: history)
            #expect(areClose(model.scores(query), fitted.scores(query).map(Double.init)))
            for item in 0..<20 {
                #expect(areClose(model.contributions(to: item, of: query), fitted.contributions(to: item, of: query).map(Double.init)))
            }
        }
    }

    @Test func anItemNobodyHadMetIsAbsorbed() throws {
        let log = try Histories.log([Histories.views([0, 1]), Histories.views([1, 0])], items: 2)
        var model = ItemNeighbors(TrainingData(log: log))
        model.absorb(HistoryEvent(item: 4, kind: .purchase), after: [HistoryEvent(item: 1)])
        #expect(model.itemCount == 5)
        #expect(model.scores(Query(items: [1]))[4] > 0)
        #expect(model.scores(Query(items: [4]))[1] > 0)
        #expect(model.scores(Query(items: [3])).allSatisfy { $0 == 0 })
        // What the user does not want teaches nothing.
        let before = model.scores(Query(items: [1]))
        model.absorb(HistoryEvent(item: 0, kind: .hide), after: [HistoryEvent(item: 1)])
        #expect(model.scores(Query(items: [1])) == before)
    }

    @Test func withoutOrderTheCountsAreSymmetric() throws {
        let users = Histories.random(users: 50, items: 15, seed: 3).map { $0.map { HistoryEvent(item: $0.item, kind: .view, time: 7) } }
        let log = try Histories.log(users, items: 15)
        #expect(!log.isOrdered)
        let model = ItemNeighbors(TrainingData(log: log, weights: .equal))
        #expect(model.configuration == .unordered)
        var met = [Double](repeating: 0, count: 15)
        for event in users.joined() { met[event.item] += 1 }
        let (balance, shrinkage) = (Double(model.configuration.balance), Double(model.configuration.shrinkage))
        let scores = (0..<15).map { model.scores(Query(items: [$0])).map(Double.init) }
        for left in 0..<15 {
            for right in 0..<15 {
                let count = scores[left][right] * (pow(met[left], 1 - balance) * pow(met[right], balance) + shrinkage)
                let back = scores[right][left] * (pow(met[right], 1 - balance) * pow(met[left], balance) + shrinkage)
                #expect(abs(count - back) < 1e-4)
            }
        }
    }

    @Test func contributionsSumToTheScore() throws {
        let users = Histories.random(users: 50, items: 15, kinds: Self.kinds, seed: 11)
        let model = ItemNeighbors(TrainingData(log: try Histories.log(users, items: 15)))
        for history in users {
            let query = Query(history: history + [HistoryEvent(item: 99)])
            let scores = model.scores(query)
            for item in 0..<15 {
                #expect(abs(model.contributions(to: item, of: query).reduce(0, +) - scores[item]) < 1e-4)
            }
        }
        #expect(model.contributions(to: 99, of: Query(items: [1, 2])) == [0, 0])
    }

    @Test func onlySoManyNeighborsAreKept() throws {
        let users = Histories.random(users: 100, items: 30, seed: 2)
        let data = TrainingData(log: try Histories.log(users, items: 30))
        var configuration = ItemNeighbors.Configuration()
        let all = ItemNeighbors(data, configuration: configuration)
        configuration.neighbors = 3
        let few = ItemNeighbors(data, configuration: configuration)
        for item in 0..<30 {
            let kept = few.scores(Query(items: [item]))
            let whole = all.scores(Query(items: [item]))
            #expect(kept.count { $0 > 0 } <= 3)
            for other in 0..<30 where kept[other] > 0 { #expect(kept[other] == whole[other]) }
        }
    }

    @Test func whatHasAgedToNothingIsForgotten() throws {
        let old = [[0, 1, 0, 1], [1, 0, 1]].map { Histories.views($0) }
        let recent = Histories.views([2, 3]).map { HistoryEvent(item: $0.item, kind: .view, time: $0.time + 4000 * Histories.day) }
        let log = try Histories.log(old + [recent], items: 4)
        let model = ItemNeighbors(TrainingData(log: log, weights: EventWeights(halfLifeDays: 1)))
        #expect(model.similar(to: 0, count: 10).isEmpty)
        #expect(model.similar(to: 2, count: 10).map(\.item) == [3])
        #expect(model.scores(Query(items: [0, 1])).allSatisfy { $0.isFinite })
    }
}
