import Interactions

/// As a shop lives: models learn from everything before a moment, the time after it weighs them, and what comes last is the test.
///
/// Whoever did something wanted in the test's time is asked once, for all of it, with the history up to the moment when that
/// time began.
public struct TimeSplit: EvaluationSplitRule {
    /// Of the events: the newest are the test, and as many before them validation. More than 0, less than 0.5.
    public var share: Double

    public init(share: Double = 0.1) { self.share = share }

    public func split(_ log: InteractionLog, asking questions: Questions) throws -> EvaluationSplit {
        guard log.eventCount > 0 else { throw EvaluationSplitError.emptyPart("training", remedy: "the log has no events; import one") }
        guard log.hasTimes else { throw EvaluationSplitError.noTimes }
        let times = log.eventTimes.sorted()
        let size = max(1, Int(Double(times.count) * share))
        // Events of one moment stay together.
        let testStart = times[max(times.count - size, 0)]
        let earlier = times.prefix { $0 < testStart }
        let remedy = "its events lie at too few moments for a share of \(share), or too few of them are of a wanted kind; choose another "
            + "share, other --wanted kinds, or split by user"
        guard let last = earlier.indices.last else { throw EvaluationSplitError.emptyPart("training", remedy: remedy) }
        let validationStart = earlier[max(last + 1 - size, 0)]
        return try EvaluationSplit(
            description: "by time: the newest \(Self.percent(share)) of the events are the test, as many before them weigh the models, "
                + "and everything earlier is learned from",
            training: log.filtered { _, event in log.eventTimes[event] < validationStart },
            validation: Self.cases(log, from: validationStart, to: testStart, questions),
            test: Self.cases(log, from: testStart, to: .max, questions),
            everything: log.filtered { _, event in log.eventTimes[event] < testStart }
        ).checked(remedy: remedy)
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func cases(_ log: InteractionLog, from start: Int64, to end: Int64, _ questions: Questions) -> [EvaluationCase] {
        (0..<log.userCount).compactMap { user in
            let range = log.events(of: user)
            let wanted = questions.wantedEvents(of: user, in: log).filter { log.eventTimes[$0] >= start && log.eventTimes[$0] < end }
            guard !wanted.isEmpty else { return nil }
            let history = range.prefix { log.eventTimes[$0] < start }.map { log[$0] }
            return questions.question(user: user, history: history, targets: wanted.map { Int(log.eventItems[$0]) }, now: start)
        }
    }
}
