import Imaging

/// An answer as scripts see it: one JSON object, or one row of CSV, for each file. The names and their meaning are stable.
public struct AnswerRecord: Hashable, Codable, Sendable {
    /// Why a file has no answer.
    public struct Failure: Hashable, Codable, Sendable {
        /// Short and stable: `unreadable`, `empty`, `wrong-format`, `unsupported`, `corrupt`, `truncated`, `too-large`,
        /// `timed-out`, `out-of-memory`, or `failed` for anything else.
        public var kind: String
        /// For people.
        public var message: String
    }

    /// A class and its probability.
    public struct Candidate: Hashable, Codable, Sendable {
        public var label: String
        public var probability: Float
    }

    /// As it was given.
    public var path: String
    /// The class, or `neither`; absent when there is no answer.
    public var label: String?
    /// Of the most probable class, 0 to 1, also when the photo shows neither.
    public var probability: Float?
    /// Whether the photo shows none of the classes.
    public var neither: Bool?
    /// How unlike the photos of the classes it is; compare with `neitherThreshold`.
    public var neitherScore: Float?
    public var neitherThreshold: Float?
    /// The most probable classes, best first.
    public var candidates: [Candidate]?
    /// What the decoder complained about.
    public var warning: String?
    /// The picture of where the model looked, when one was asked for.
    public var explanation: String?
    public var error: Failure?

    /// What a photo of none of the classes is called.
    public static let neitherLabel = "neither"

    /// - Parameter top: how many candidates to name.
    public init(path: String, _ result: Result<Answer, any Error>, classes: [String], threshold: Float?, top: Int = 2) {
        self.path = path
        switch result {
        case .success(let answer):
            label = answer.isNeither ? Self.neitherLabel : classes[answer.best]
            probability = answer.confidence
            neither = answer.isNeither
            neitherScore = answer.rejectionScore
            neitherThreshold = threshold
            candidates = answer.ranking.prefix(max(top, 1)).map {
                Candidate(label: classes[$0], probability: answer.probabilities[$0])
            }
            warning = answer.warning
        case .failure(let error):
            if var failure = error as? ImageError {
                failure.path = nil
                self.error = Failure(kind: failure.kind, message: failure.description)
            } else {
                self.error = Failure(kind: "failed", message: "\(error)")
            }
        }
    }

    /// Names of the columns of ``csvRow``.
    public static let csvHeader = "path,label,probability,neither,neither_score,error"

    /// The record as a row of CSV by RFC 4180, without line break.
    public var csvRow: String {
        [
            path, label ?? "", probability.map { "\($0)" } ?? "", neither.map { "\($0)" } ?? "",
            neitherScore.map { "\($0)" } ?? "", error?.message ?? "",
        ].map(Self.quoted).joined(separator: ",")
    }

    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }) else { return field }
        var result = "\""
        for character in field.unicodeScalars { result += character == "\"" ? "\"\"" : String(character) }
        return result + "\""
    }
}
