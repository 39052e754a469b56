/// One question of an evaluation: somebody's history, and what they did next.
public struct EvaluationCase: Sendable {
    /// A number that tells people apart.
    public var user: Int
    public var query: Query
    /// Items they met afterwards; without repetitions.
    public var targets: [Int]
    /// Items that may not be answered, such as those of the history.
    public var excluded: [Int]

    public init(user: Int, query: Query, targets: [Int], excluded: [Int]) {
        self.user = user
        self.query = query
        self.targets = targets
        self.excluded = excluded
    }

    /// The places from 0 at which the targets stand when all items but the excluded ones are ranked.
    ///
    /// Items with equal scores stand in any order, targets among them evenly: a model that scores everything the same is worth
    /// what chance is worth, and no two targets share a place.
    public func ranks(in scores: UnsafeMutableBufferPointer<Float>) -> [Int] {
        for item in excluded where item < scores.count { scores[item] = -.infinity }
        var tied: [Float: Int] = [:]
        for target in targets where target < scores.count { tied[scores[target], default: 0] += 1 }
        var placed: [Float: Int] = [:]
        return targets.map { target in
            guard target < scores.count else { return scores.count }
            let score = scores[target]
            // Not a number is no rank, least of all the first.
            guard score > -.infinity else { return scores.count }
            var above = 0, equal = 0
            for other in scores {
                above += other > score ? 1 : 0
                equal += other == score ? 1 : 0
            }
            defer { placed[score, default: 0] += 1 }
            return above + Self.place(of: placed[score, default: 0], among: tied[score]!, of: equal)
        }
    }

    /// Where the target of a number is to be expected, from 0, when some targets stand in any order among equals.
    static func place(of number: Int, among targets: Int, of equals: Int) -> Int {
        (number + 1) * (equals + 1) / (targets + 1) - 1
    }
}
