import Interactions

/// A log divided into what models learn from, what weighs them, and what they are tested on once.
public struct EvaluationSplit: Sendable {
    /// How it was divided, in one sentence.
    public var description: String
    public var training: InteractionLog
    public var validation: [EvaluationCase]
    public var test: [EvaluationCase]
    /// All that was known when the test began: training and validation together.
    public var everything: InteractionLog

    public init(
        description: String, training: InteractionLog, validation: [EvaluationCase], test: [EvaluationCase], everything: InteractionLog
    ) {
        self.description = description
        self.training = training
        self.validation = validation
        self.test = test
        self.everything = everything
    }
}

/// A way to divide a shop's log.
public protocol EvaluationSplitRule: Sendable {
    /// - Throws: `EvaluationSplitError` where a part would be empty.
    func split(_ log: InteractionLog, asking questions: Questions) throws -> EvaluationSplit
}

/// Why a log cannot be divided.
public enum EvaluationSplitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A split by time of a log that knows none.
    case noTimes
    /// - Parameters:
    ///   - part: "training", "validation" or "test".
    case emptyPart(_ part: String, remedy: String)

    public var description: String {
        switch self {
        case .noTimes: "the log has no times, or the same for all events, so nothing in it is earlier or later; split it by user instead"
        case .emptyPart(let part, let remedy): "nothing is left for the \(part) of this split; \(remedy)"
        }
    }
}

extension EvaluationSplit {
    /// - Throws: `EvaluationSplitError.emptyPart`.
    func checked(remedy: String) throws -> EvaluationSplit {
        for (part, isEmpty) in [("training", training.eventCount == 0), ("validation", validation.isEmpty), ("test", test.isEmpty)] where isEmpty {
            throw EvaluationSplitError.emptyPart(part, remedy: remedy)
        }
        return self
    }
}
