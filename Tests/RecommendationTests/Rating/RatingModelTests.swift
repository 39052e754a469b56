import Interactions
import Recommendation
import Testing

@Suite struct RatingModelTests {
    @Test func tastesAreRecovered() throws {
        let planted = try PlantedRatings()
        let model = try RatingModel(RatingData(planted.log), configuration: .small())
        // Biases alone leave the tastes' deviation of about the square root of 2.
        #expect(planted.error { model.predict(user: $0, item: $1) } < 0.25)
    }

    @Test func biasesAreRecovered() throws {
        let planted = try PlantedRatings(taste: 0, noise: 0.2, share: 0.6)
        let model = try RatingModel(RatingData(planted.log), configuration: .small())
        let items = (0..<planted.log.itemCount).map { model.explain(user: 0, item: $0).itemBias }
        let users = (0..<planted.log.userCount).map { model.explain(user: $0, item: 0).userBias }
        #expect(correlation(items, planted.itemBias) > 0.98)
        #expect(correlation(users, planted.userBias) > 0.98)
        #expect(planted.error { model.predict(user: $0, item: $1) } < 0.12)
    }

    @Test func driftInTimeIsRecovered() throws {
        let planted = try PlantedRatings(taste: 0.3, drift: 0.5, times: true)
        let model = try RatingModel(RatingData(planted.log), configuration: .small())
        for item in 0..<10 {
            func at(_ day: Int64) -> Float { model.predict(user: 3, item: item, time: PlantedRatings.start + day * PlantedRatings.day) }
            let change = at(75) - at(25)
            #expect(abs(change - (item % 2 == 0 ? 1 : -1)) < 0.4, "item \(item) changes by \(change)")
        }
        var without = RatingModel.Configuration.small()
        without.usesTime = false
        let data = RatingData(planted.log)
        let timed = try RatingEvaluation(crossValidating: data, folds: 3, configuration: .small())
        let untimed = try RatingEvaluation(crossValidating: data, folds: 3, configuration: without)
        #expect(timed.rmse < 0.75 * untimed.rmse)
    }

    @Test func theSameSeedGivesTheSameModel() throws {
        let data = RatingData(try PlantedRatings(times: true).log)
        let model = try RatingModel(data, configuration: .small(), seed: 3, threads: 1)
        let same = try RatingModel(data, configuration: .small(), seed: 3, threads: 2)
        let other = try RatingModel(data, configuration: .small(), seed: 4, threads: 2)
        func predictions(_ model: RatingModel) -> [Float] {
            (0..<120).flatMap { user in (0..<80).map { model.predict(user: user, item: $0, time: PlantedRatings.start + Int64(user) * PlantedRatings.day) } }
        }
        #expect(predictions(model) == predictions(same))
        #expect(predictions(model) != predictions(other))
    }

    @Test func predictionsStayWithinTheScale() throws {
        var builder = InteractionLogBuilder()
        for user in 0..<30 {
            for item in 0..<20 where (user + item) % 3 != 0 {
                try builder.append(Event(user: "\(user)", item: "\(item)", kind: .rating, value: user % 2 == 0 ? 5 : 1))
            }
        }
        let model = try RatingModel(RatingData(builder.build()), configuration: .small())
        #expect(model.range == 1...5)
        for user in 0..<30 {
            for item in 0..<20 { #expect((1...5).contains(model.predict(user: user, item: item))) }
        }
        #expect(model.predict(user: 0, item: 0) > 4.5)
        #expect(model.predict(user: 1, item: 2) < 1.5)
    }

    @Test func unknownUsersAndItemsFallBackToBiases() throws {
        let planted = try PlantedRatings(noise: 0.2, share: 0.6)
        let model = try RatingModel(RatingData(planted.log), configuration: .small())
        let nobody = model.explain(user: nil, item: 5)
        #expect(!nobody.knowsUser && nobody.knowsItem)
        #expect(abs(nobody.userBias) < 0.2)
        let unknown = model.explain(user: 5, item: nil)
        #expect(unknown.knowsUser && !unknown.knowsItem)
        #expect(unknown.itemBias == 0)
        let neither = model.explain(user: 100_000, item: -1)
        #expect(!neither.knowsUser && !neither.knowsItem)
        #expect(abs(neither.rating - neither.mean) < 0.3)
        let strangers = (0..<planted.log.itemCount).map { model.predict(user: nil, item: $0) }
        #expect(correlation(strangers, planted.itemBias) > 0.6)
    }

    @Test func partsAddUpToThePrediction() throws {
        let model = try RatingModel(RatingData(try PlantedRatings(times: true).log), configuration: .small())
        for user in 0..<20 {
            let parts = model.explain(user: user, item: user, time: PlantedRatings.start + 5 * PlantedRatings.day)
            let sum = parts.mean + parts.userBias + parts.itemBias + parts.time + parts.taste
            #expect(abs(parts.rating - min(max(sum, model.range.lowerBound), model.range.upperBound)) < 1e-4)
        }
    }

    @Test func usersWhoCameLaterAreFoldedIn() throws {
        let planted = try PlantedRatings(users: 160)
        let late = 120
        let model = try RatingModel(RatingData(planted.log.filtered { user, _ in user < late }), configuration: .small())
        let pairs = planted.unseen.filter { $0.user >= late }
        func error(_ predict: (Int, Int) -> Float) -> Float {
            (pairs.reduce(0) { $0 + (predict($1.user, $1.item) - planted.truth[$1.user][$1.item]) * (predict($1.user, $1.item) - planted.truth[$1.user][$1.item]) }
                / Float(pairs.count)).squareRoot()
        }
        let tastes = (0..<160).map { $0 < late ? nil : model.taste(of: planted.log.history(of: $0)) }
        #expect(error { model.explain(tastes[$0]!, item: $1).rating } < 0.35)
        #expect(error { model.predict(user: $0, item: $1) } > 1)
        #expect(model.isBehind(planted.log.history(of: late), of: late))
        #expect(!model.isBehind(planted.log.history(of: 3), of: 3))
        // Someone who was learned from comes out the same by their ratings alone.
        for item in 0..<20 {
            #expect(abs(model.predict(history: planted.log.history(of: 3), item: item) - model.predict(user: 3, item: item)) < 0.3)
        }
    }

    @Test func propertiesTellOfItemsWithoutRatings() throws {
        var builder = InteractionLogBuilder(items: IdentifierTable((0..<60).map { "i\($0)" }))
        for user in 0..<80 {
            for item in 0..<50 where (user * 7 + item * 3) % 4 != 0 {
                try builder.append(Event(user: "\(user)", item: "i\(item)", kind: .rating, value: item % 2 == 0 ? 4.5 : 1.5))
            }
        }
        let catalog = Dictionary(uniqueKeysWithValues: (0..<60).map { ($0, Item(id: "i\($0)", categories: [$0 % 2 == 0 ? "good" : "bad"])) })
        let model = try RatingModel(RatingData(builder.build(), catalog: catalog), configuration: .small())
        #expect(model.predict(user: 1, item: 58) > model.predict(user: 1, item: 59) + 1.5)
        #expect(!model.explain(user: 1, item: 58).knowsItem)
    }

    @Test func onlyTheLastRatingOfAnItemCounts() throws {
        var builder = InteractionLogBuilder()
        try builder.append(Event(user: "a", item: "x", kind: .rating, value: 1, time: 1))
        try builder.append(Event(user: "a", item: "x", kind: .view, time: 2))
        try builder.append(Event(user: "a", item: "x", kind: .rating, value: 4, time: 3))
        try builder.append(Event(user: "a", item: "y", kind: .rating, time: 4))
        let data = RatingData(builder.build())
        #expect(data.ratings == [.init(user: 0, item: 0, value: 4, time: 3)])
    }

    @Test func oddLogs() throws {
        #expect(throws: RatingModelError.noRatings) { try RatingModel(RatingData(InteractionLogBuilder().build())) }
        var builder = InteractionLogBuilder()
        try builder.append(Event(user: "a", item: "x", kind: .rating, value: 4))
        let data = RatingData(builder.build())
        #expect(try RatingModel(data, configuration: .small()).predict(user: 0, item: 0) == 4)
        var configuration = RatingModel.Configuration.small()
        configuration.draws = 1_000
        #expect(throws: RatingModelError.self) { try RatingModel(data, configuration: configuration) }
        #expect(throws: RatingModelError.tooFewRatings(count: 1, folds: 5)) { try RatingEvaluation(crossValidating: data, folds: 5) }
    }
}
