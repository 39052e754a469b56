import Interactions

/// Leave one out: the last wanted event of every user is the test, the wanted one before it weighs the models, and what came
/// before both is learned from.
///
/// Others' later events are learned from, so figures are higher than a shop will see; a split by time has no such hindsight.
public struct LastWantedSplit: EvaluationSplitRule {
    public init() {}

    public func split(_ log: InteractionLog, asking questions: Questions) throws -> EvaluationSplit {
        var test: [EvaluationCase] = [], validation: [EvaluationCase] = []
        var trained = [Int](repeating: .max, count: log.userCount), known = trained
        for user in 0..<log.userCount {
            guard let last = questions.lastQuestion(of: user, before: .max, in: log) else { continue }
            test.append(last.question)
            (known[user], trained[user]) = (last.cut, last.cut)
            guard let before = questions.lastQuestion(of: user, before: last.cut, in: log) else { continue }
            validation.append(before.question)
            trained[user] = before.cut
        }
        return try EvaluationSplit(
            description: "leave one out: the last wanted event of each user is the test, the one before weighs the models",
            training: log.filtered { $1 < trained[$0] }, validation: validation, test: test, everything: log.filtered { $1 < known[$0] }
        ).checked(remedy: "it needs users with two wanted events, each after another event")
    }
}
