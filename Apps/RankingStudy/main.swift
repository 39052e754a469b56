import Foundation
import Interactions
import Recommendation

let root = "/work/shared/data/logs"
func value(_ name: String, _ standard: Float) -> Float {
    CommandLine.arguments.first { $0.hasPrefix(name + "=") }.flatMap { Float($0.dropFirst(name.count + 1)) } ?? standard
}

let only = CommandLine.arguments.first { $0.hasPrefix("only=") }.map { String($0.dropFirst(5)) }
let which = CommandLine.arguments.first { $0.hasPrefix("model=") }.map { String($0.dropFirst(6)) } ?? "neighbors"
func fit(_ data: TrainingData) throws -> any RankingModel {
    switch which {
    case "als":
        var c = AlternatingLeastSquares.Configuration()
        c.factors = Int(value("factors", 64)); c.iterations = Int(value("iterations", 15)); c.penalty = value("penalty", c.penalty); c.confidence = value("confidence", c.confidence)
        var last = Date()
        return try AlternatingLeastSquares(data, configuration: c) { _ in
            if value("verbose", 0) > 0 { print("iteration", Date().timeIntervalSince(last)) }
            last = Date()
        }
    case "sessions":
        var c = SessionNeighbors.Configuration()
        c.steps = Int(value("steps", Float(c.steps))); c.sample = Int(value("sample", Float(c.sample))); c.neighbors = Int(value("k", Float(c.neighbors))); c.rarity = value("rarity", c.rarity)
        return SessionNeighbors(data, configuration: c)
    case "content":
        return ContentSimilarity(data)
    case "popularity": return Popularity(data)
    case "ease":
        var c = EASE.Configuration()
        c.penalty = value("penalty", c.penalty); c.decay = value("decay", c.decay); c.neighbors = Int(value("neighbors", Float(c.neighbors))); c.bytes = 16 << 30
        return try EASE(data, configuration: c)
    default:
        var configuration = data.log.isOrdered ? ItemNeighbors.Configuration() : .unordered
        configuration.lengthPower = value("length", configuration.lengthPower)
        configuration.neighbors = Int(value("n", Float(configuration.neighbors)))
        configuration.window = Int(value("window", Float(configuration.window)))
        configuration.distancePower = value("distance", configuration.distancePower)
        configuration.backward = value("backward", configuration.backward)
        configuration.shrinkage = value("shrinkage", configuration.shrinkage)
        configuration.balance = value("balance", configuration.balance)
        configuration.steps = Int(value("steps", Float(configuration.steps)))
        configuration.decay = value("decay", configuration.decay)
        return ItemNeighbors(data, configuration: configuration)
    }
}
func blended(_ data: TrainingData, _ validation: [EvaluationCase], _ shop: String) throws -> Blend {
    let n = ItemNeighbors(data)
    var members: [Blend.Member] = [.init(n, weight: 1)]
    var c = AlternatingLeastSquares.Configuration(); c.penalty = 5
    members.append(.init(try AlternatingLeastSquares(data, configuration: c), weight: 1))
    var e = EASE.Configuration(); e.bytes = 2 << 30; e.decay = value("decay", 0.8)
    if let ease = try? EASE(data, configuration: e) { members.append(.init(ease, weight: 1)) }
    members.append(.init(SessionNeighbors(data), weight: 1))
    if !data.catalog.isEmpty { members.append(.init(ContentSimilarity(data), weight: 1)) }
    members.append(.init(Popularity(data), weight: 1))
    var blend = Blend(members, popularity: Popularity(data).counts)
    for member in members {
        let m = try RankingEvaluation(member.model, cases: validation, threads: 2).metrics(at: 10)
        print("  ", type(of: member.model).name, String(format: "validation HR@10 %.4f NDCG@10 %.4f", m.hitRate, m.ndcg))
    }
    let gain = try blend.fitWeights(on: validation, threads: 2)
    print("  ", blend.members.map { "\(type(of: $0.model).name) \($0.weight)" }, gain)
    return blend
}
for shop in ["beauty", "sports", "lastfm"] where only == nil || only == shop {
    let log = try SequenceFile.read("\(root)/\(shop)/sequences.txt")
    let split = LeaveOneOut(log)
    let data = TrainingData(log: split.training, weights: .equal)
    let start = Date()
    var d = data
    if let attributes = try? Data(contentsOf: URL(fileURLWithPath: "\(root)/\(shop)/item-attributes.json")), value("attributes", 1) > 0,
        let table = try? JSONDecoder().decode([String: [Int]].self, from: attributes) {
        for (id, list) in table {
            if let n = log.items.number(of: id) { d.catalog[n] = Item(id: id, properties: ["attributes": .list(list.map { .number(Double($0)) })]) }
        }
    }
    let model = which == "blend" ? try blended(d, split.validation, shop) : try fit(d)
    let fitted = Date().timeIntervalSince(start)
    for (name, cases) in [("validation", split.validation), ("test", split.test)] {
        let m = try RankingEvaluation(model, cases: cases, threads: 2).metrics(at: 10)
        print(shop, name, String(format: "HR@10 %.4f NDCG@10 %.4f  fit %.1f s", m.hitRate, m.ndcg, fitted))
    }
}
if only == "gowalla" {
    var builder = InteractionLogBuilder()
    try SequenceFile.read("\(root)/gowalla/train.txt", isOrdered: false, into: &builder)
    let log = builder.build()
    var all = InteractionLogBuilder(users: log.users, items: log.items)
    try SequenceFile.read("\(root)/gowalla/test.txt", isOrdered: false, into: &all)
    let test = all.build()
    let data = TrainingData(log: log, weights: .equal)
    let start = Date()
    let model = try fit(data)
    let fitted = Date().timeIntervalSince(start)
    let every = Int(value("every", 5))
    let cases = (0..<log.userCount).filter { $0 % every == 0 }.compactMap { user -> EvaluationCase? in
        let targets = test.history(of: user).map(\.item)
        let history = log.history(of: user)
        return targets.isEmpty ? nil : EvaluationCase(user: user, query: Query(history: history), targets: targets, excluded: history.map(\.item))
    }
    let begun = Date()
    let m = try RankingEvaluation(model, cases: cases, threads: 2).metrics(at: 20)
    print("gowalla", String(format: "Recall@20 %.4f NDCG@20 %.4f  fit %.1f s, %.2f ms a user", m.recall, m.ndcg, fitted, Date().timeIntervalSince(begun) / Double(cases.count) * 1000))
}
