import Interactions

/// Some of the targets of some of the cases, which are to be looked at apart.
public struct TargetGroup: Sendable {
    /// Such as "not touched before".
    public var name: String
    /// What belongs to it, in one sentence.
    public var explanation: String
    /// For each case, positions among its targets; empty where it is not in the group.
    public var targets: [[Int]]

    public var caseCount: Int { targets.count { !$0.isEmpty } }
    public var targetCount: Int { targets.reduce(0) { $0 + $1.count } }

    init(_ name: String, _ explanation: String, _ cases: [EvaluationCase], where isIn: (EvaluationCase, Int) -> Bool) {
        self.name = name
        self.explanation = explanation
        targets = cases.map { question in question.targets.indices.filter { isIn(question, question.targets[$0]) } }
    }

    /// Targets the user had and had not touched, those of new users, and rare items.
    ///
    /// - Parameters:
    ///   - newUserEvents: a history of at most so many events is a new user's.
    ///   - rareItemEvents: an item of at most so many training events is rare.
    public static func usual(_ cases: [EvaluationCase], eventCounts: [Int], newUserEvents: Int = 5, rareItemEvents: Int = 5) -> [TargetGroup] {
        let touched = cases.map { Set($0.query.history.map(\.item)) }
        var groups: [TargetGroup] = []
        func add(_ name: String, _ explanation: String, isTouched: Bool) {
            var group = TargetGroup(name, explanation, cases) { _, _ in true }
            for index in cases.indices {
                group.targets[index] = group.targets[index].filter { touched[index].contains(cases[index].targets[$0]) == isTouched }
            }
            groups.append(group)
        }
        add("touched before", "The user had looked at the item, carted it or the like before the question.", isTouched: true)
        add("not touched before", "The item is new to the user: what a recommender is for.", isTouched: false)
        groups.append(TargetGroup(
            "new users", "The history has at most \(newUserEvents) events.", cases) { question, _ in question.query.history.count <= newUserEvents })
        groups.append(TargetGroup(
            "rare items", "The item has at most \(rareItemEvents) events in training.", cases) { _, target in
                target >= eventCounts.count || eventCounts[target] <= rareItemEvents
            })
        return groups.filter { $0.targetCount > 0 }
    }
}
