import Interactions
import Reporting

/// Models side by side on the same questions: what each is worth, to whom, what its lists are like, and which differences are
/// more than chance.
public struct ModelComparison: Codable, Sendable {
    public enum Role: String, Codable, Sendable {
        /// Of the blend.
        case member
        case blend
        /// What any model has to beat.
        case trivial
        /// A ranking by chance, computed in closed form.
        case chance
    }

    /// A model that takes part.
    public struct Contestant: Sendable {
        public var name: String
        public var role: Role
        public var model: any RankingModel
        /// In the blend.
        public var weight: Float?
        /// Of training.
        public var seconds: Double?
        public var validation: RankingMetrics?

        public init(
            _ name: String, _ role: Role, _ model: any RankingModel, weight: Float? = nil, seconds: Double? = nil,
            validation: RankingMetrics? = nil
        ) {
            (self.name, self.role, self.model) = (name, role, model)
            (self.weight, self.seconds, self.validation) = (weight, seconds, validation)
        }
    }

    public struct GroupEstimates: Codable, Sendable {
        public var group: String
        public var metrics: MetricEstimates
    }

    public struct Row: Codable, Sendable {
        public var model: String
        public var role: Role
        public var weight: Float?
        public var seconds: Double?
        public var validation: RankingMetrics?
        /// One for each length, ascending.
        public var metrics: [MetricEstimates]
        /// At `k`; nil for chance.
        public var lists: ListQualities?
        /// At `k`.
        public var groups: [GroupEstimates]

        public func metrics(at k: Int) -> MetricEstimates? { metrics.first { $0.k == k } }
    }

    public struct Group: Codable, Sendable {
        public var name: String
        public var explanation: String
        public var cases: Int
        public var targets: Int
    }

    /// Lengths of the lists that are looked at, ascending.
    public var lengths: [Int]
    /// The length that groups, tests and lists are looked at.
    public var k: Int
    public var cases: Int
    public var users: Int
    public var targets: Int
    public var rows: [Row]
    public var groups: [Group]
    /// Of the blend, or of the first model, against every other one.
    public var tests: [PairedTest]
    /// Of two models each, as they were asked for.
    public var pairs: [PairedTest]
    public var likeness: ItemLikeness.Basis
    /// What the model that is tested against the others answered.
    public private(set) var answers: [CaseResult] = []

    private enum CodingKeys: String, CodingKey { case lengths, k, cases, users, targets, rows, groups, tests, pairs, likeness }

    /// Asks every contestant every question, once.
    ///
    /// - Parameters:
    ///   - data: what they learned from; tells which items are popular and rare.
    ///   - lengths: more than 0 each; `k` is added.
    ///   - pairs: names of models to test against each other besides; those without both contestants are passed over.
    ///   - progress: told what goes on, in words.
    public init(
        _ contestants: [Contestant], on questions: [EvaluationCase], data: TrainingData, lengths: [Int] = [5, 10, 20, 50], k: Int = 10,
        pairs chosen: [(first: String, second: String)] = [], resamples: Int = 1_000, seed: UInt64 = 1, threads: Int,
        progress: (String) -> Void = { _ in }
    ) throws {
        let lengths = Set(lengths + [k]).sorted()
        (self.lengths, self.k, cases) = (lengths, k, questions.count)
        targets = questions.reduce(0) { $0 + $1.targets.count }
        let whose = questions.map(\.user)
        users = Set(whose).count
        var eventCounts = [Int](repeating: 0, count: data.log.itemCount)
        for item in data.log.eventItems { eventCounts[Int(item)] += 1 }
        let likeness = ItemLikeness(data)
        self.likeness = likeness.basis
        let parts = TargetGroup.usual(questions, eventCounts: eventCounts)
        groups = parts.map { Group(name: $0.name, explanation: $0.explanation, cases: $0.caseCount, targets: $0.targetCount) }
        let lead = contestants.firstIndex { $0.role == .blend } ?? 0
        let bootstrap = UserBootstrap(users: whose, resamples: resamples, seed: seed, threads: threads)
        rows = []
        (tests, pairs) = ([], [])
        var gains: [[Double]] = []
        for (place, contestant) in contestants.enumerated() {
            progress("asking \(contestant.name)")
            let results = try CaseResult.all(of: contestant.model, cases: questions, depth: lengths.last ?? k, threads: threads)
            let ranks = results.map(\.ranks)
            rows.append(Row(
                model: contestant.name, role: contestant.role, weight: contestant.weight, seconds: contestant.seconds,
                validation: contestant.validation, metrics: try MetricEstimates.all(ranks: ranks, lengths: lengths, bootstrap: bootstrap),
                lists: ListQualities(results.map(\.top), k: k, eventCounts: eventCounts, likeness: likeness),
                groups: try parts.compactMap { try Self.estimates(of: $0, ranks, whose, k: k, bootstrap) }))
            gains.append(ranks.map { RankingMetrics(ranks: $0, k: k).ndcg })
            if place == lead { answers = results }
        }
        rows.append(Row(
            model: "chance", role: .chance,
            metrics: lengths.map { MetricEstimates(exactly: RandomRanking.expected(questions, items: data.log.itemCount, k: $0)) }, groups: []))
        guard !questions.isEmpty else { return }
        func test(_ first: Int, _ second: Int) throws -> PairedTest {
            try PairedTest(
                (contestants[first].name, gains[first]), (contestants[second].name, gains[second]), metric: "NDCG@\(k)", users: whose, seed: seed,
                threads: threads)
        }
        tests = try contestants.indices.filter { $0 != lead }.map { try test(lead, $0) }
        func place(of name: String) -> Int? { contestants.firstIndex { $0.name == name } }
        pairs = try chosen.compactMap { pair in
            guard let first = place(of: pair.first), let second = place(of: pair.second) else { return nil }
            return try test(first, second)
        }
    }

    private static func estimates(
        of group: TargetGroup, _ ranks: [[Int]], _ users: [Int], k: Int, _ bootstrap: UserBootstrap
    ) throws -> GroupEstimates? {
        let asked = group.targets.indices.filter { !group.targets[$0].isEmpty }
        let own = UserBootstrap(
            users: asked.map { users[$0] }, resamples: bootstrap.resamples, seed: bootstrap.seed, threads: bootstrap.threads)
        let part = asked.map { index in group.targets[index].map { ranks[index][$0] } }
        return try MetricEstimates.all(ranks: part, lengths: [k], bootstrap: own).first.map { GroupEstimates(group: group.name, metrics: $0) }
    }
}
