import Interactions

/// What an evaluation asks: which events a recommender should have foreseen.
public struct Questions: Hashable, Sendable {
    /// Kinds of events to foresee.
    public var wanted: Set<EventKind>
    /// Whether an item may be asked for, and answered, that the user had by a wanted event before. A shop of lamps says no,
    /// one of bread yes.
    public var allowsRepeats: Bool
    /// Whether those are asked too who had done nothing before: nothing but popularity can answer.
    public var asksNewcomers: Bool

    public init(wanted: Set<EventKind>, allowsRepeats: Bool = false, asksNewcomers: Bool = false) {
        self.wanted = wanted
        self.allowsRepeats = allowsRepeats
        self.asksNewcomers = asksNewcomers
    }

    /// Asks for the kind with the largest weight that many users have: purchases where there are some.
    ///
    /// - Parameter weights: those of the shop. They do not depend on the weights that models learn with, so that two trainings
    ///   with different ones are asked the same.
    public init(about log: InteractionLog, weights: EventWeights = EventWeights(), allowsRepeats: Bool = false, asksNewcomers: Bool = false) {
        let kinds = RecommenderTraining.targetKinds(of: TrainingData(log: log, weights: weights)).map { log.kinds[Int($0)] }
        self.init(wanted: Set(kinds.filter { weights[$0] > 0 }), allowsRepeats: allowsRepeats, asksNewcomers: asksNewcomers)
    }

    /// The positions of a user's wanted events.
    func wantedEvents(of user: Int, in log: InteractionLog) -> [Int] {
        log.events(of: user).filter { wanted.contains(log.kinds[Int(log.eventKinds[$0])]) }
    }

    /// What a user would have been asked at a moment; nil where nothing is left to foresee.
    ///
    /// - Parameters:
    ///   - history: what was known at the moment.
    ///   - targets: items of the wanted events after it.
    ///   - now: milliseconds since 1970.
    func question(user: Int, history: [HistoryEvent], targets: some Sequence<Int>, now: Int64?) -> EvaluationCase? {
        guard !history.isEmpty || asksNewcomers else { return nil }
        var had: Set<Int> = [], hidden: Set<Int> = []
        for event in history {
            if wanted.contains(event.kind) { had.insert(event.item) }
            // A purchase taken back is none.
            if event.kind == .cancellation { had.remove(event.item) }
            if event.kind == .hide { hidden.insert(event.item) }
        }
        let excluded = allowsRepeats ? [] : had.union(hidden)
        let asked = Set(targets).subtracting(excluded)
        guard !asked.isEmpty else { return nil }
        return EvaluationCase(
            user: user, query: Query(history: history, now: now), targets: asked.sorted(), excluded: excluded.sorted())
    }

    /// The question that one event answers, asked before the visit began to be about its item; nil where the user had done
    /// nothing before, or had the item already.
    func question(about event: Int, of user: Int, in log: InteractionLog) -> EvaluationCase? {
        let range = log.events(of: user), end = log.runUp(to: event, of: user)
        guard end > range.lowerBound else { return nil }
        return question(
            user: user, history: (range.lowerBound..<end).map { log[$0] }, targets: [Int(log.eventItems[event])], now: log.eventTimes[event])
    }

    /// The latest wanted event of a user that makes a question, among those before a position.
    func lastQuestion(of user: Int, before end: Int, in log: InteractionLog) -> (cut: Int, question: EvaluationCase)? {
        for event in wantedEvents(of: user, in: log).reversed() where event < end {
            if let question = question(about: event, of: user, in: log) { return (log.runUp(to: event, of: user), question) }
        }
        return nil
    }
}
