import ComputeGraph
import Foundation
import Interactions

/// How a recommender is trained.
public struct RecommenderOptions: Hashable, Codable, Sendable {
    public var members: [MemberConfiguration]
    public var weights: EventWeights
    /// Users whose last event is kept back to weigh the members by.
    public var validationUsers = 6_000
    /// Whether all members learn once more from everything, after the weights are known.
    public var refits = true
    public var seed: UInt64 = 1
    public var threads = 2

    public init(members: [MemberConfiguration] = MemberConfiguration.usual, weights: EventWeights = EventWeights()) {
        self.members = members
        self.weights = weights
    }
}

/// Fits the members of a blend, weighs them on validation, and fits them again on everything.
public struct RecommenderTraining: Sendable {
    public var options: RecommenderOptions
    /// Told what goes on, in words, from the thread that trains.
    public var report: @Sendable (String) -> Void

    public init(_ options: RecommenderOptions, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.options = options
        self.report = report
    }

    /// What one member was worth on validation.
    public struct MemberResult: Codable, Sendable {
        public var name: String
        public var weight: Float
        /// For items of the history; nil where they are weighed as all others.
        public var returning: Float?
        public var validation: RankingMetrics
        public var seconds: Double
        /// Of a model that learns in epochs, for each of its networks.
        public var epochs: [[SequenceTraining.Epoch]]?
    }

    public struct Result: Sendable {
        /// Of `train`, after it learned from everything.
        public var blend: Blend
        public var members: [MemberResult]
        /// How each member learns from more data without validation.
        public var learned: [MemberConfiguration]
        /// Of the blend, before it learned from validation too.
        public var validation: RankingMetrics
        /// Of all members that were fitted, also of those that are left out of the blend for good.
        var weighting: Weighting

        /// Only with those models that learning from more goes on from.
        fileprivate var goingOn: Result {
            var result = self
            result.blend.members.removeAll { !($0.model is SequenceEnsemble) }
            return result
        }
    }

    /// Nothing to learn from.
    public struct NothingToLearn: Error, CustomStringConvertible {
        public var problem: String
        public var description: String { "there is nothing to learn: \(problem)" }
    }

    /// Fits a blend to training data and weighs it on cases that are not among them.
    ///
    /// - Parameter initial: the blend before, which members may begin with.
    public func fit(_ data: TrainingData, validation: [EvaluationCase], initial: Blend? = nil) throws -> Result {
        guard data.log.eventCount > 0 else { throw NothingToLearn(problem: "the log has no events; import one") }
        if let twice = Dictionary(grouping: options.members, by: \.name).first(where: { $0.value.count > 1 })?.key {
            throw NothingToLearn(problem: "the model \(twice) is named twice; name it once")
        }
        guard (0..<data.log.eventCount).contains(where: { data.weights.weight(of: data.log[$0]) > 0 }) else {
            throw NothingToLearn(problem: "no event speaks for an item: the weights of all kinds in the log are zero or less; give a kind more with --weight")
        }
        guard data.log.itemCount > 1 else { throw NothingToLearn(problem: "the log knows one item; a choice needs two") }
        var results: [MemberResult] = []
        var learned: [MemberConfiguration] = []
        var blend = Blend([], popularity: Popularity(data).counts, repetition: data.repetition, weights: data.weights)
        for member in options.members where member.isUseful(for: data) {
            let (model, configuration, seconds, epochs) = try fit(member, data, validation, initial: initial)
            learned.append(configuration)
            blend.members.append(Blend.Member(model, weight: 1))
            let metrics = validation.isEmpty
                ? RankingMetrics(k: 10)
                : try RankingEvaluation(model, cases: validation, lengths: [10], threads: options.threads).metrics(at: 10)
            report("\(member.name): validation HR@10 \(Self.decimal(metrics.hitRate)), NDCG@10 \(Self.decimal(metrics.ndcg))")
            results.append(MemberResult(name: member.name, weight: 1, validation: metrics, seconds: seconds, epochs: epochs))
        }
        guard !blend.members.isEmpty else {
            throw NothingToLearn(problem: "none of the models \(options.members.map(\.name).joined(separator: ", ")) finds in this log what it learns from; choose others")
        }
        if !validation.isEmpty { try blend.fitWeights(on: validation, threads: options.threads) }
        for index in results.indices {
            results[index].weight = blend.members[index].weight
            results[index].returning = blend.returningOffset.map { _ in blend.members[index].returning }
        }
        let metrics = validation.isEmpty
            ? RankingMetrics(k: 10)
            : try RankingEvaluation(blend, cases: validation, lengths: [10], threads: options.threads).metrics(at: 10)
        return Result(blend: blend, members: results, learned: learned, validation: metrics, weighting: blend.weighting)
    }

    /// Fits the members that have a weight to more data, and keeps the weights. Networks go on from what they learned of most of it.
    public func refit(_ result: Result, on data: TrainingData) throws -> Blend {
        var blend = Blend([], popularity: Popularity(data).counts, repetition: data.repetition, weights: data.weights)
        let heard = result.learned.indices.filter(result.weighting.hears), before = result.goingOn.blend
        for index in heard { blend.members.append(Blend.Member(try fit(result.learned[index], data, [], initial: before).0, weight: 1)) }
        blend.weighting = result.weighting.of(heard)
        return blend
    }

    private func fit(_ member: MemberConfiguration, _ data: TrainingData, _ validation: [EvaluationCase], initial: Blend?) throws
        -> (any StoredModel, MemberConfiguration, seconds: Double, epochs: [[SequenceTraining.Epoch]]?)
    {
        let start = ContinuousClock.now
        report("fitting \(member.name)")
        let before = initial?.members.first { type(of: $0.model).name == member.name }?.model as? any StoredModel
        var epochs: [[SequenceTraining.Epoch]]?
        let (model, learned) = try member.fit(data, validation: validation, initial: before, progress: report) { epochs = $0 }
        return (model, learned, Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000, epochs)
    }

    /// Trains for use: the last event of some users weighs the members, and then all learn from everything.
    public func train(_ log: InteractionLog, catalog: [Int: Item], initial: RecommenderModel? = nil, position: Int64? = nil) throws
        -> (model: RecommenderModel, result: Result)
    {
        let start = ContinuousClock.now
        let everything = TrainingData(
            log: log, weights: options.weights, catalog: catalog, seed: options.seed, threads: options.threads)
        let kept = Self.keepingBack(everything, users: options.validationUsers)
        // Where every event leads up to a question, the questions wait until there is more.
        let (training, validation) = kept.0.log.eventCount > 0 ? kept : (everything, [])
        var result = try fit(training, validation: validation, initial: initial?.blend)
        report("validation HR@10 \(Self.decimal(result.validation.hitRate)), NDCG@10 \(Self.decimal(result.validation.ndcg))")
        if options.refits && !validation.isEmpty {
            // What is learned again from the beginning makes room for it.
            result = result.goingOn
            result.blend = try refit(result, on: everything)
        }
        let provenance = RecommenderModel.Provenance(
            created: Date(), events: log.eventCount, users: log.userCount, items: log.itemCount, position: position, latest: log.latest,
            seed: options.seed, seconds: Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000)
        let model = RecommenderModel(
            items: log.items, catalog: catalog, weights: options.weights, blend: result.blend, provenance: provenance,
            metrics: ["validation HR@10": result.validation.hitRate, "validation NDCG@10": result.validation.ndcg])
        return (model, result)
    }

    /// Keeps back the last wanted event of users, with its run-up, evenly taken among those with at least three.
    ///
    /// What counts as wanted are events of the kind with the largest weight that many users have: purchases where there are
    /// some. In a log that knows no order no event is the last one, and its end may be anything, such as what has the largest
    /// number: any wanted event is kept back then, and all others are known.
    package static func keepingBack(_ data: TrainingData, users limit: Int) -> (TrainingData, [EvaluationCase]) {
        let log = data.log
        let wanted = Self.targetKinds(of: data)
        var last: [Int: Int] = [:]
        for user in 0..<log.userCount {
            let range = log.events(of: user)
            guard range.count >= 3 else { continue }
            if log.isOrdered {
                guard let event = range.last(where: { wanted.contains(log.eventKinds[$0]) }), event > range.lowerBound else { continue }
                last[user] = event
            } else {
                var random = RandomSource(data.seed, UInt64(user), 0x4EE9)
                last[user] = range.filter { wanted.contains(log.eventKinds[$0]) }.randomElement(using: &random)
            }
        }
        let asked = last.keys.sorted()
        let stride = max(1, asked.count / max(limit, 1))
        let chosen = Set(Swift.stride(from: 0, to: asked.count, by: stride).map { asked[$0] })
        var training = data
        // What a user did afterwards is not known either.
        let cuts = Dictionary(uniqueKeysWithValues: chosen.map { ($0, log.isOrdered ? log.runUp(to: last[$0]!, of: $0) : .max) })
        func isKnown(_ event: Int, of user: Int) -> Bool { event < cuts[user]! && event != last[user]! }
        training.log = log.filtered { user, event in !chosen.contains(user) || isKnown(event, of: user) }
        let cases = chosen.sorted().map { user -> EvaluationCase in
            let event = last[user]!
            let history = log.events(of: user).filter { isKnown($0, of: user) }.map { log[$0] }
            let target = Int(log.eventItems[event])
            let final = Set(history.filter { $0.kind == log.kinds[Int(log.eventKinds[event])] }.map(\.item)).subtracting([target])
            return EvaluationCase(
                user: user, query: Query(history: history, now: log.eventTimes[event]), targets: [target], excluded: Array(final))
        }
        return (training, cases)
    }

    /// The kinds of events that a recommender is to bring about: the one of the largest weight that at least a fifth of the
    /// users have, or all.
    package static func targetKinds(of data: TrainingData) -> Set<UInt8> {
        let log = data.log
        var holders = [Int](repeating: 0, count: log.kinds.count)
        for user in 0..<log.userCount {
            for kind in Set(log.events(of: user).map { log.eventKinds[$0] }) { holders[Int(kind)] += 1 }
        }
        let order = log.kinds.indices.sorted { data.weights[log.kinds[$0]] > data.weights[log.kinds[$1]] }
        if let best = order.first(where: { data.weights[log.kinds[$0]] > 0 && holders[$0] * 5 >= log.userCount }) { return [UInt8(best)] }
        return Set(log.kinds.indices.map { UInt8($0) })
    }

    private static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
}
