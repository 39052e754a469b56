import Interactions
import Recommendation
import SimulatedShop
import Testing

/// Whether what is learned is true, in a shop of which the truth is known.
@Suite struct LearnedPreferenceTests {
    private static let users = 500

    private static func shop(seed: UInt64, driftDay: Int? = nil, wandering: Double = 0.2) throws -> SimulatedShop {
        try SimulatedShop(
            ShopConfiguration(
                users: users, items: 200, events: 25_000, days: 120, seed: seed, driftDay: driftDay, driftShare: 1, wandering: wandering,
                arrivalShare: 0, departureShare: 0))
    }

    private static func log(_ shop: SimulatedShop, _ days: Range<Int>) throws -> InteractionLog {
        var builder = InteractionLogBuilder(items: IdentifierTable(shop.items.map(\.id)))
        for user in 0..<users { _ = builder.number(addingUser: SimulatedShop.userID(user)) }
        for event in shop.events(from: days.lowerBound, to: days.upperBound) { try builder.append(event) }
        return builder.build()
    }

    private static func train(
        _ log: InteractionLog, _ shop: SimulatedShop, weights: EventWeights = EventWeights(),
        members: [MemberConfiguration] = RecommenderTrainingTests.quick.filter { $0.name != "ease" }
    ) throws -> RecommenderModel {
        var options = RecommenderOptions(members: members, weights: weights)
        options.validationUsers = 300
        return try RecommenderTraining(options).train(log, catalog: Dictionary(uniqueKeysWithValues: shop.items.enumerated().map { ($0, $1) })).model
    }

    /// The mean over users of the chance that the next purchase is among the ten best of what was not bought yet.
    private static func worth(_ scores: (Int) -> [Float], of users: some Sequence<Int>, _ truth: ShopTruth, on day: Int, log: InteractionLog) -> Double {
        var sum = 0.0, count = 0.0
        for user in users {
            let bought = Set(log.history(of: user).filter { $0.kind == .purchase }.map(\.item))
            let chances = truth.purchaseChances(of: user, on: day), own = scores(user)
            let best = own.indices.filter { !bought.contains($0) }.sorted { own[$0] > own[$1] }.prefix(10)
            sum += best.reduce(0) { $0 + Double(chances[$1]) }
            count += 1
        }
        return sum / count
    }

    private static let some = stride(from: 0, to: users, by: 5)

    @Test func suggestionsAreNearerToTheTruthThanWhatIsPopular() throws {
        let shop = try Self.shop(seed: 1)
        let log = try Self.log(shop, 0..<120)
        let model = try Self.train(log, shop)
        let popularity = Popularity(TrainingData(log: log)).counts
        let blend = Self.worth({ model.blend.scores(Query(history: log.history(of: $0))) }, of: Self.some, shop.truth, on: 119, log: log)
        let popular = Self.worth({ _ in popularity }, of: Self.some, shop.truth, on: 119, log: log)
        let chance = 10.0 / 200
        #expect(popular > chance)
        #expect(blend > 1.5 * popular, "blend \(blend), popular \(popular)")
    }

    @Test func theOrderOfPreferenceIsLearned() throws {
        let shop = try Self.shop(seed: 2)
        let log = try Self.log(shop, 0..<120)
        let model = try Self.train(log, shop)
        let popularity = Popularity(TrainingData(log: log)).counts
        // The share of pairs of items that are in the order of the truth.
        func agreement(_ scores: [Float], _ truth: [Float]) -> Double {
            var right = 0.0, all = 0.0
            for left in stride(from: 0, to: 200, by: 3) {
                for other in stride(from: 1, to: 200, by: 4) where left != other && truth[left] != truth[other] {
                    all += 1
                    if (scores[left] > scores[other]) == (truth[left] > truth[other]) { right += 1 }
                }
            }
            return right / all
        }
        var (blend, popular, users) = (0.0, 0.0, 0.0)
        for user in Self.some {
            let truth = shop.truth.viewChances(of: user, on: 119)
            blend += agreement(model.blend.scores(Query(history: log.history(of: user))), truth)
            popular += agreement(popularity, truth)
            users += 1
        }
        #expect(popular / users > 0.5)
        #expect(blend / users > popular / users + 0.03, "blend \(blend / users), popular \(popular / users)")
    }

    @Test func retrainingRecoversFromDrift() throws {
        let shop = try Self.shop(seed: 3, driftDay: 60)
        let (before, all) = (try Self.log(shop, 0..<60), try Self.log(shop, 0..<120))
        let old = try Self.train(before, shop)
        let new = try Self.train(all, shop)
        let drifted = Self.some.filter { shop.truth.drifts($0) }
        func worth(_ model: RecommenderModel, knowing log: InteractionLog, on day: Int) -> Double {
            Self.worth({ model.blend.scores(Query(history: log.history(of: $0))) }, of: drifted, shop.truth, on: day, log: all)
        }
        let stale = worth(old, knowing: before, on: 119)
        let fresh = worth(new, knowing: all, on: 119)
        // A model that is not trained again follows the user's new events, which alone brings some of it back.
        let following = worth(old, knowing: all, on: 119)
        #expect(fresh > 1.3 * stale, "retrained \(fresh), stale \(stale)")
        #expect(following > stale, "following \(following), stale \(stale)")
    }

    @Test func weightsOfEventsHelp() throws {
        // Where most looks are idle, what people put into the cart and buy says more.
        var (weighed, equal) = (0.0, 0.0)
        let member: [MemberConfiguration] = [.neighbors(nil)]
        for seed in 4...6 as ClosedRange<UInt64> {
            let shop = try Self.shop(seed: seed, wandering: 0.6)
            let log = try Self.log(shop, 0..<120)
            for isWeighed in [true, false] {
                let model = try Self.train(log, shop, weights: isWeighed ? EventWeights() : .equal, members: member)
                let worth = Self.worth({ model.blend.scores(Query(history: log.history(of: $0))) }, of: Self.some, shop.truth, on: 119, log: log)
                if isWeighed { weighed += worth } else { equal += worth }
            }
        }
        #expect(weighed > equal, "with weights \(weighed / 3), without \(equal / 3)")
    }
}
