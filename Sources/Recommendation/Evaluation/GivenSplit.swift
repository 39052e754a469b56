import Interactions

/// A division that somebody else made: what to learn from and what to foresee lie in logs of their own.
public enum GivenSplit {
    /// - Parameters:
    ///   - training, validation, test: the numbers of users and items in one log must be those in the ones before it, whose tables
    ///     it may extend. Without validation, the last wanted event of training's users is kept back.
    ///   - questions: all wanted events of a user in the test are asked for at once, with everything before as history.
    /// - Throws: `EvaluationSplitError.emptyPart`.
    public static func split(
        training: InteractionLog, validation: InteractionLog?, test: InteractionLog, everything: InteractionLog, asking questions: Questions
    ) throws -> EvaluationSplit {
        var learned = training, weighing: [EvaluationCase]
        if let validation {
            weighing = cases(history: training, future: validation, questions)
        } else {
            let (kept, cases) = RecommenderTraining.keepingBack(TrainingData(log: training), users: 6_000)
            (learned, weighing) = (kept.log, cases)
        }
        return try EvaluationSplit(
            description: "given files: everything wanted in the test file is asked for at once, for each of its users",
            training: learned, validation: weighing, test: cases(history: everything, future: test, questions), everything: everything
        ).checked(remedy: "the files have to name the same users, and wanted events")
    }

    private static func cases(history: InteractionLog, future: InteractionLog, _ questions: Questions) -> [EvaluationCase] {
        (0..<future.userCount).compactMap { user in
            let wanted = questions.wantedEvents(of: user, in: future)
            guard !wanted.isEmpty else { return nil }
            let past = user < history.userCount ? history.history(of: user) : []
            return questions.question(
                user: user, history: past, targets: wanted.map { Int(future.eventItems[$0]) }, now: wanted.first.map { future.eventTimes[$0] })
        }
    }
}
