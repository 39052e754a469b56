import Interactions

/// The newest events of a log as questions, and everything before them to learn from: how a model would have done lately.
public struct NewestSlice: Sendable {
    public let before: InteractionLog
    /// The first wanted event of each user in the slice, with the history until then.
    public let cases: [EvaluationCase]
    private let items: IdentifierTable

    /// - Parameters:
    ///   - share: of the events, 0 to 1.
    ///   - learned: milliseconds since 1970 of the latest event that a model to be asked has learned from: nothing until then is
    ///     asked for, which that model would know.
    ///   - weights: say which kinds are wanted.
    public init(_ log: InteractionLog, share: Double, after learned: Int64 = .min, weights: EventWeights) {
        items = log.items
        let times = log.eventTimes.sorted()
        let newest = times.isEmpty ? 0 : times[min(Int(Double(times.count) * (1 - share)), times.count - 1)]
        let start = max(newest, learned == .min ? .min : learned + 1)
        before = log.filtered { _, event in log.eventTimes[event] < start }
        let wanted = RecommenderTraining.targetKinds(of: TrainingData(log: log, weights: weights))
        cases = (0..<log.userCount).compactMap { user -> EvaluationCase? in
            let range = log.events(of: user)
            guard let event = range.first(where: { log.eventTimes[$0] >= start && wanted.contains(log.eventKinds[$0]) }) else { return nil }
            let history = (range.lowerBound..<log.runUp(to: event, of: user)).map { log[$0] }
            let target = Int(log.eventItems[event])
            let done = Set(history.filter { $0.kind == log.kinds[Int(log.eventKinds[event])] }.map(\.item)).subtracting([target])
            return EvaluationCase(
                user: user, query: Query(history: history, now: log.eventTimes[event]), targets: [target], excluded: Array(done))
        }
    }

    /// What a model is worth on the slice; it may number the items in another way.
    public func metrics(of model: RecommenderModel, k: Int = 10, threads: Int) throws -> RankingMetrics {
        let numbers = items.names.map { model.items.number(of: $0) }
        // Items that the model does not know are targets it cannot find.
        let unknown = model.items.count
        let translated = cases.map { question in
            EvaluationCase(
                user: question.user,
                query: Query(
                    history: question.query.history.compactMap { event in
                        numbers[event.item].map { HistoryEvent(item: $0, kind: event.kind, value: event.value, time: event.time) }
                    }, now: question.query.now),
                targets: question.targets.map { numbers[$0] ?? unknown }, excluded: question.excluded.compactMap { numbers[$0] })
        }
        return try RankingEvaluation(model.blend, cases: translated, lengths: [k], threads: threads).metrics(at: k)
    }
}
