/// Why a model could not be compiled for inference, or a session could not answer.
public struct InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The layer, parameter or argument concerned.
    public let subject: String
    public let problem: String
    public let remedy: String

    public init(_ subject: String, problem: String, remedy: String) {
        self.subject = subject
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(subject): \(problem); \(remedy)" }
}
