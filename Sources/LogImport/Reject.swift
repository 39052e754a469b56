/// A line that was not imported, and why.
public struct Reject: Error, Sendable, Hashable {
    /// Counted from 1 in the uncompressed file.
    public var line: Int
    public var reason: String
    /// The start of the line, at most ``longestText`` bytes, as it stood.
    public var text: [UInt8]

    public static let longestText = 1_000

    public init(line: Int = 0, reason: String, text: [UInt8] = []) {
        self.line = line
        self.reason = reason
        self.text = text
    }

    init(_ reason: String) { self.init(reason: reason) }
}
