import Foundation
import Interactions

/// A log with a division into what is learned from, chosen by and tested on, on which figures were published.
public struct PublishedSplit: Sendable {
    public enum Preset: String, CaseIterable, Sendable {
        case beauty, sports, lastfm, gowalla, taobao, serenade

        /// What is ranked against what, in one sentence.
        public var description: String {
            switch self {
            case .beauty, .sports, .lastfm:
                "leave one out: the last item of each user is the test, the last but one validation; all items but those of the history are ranked"
            case .gowalla: "the divided check-ins of LightGCN: all items that are not in training are ranked; a tenth of training is validation"
            case .taobao: "purchases and carts without times: one purchase of each user is the test, one validation; all items not bought are ranked"
            case .serenade: "the next item of a session, after each of its items; all items are ranked, also those seen"
            }
        }
    }

    /// A figure that others published for this division.
    public struct Published: Sendable {
        public var system: String
        /// In the order of `metrics`.
        public var values: [Double?]
    }

    public let preset: Preset
    public let training: TrainingData
    public let validation: [EvaluationCase]
    public let test: [EvaluationCase]
    /// For refitting: what training and validation are together.
    public let everything: TrainingData
    /// The length of the lists that are looked at.
    public let k: Int
    /// Names of what is published.
    public let metrics: [String]
    public let published: [Published]

    /// Reads the files of a preset.
    ///
    /// - Parameters:
    ///   - folder: that holds them.
    /// - Throws: `SequenceFile.Malformed`, and what reading a file throws.
    public init(_ preset: Preset, folder: String, seed: UInt64 = 1, threads: Int = 2, attributes: Bool = true) throws {
        self.preset = preset
        func data(_ log: InteractionLog, _ catalog: [Int: Item] = [:], _ weights: EventWeights = .equal) -> TrainingData {
            TrainingData(log: log, weights: weights, catalog: catalog, seed: seed, threads: threads)
        }
        switch preset {
        case .beauty, .sports, .lastfm:
            let log = try SequenceFile.read("\(folder)/sequences.txt")
            let split = LeaveOneOut(log)
            let catalog = attributes ? try Self.catalog("\(folder)/item-attributes.json", log) : [:]
            (training, validation, test) = (data(split.training, catalog), split.validation, split.test)
            everything = data(LeaveOneOut.withoutLast(log), catalog)
            (k, metrics) = (10, ["HR@10", "NDCG@10"])
            published = Self.leaveOneOut[preset] ?? []
        case .gowalla:
            let log = try SequenceFile.read("\(folder)/train.txt", isOrdered: false)
            var builder = InteractionLogBuilder(users: log.users, items: log.items)
            try SequenceFile.read("\(folder)/test.txt", isOrdered: false, into: &builder)
            let tested = builder.build()
            // Every tenth item of a user, from a place that depends on the user.
            let isKept: (Int, Int) -> Bool = { user, event in (event - log.events(of: user).lowerBound + user) % 10 == 0 }
            training = data(log.filtered { !isKept($0, $1) })
            let learned = training.log
            validation = Self.cases(history: learned, targets: log.filtered(isKept))
            (test, everything) = (Self.cases(history: log, targets: tested), data(log))
            (k, metrics) = (20, ["Recall@20", "NDCG@20"])
            published = [
                .init(system: "item kNN", values: [0.1570, 0.1214]), .init(system: "EASE", values: [0.1765, 0.1467]),
                .init(system: "LightGCN", values: [0.1820, 0.1547]), .init(system: "GF-CF", values: [0.1849, 0.1518]),
                .init(system: "UltraGCN", values: [0.1862, 0.1580]), .init(system: "SimpleX", values: [0.1872, 0.1557]),
                .init(system: "ChebyCF", values: [0.1941, 0.1616]),
            ]
        case .taobao:
            var builder = InteractionLogBuilder()
            let (valid, tested) = (try Self.pairs("\(folder)/valid.txt"), try Self.pairs("\(folder)/test.txt"))
            let (keptBack, hidden) = (Set(valid.map { "\($0) \($1)" }), Set(tested.map { "\($0) \($1)" }))
            for (user, item) in try Self.pairs("\(folder)/cart.txt") { try builder.append(Event(user: user, item: item, kind: .cart)) }
            for (user, item) in try Self.pairs("\(folder)/buy.txt") where !hidden.contains("\(user) \(item)") {
                try builder.append(Event(user: user, item: item, kind: .purchase))
            }
            let log = builder.build()
            let isKept: (Int, Int) -> Bool = { user, event in
                log.kinds[Int(log.eventKinds[event])] == .purchase
                    && keptBack.contains("\(log.users[user]) \(log.items[Int(log.eventItems[event])])")
            }
            let weights = EventWeights([.cart: 1, .purchase: 2])
            let learned = log.filtered { !isKept($0, $1) }
            training = data(learned, [:], weights)
            everything = data(log, [:], weights)
            func cases(_ pairs: [(String, String)], _ history: InteractionLog) -> [EvaluationCase] {
                pairs.compactMap { user, item in
                    guard let number = log.users.number(of: user), let target = log.items.number(of: item) else { return nil }
                    let events = history.history(of: number)
                    let bought = events.filter { $0.kind == .purchase }.map(\.item)
                    return EvaluationCase(user: number, query: Query(history: events), targets: [target], excluded: bought)
                }
            }
            (validation, test) = (cases(valid, learned), cases(tested, log))
            (k, metrics) = (10, ["HR@10", "NDCG@10"])
            published = [
                .init(system: "carted but not bought, by popularity", values: [0.1683, 0.0931]),
                .init(system: "LightGCN on purchases alone", values: [0.0411, 0.0240]), .init(system: "MuLe", values: [0.1918, 0.1103]),
            ]
        case .serenade:
            let log = try Self.sessions("\(folder)/train.txt", InteractionLogBuilder())
            training = data(log)
            everything = training
            let numbers = InteractionLogBuilder(items: log.items)
            validation = Self.nextItems(try Self.sessions("\(folder)/valid.txt", numbers))
            test = Self.nextItems(try Self.sessions("\(folder)/test.txt", numbers))
            (k, metrics) = (20, ["MRR@20"])
            published = [.init(system: "VMIS-kNN", values: [0.3401])]
        }
    }

    private static let leaveOneOut: [Preset: [Published]] = [
        .beauty: [
            .init(system: "SASRec with sampled softmax", values: [0.0921, 0.0531]), .init(system: "eSASRec", values: [0.0928, 0.0523]),
            .init(system: "BSARec", values: [0.1008, 0.0611]), .init(system: "counting", values: [0.0819, 0.0516]),
        ],
        .sports: [
            .init(system: "SASRec with sampled softmax", values: [0.0569, 0.0314]), .init(system: "eSASRec", values: [0.0560, 0.0323]),
            .init(system: "BSARec", values: [0.0612, 0.0360]), .init(system: "counting", values: [0.0434, 0.0270]),
        ],
        .lastfm: [
            .init(system: "S3-Rec", values: [0.0743, 0.0427]), .init(system: "BSARec", values: [0.0807, 0.0452]),
            .init(system: "counting", values: [0.0569, 0.0357]),
        ],
    ]

    /// What was published is one of these two numbers of ours.
    public func values(_ metrics: RankingMetrics) -> [Double] {
        switch preset {
        case .gowalla: [metrics.recall, metrics.ndcg]
        case .serenade: [metrics.reciprocalRank]
        default: [metrics.hitRate, metrics.ndcg]
        }
    }

    private static func cases(history: InteractionLog, targets: InteractionLog) -> [EvaluationCase] {
        (0..<history.userCount).compactMap { user in
            let wanted = user < targets.userCount ? Array(Set(targets.history(of: user).map(\.item))).sorted() : []
            let events = history.history(of: user)
            return wanted.isEmpty
                ? nil : EvaluationCase(user: user, query: Query(history: events), targets: wanted, excluded: events.map(\.item))
        }
    }

    /// After each event of a session, what comes next.
    private static func nextItems(_ log: InteractionLog) -> [EvaluationCase] {
        (0..<log.userCount).flatMap { user -> [EvaluationCase] in
            let history = log.history(of: user)
            return (1..<max(history.count, 1)).map {
                EvaluationCase(user: user, query: Query(history: Array(history[..<$0])), targets: [history[$0].item], excluded: [])
            }
        }
    }

    private static func catalog(_ path: String, _ log: InteractionLog) throws -> [Int: Item] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        let table = try JSONDecoder().decode([String: [Int]].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        var catalog: [Int: Item] = [:]
        for (id, attributes) in table {
            guard let number = log.items.number(of: id) else { continue }
            catalog[number] = Item(id: id, properties: ["attributes": .list(attributes.map { .number(Double($0)) })])
        }
        return catalog
    }

    private static func lines(_ path: String) throws -> [[String]] {
        try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 10).map { line in
            line.split { $0 == 32 || $0 == 9 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func pairs(_ path: String) throws -> [(String, String)] {
        try lines(path).enumerated().compactMap { number, words in
            guard words.count == 2 else { throw SequenceFile.Malformed(path: path, line: number + 1) }
            return (words[0], words[1])
        }
    }

    private static func sessions(_ path: String, _ start: InteractionLogBuilder) throws -> InteractionLog {
        var builder = start
        for (number, words) in try lines(path).dropFirst().enumerated() {
            guard words.count == 3, let time = Double(words[2]), time.isFinite, abs(time) < 1e12 else {
                throw SequenceFile.Malformed(path: path, line: number + 2)
            }
            try builder.append(Event(user: words[0], item: words[1], kind: .view, time: Int64(time * 1000)))
        }
        return builder.build()
    }
}
