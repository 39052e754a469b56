import ArgumentParser
import Foundation

/// How the suggestions for many users are written.
enum BatchFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// One suggestion a line, as RFC 4180 has it.
    case csv
    /// One JSON object for each user a line.
    case jsonl

    struct Answer: Encodable {
        struct Item: Encodable {
            var item: String
            var score: Float
            var reason: SuggestedItem.Why?
        }

        var user: String
        /// Whether the model could use anything the user did; otherwise this is what is popular.
        var known: Bool
        var suggestions: [Item]
    }

    func header(reasons: Bool) -> String {
        switch self {
        case .csv: "user,place,item,score" + (reasons ? ",reason" : "") + "\r\n"
        case .jsonl: ""
        }
    }

    func text(_ answer: Answer) throws -> String {
        switch self {
        case .csv:
            var text = ""
            let user = Self.field(answer.user)
            for (place, item) in answer.suggestions.enumerated() {
                text += "\(user),\(place + 1),\(Self.field(item.item)),\(item.score)"
                if let reason = item.reason { text += "," + Self.field(reason.text) }
                text += "\r\n"
            }
            return text
        case .jsonl:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // An item that nothing speaks for may have no finite score.
            encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return String(decoding: try encoder.encode(answer), as: UTF8.self) + "\n"
        }
    }

    /// Comma, quote, line breaks and blank.
    private static let special: Set<UInt8> = [0x2C, 0x22, 0x0A, 0x0D, 0x20]

    /// A field of a line, in quotes where it needs them.
    private static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { Self.special.contains($0) }
        return needsQuotes ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
    }
}
