import Foundation
import Interactions
import Recommendation
import Testing

@Suite struct SessionNeighborsTests {
    private static let items = 14

    /// Sessions of random lengths, one after the other in time; the user of each is another.
    private static func sessions(_ count: Int, seed: UInt64) -> [[HistoryEvent]] {
        Histories.random(users: count, items: items, lengths: 1...6, seed: seed).enumerated().map { number, events in
            events.map { HistoryEvent(item: $0.item, kind: .view, time: $0.time + Int64(number) * 100 * Histories.day) }
        }
    }

    /// What the definition says when all sessions are looked at and all speak.
    private static func reference(_ sessions: [[Int]], _ query: [Int], _ configuration: SessionNeighbors.Configuration) -> [Double] {
        let sessions = sessions.filter { $0.count >= 2 }
        var repeats = 0, steps = 0
        for session in sessions {
            steps += session.count - 1
            repeats += zip(session, session.dropFirst()).count { $0 == $1 }
        }
        // For each item of the query the place from the end where it was last.
        var places: [Int: Int] = [:]
        for (place, item) in query.suffix(configuration.steps).reversed().enumerated() where places[item] == nil { places[item] = place }
        var scores = [Double](repeating: 0, count: items)
        for session in sessions {
            let shared = places.filter { session.contains($0.key) }
            guard let nearest = shared.min(by: { $0.value < $1.value }) else { continue }
            let similarity = shared.values.reduce(0) { $0 + 1 - Double($1) / Double(configuration.steps) }
            let weight = similarity * max(1 - Double(configuration.fall) * Double(nearest.value), 0.05)
            let middle = session.lastIndex(of: nearest.key)!
            for item in Set(session) {
                let distance = session.indices.filter { session[$0] == item }.map { abs($0 - middle) }.min()!
                scores[item] += weight / (1 + Double(configuration.distance) * Double(distance))
            }
        }
        scores[query.last!] *= Double(repeats) / Double(max(steps, 1))
        for item in scores.indices {
            let holders = sessions.count { $0.contains(item) }
            scores[item] *= pow(log1p(Double(sessions.count) / Double(max(holders, 1))), Double(configuration.rarity))
        }
        return scores
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func scoresAreThoseOfTheDefinition(seed: UInt64) throws {
        let sessions = Self.sessions(60, seed: seed)
        var configuration = SessionNeighbors.Configuration()
        configuration.steps = 4
        configuration.rarity = seed % 2 == 0 ? 1 : 0.5
        configuration.distance = seed == 3 ? 0 : 0.7
        let model = SessionNeighbors(
            TrainingData(log: try Histories.log(sessions, items: Self.items), weights: .equal), configuration: configuration)
        for query in Histories.random(users: 30, items: Self.items, seed: seed + 100).map({ $0.map(\.item) }) {
            let expected = Self.reference(sessions.map { $0.map(\.item) }, query, configuration)
            #expect(areClose(model.scores(Query(items: query)), expected))
        }
    }

    @Test func sessionsOfOneUserAreApart() throws {
        let log = try Histories.log([Histories.views([0, 1, 2, 3])], items: 4) { _, place in place < 2 ? "a" : "b" }
        let model = SessionNeighbors(TrainingData(log: log))
        #expect(model.similar(to: 0, count: 9).map(\.item) == [1])
        #expect(model.similar(to: 3, count: 9).map(\.item) == [2])
    }

    @Test func onlyTheLatestSessionsOfAnItemAreLookedAt() throws {
        var configuration = SessionNeighbors.Configuration()
        configuration.sample = 1
        let old = Histories.views([0, 1]), new = Histories.views([0, 2]).map { HistoryEvent(item: $0.item, time: $0.time + 50 * Histories.day) }
        for users in [[old, new], [new, old]] {
            let model = SessionNeighbors(TrainingData(log: try Histories.log(users, items: 3)), configuration: configuration)
            #expect(model.similar(to: 0, count: 9).map(\.item) == [2])
        }
        configuration.sample = 10
        configuration.neighbors = 1
        // Of equals the later speaks.
        let model = SessionNeighbors(TrainingData(log: try Histories.log([new, old], items: 3)), configuration: configuration)
        #expect(model.similar(to: 0, count: 9).map(\.item) == [2])
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func contributionsSumToTheScores(seed: UInt64) throws {
        let log = try Histories.log(Self.sessions(60, seed: seed), items: Self.items)
        var configuration = SessionNeighbors.Configuration()
        (configuration.steps, configuration.neighbors, configuration.sample) = (4, 12, seed == 3 ? 2 : 1_000)
        let model = SessionNeighbors(TrainingData(log: log, weights: .equal), configuration: configuration)
        for query in Histories.random(users: 20, items: Self.items, seed: seed + 200).map({ Query(history: $0) }) {
            let parts = model.contributions(to: Array(0..<Self.items), of: query), scores = model.scores(query)
            for item in 0..<Self.items {
                #expect(abs(parts[item].reduce(0, +) - scores[item]) < 1e-3 * max(scores[item], 1))
                #expect(parts[item].dropLast(configuration.steps).allSatisfy { $0 == 0 })
            }
        }
    }

    @Test func contributionsNameTheSharedEvents() throws {
        let log = try Histories.log([Histories.views([0, 1]), Histories.views([2, 3])], items: 4)
        let model = SessionNeighbors(TrainingData(log: log))
        let shares = model.contributions(to: 1, of: Query(items: [0, 2]))
        #expect(shares[0] > 0 && shares[1] == 0)
        #expect(model.scores(Query(items: [9])).allSatisfy { $0 == 0 })
    }
}
