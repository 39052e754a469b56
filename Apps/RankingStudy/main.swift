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

let folders = ["beauty": "beauty", "sports": "sports", "lastfm": "lastfm", "gowalla": "gowalla", "taobao": "taobao-multibehaviour", "serenade": "serenade-sessions"]
for preset in PublishedSplit.Preset.allCases where only == nil ? ["beauty", "sports", "lastfm"].contains(preset.rawValue) : only == preset.rawValue {
    let split = try PublishedSplit(preset, folder: root + "/" + folders[preset.rawValue]!)
    let start = Date()
    let model = try fit(split.training)
    let fitted = Date().timeIntervalSince(start)
    let every = Int(value("every", 1))
    for (name, cases) in [("validation", split.validation), ("test", split.test)] where name == "validation" || value("test", 1) > 0 {
        let some = stride(from: 0, to: cases.count, by: every).map { cases[$0] }
        let begun = Date()
        let m = try RankingEvaluation(model, cases: some, threads: 2).metrics(at: split.k)
        print(preset, name, zip(split.metrics, split.values(m)).map { $0 + String(format: " %.4f", $1) }.joined(separator: " "), String(format: "fit %.1f s, %.2f ms", fitted, Date().timeIntervalSince(begun) / Double(some.count) * 1000))
    }
}
