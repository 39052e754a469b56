import Interactions

/// The last event of each user is to be guessed from those before; the last but one is for choosing; the others are to
/// learn from. At the time of the test the last but one is part of the history.
public struct LeaveOneOut: Sendable {
    public let training: InteractionLog
    public let validation: [EvaluationCase]
    public let test: [EvaluationCase]

    /// - Parameters:
    ///   - log: users with fewer than three events are learned from and not asked.
    ///   - excludesHistory: whether items of the history may not be answered.
    public init(_ log: InteractionLog, excludesHistory: Bool = true) {
        training = log.filtered { user, event in
            let range = log.events(of: user)
            return range.count < 3 || event < range.upperBound - 2
        }
        func cases(leaving out: Int) -> [EvaluationCase] {
            (0..<log.userCount).compactMap { user in
                let history = log.history(of: user)
                guard history.count >= 3 else { return nil }
                let before = Array(history.dropLast(out))
                return EvaluationCase(
                    user: user, query: Query(history: before), targets: [history[history.count - out].item],
                    excluded: excludesHistory ? before.map(\.item) : [])
            }
        }
        validation = cases(leaving: 2)
        test = cases(leaving: 1)
    }

    /// All but the last event of each user: training and validation together.
    static func withoutLast(_ log: InteractionLog) -> InteractionLog {
        log.filtered { user, event in
            let range = log.events(of: user)
            return range.count < 3 || event < range.upperBound - 1
        }
    }
}
