import Interactions

/// A part of a log, read and checked.
public struct LogBatch: Sendable {
    public var events: [Event] = []
    /// What lines tell of items: only the fields that are set are known, and those that are told to be empty.
    public var items: [ItemRecord] = []
    public var users: [User] = []
    public var rejects: [Reject] = []
    /// Lines left out on purpose, such as postage among sales, by what they are.
    public var skipped: [String: Int] = [:]
    /// Lines read, blank ones and the header apart.
    public var lineCount = 0
    /// The last line of the batch, counted from 1.
    public var lastLine = 0
    /// Uncompressed bytes up to the end of the batch, and the digest of the settings and all of those bytes.
    public var endOffset = 0
    public var endDigest = ""
    /// Whether the batch is the last line of a log that does not end in a line break: it may have been half-written.
    public var endsInsideLine = false
    /// Times without a zone, taken to be UTC.
    public var timesWithoutZone = 0

    /// What one line tells of an item.
    public struct ItemRecord: Sendable {
        public var item: Item
        /// When that was so, in milliseconds since 1970; nil where the log does not say.
        public var time: Int64?
    }
}
