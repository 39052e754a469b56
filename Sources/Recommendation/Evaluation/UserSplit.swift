import ComputeGraph
import Interactions

/// Users held out whole: what a model is worth to people it has not learned from. The last wanted event of each is to be
/// foreseen from what they did before; nothing of theirs is in training.
public struct UserSplit: EvaluationSplitRule {
    /// Of the users who can be asked: as many for the test as for validation. More than 0, less than 0.5.
    public var share: Double
    public var seed: UInt64

    public init(share: Double = 0.1, seed: UInt64 = 1) {
        self.share = share
        self.seed = seed
    }

    public func split(_ log: InteractionLog, asking questions: Questions) throws -> EvaluationSplit {
        var asked = (0..<log.userCount).compactMap { questions.lastQuestion(of: $0, before: .max, in: log)?.question }
        var random = RandomSource(seed, 0x75736572)
        asked.shuffle(using: &random)
        let size = min(max(1, Int(Double(asked.count) * share)), asked.count / 2)
        let test = asked.prefix(size), validation = asked.dropFirst(size).prefix(size)
        let unseen = Set(test.map(\.user)), heldOut = unseen.union(validation.map(\.user))
        return try EvaluationSplit(
            description: "by user: \(TimeSplit.percent(share)) of the users are the test and as many weigh the models; the last wanted event of "
                + "each is asked for, and nothing of theirs is learned from",
            training: log.filtered { user, _ in !heldOut.contains(user) },
            validation: validation.sorted { $0.user < $1.user }, test: test.sorted { $0.user < $1.user },
            everything: log.filtered { user, _ in !unseen.contains(user) }
        ).checked(remedy: "it needs at least two users with a wanted event after another event, and others to learn from")
    }
}
