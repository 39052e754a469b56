import ArgumentParser

/// Ids between commas; one that has commas or begins with a quotation mark stands in double quotes, as in a line of CSV.
struct IdentifierList {
    struct Entry: Equatable {
        var text: String
        /// What stands behind the closing quote; nil for an id without quotes.
        var remark: String?
    }

    private(set) var entries: [Entry] = []

    /// - Parameters:
    ///   - texts: of an option that may be repeated.
    ///   - remarks: whether something may follow a closing quote, such as `"i,7"@24`.
    /// - Throws: `ValidationError` for quotes that do not fit.
    init(_ texts: [String], _ option: String, remarks: Bool = false) throws {
        for text in texts {
            var rest = Substring(text)
            while let entry = try Self.next(&rest, option) {
                if let remark = entry.remark, !remark.isEmpty, !remarks {
                    throw ValidationError("\(option): \(remark) follows a closing quote; put a comma between two ids")
                }
                if !entry.text.isEmpty { entries.append(entry) }
            }
        }
    }

    /// Ids that nothing may follow.
    static func ids(_ texts: [String], _ option: String) throws -> [String] { try IdentifierList(texts, option).entries.map(\.text) }

    private static func next(_ rest: inout Substring, _ option: String) throws -> Entry? {
        rest = rest.drop { $0.isWhitespace || $0 == "," }
        guard !rest.isEmpty else { return nil }
        guard rest.first == "\"" else {
            let end = rest.firstIndex(of: ",") ?? rest.endIndex
            defer { rest = rest[end...] }
            return Entry(text: trimmed(rest[..<end]))
        }
        let whole = rest
        var id = ""
        rest.removeFirst()
        while let end = rest.firstIndex(of: "\"") {
            id += rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.first == "\"" else {
                let comma = rest.firstIndex(of: ",") ?? rest.endIndex
                defer { rest = rest[comma...] }
                return Entry(text: id, remark: trimmed(rest[..<comma]))
            }
            id.append("\"")
            rest.removeFirst()
        }
        throw ValidationError("\(option): \(whole) lacks a closing quote; an id with commas stands between two, and quotes within are doubled")
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
