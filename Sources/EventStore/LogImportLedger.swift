import Interactions

/// A part of a log on its way into a store, with the place it had in the log.
public struct ImportPart: Sendable {
    public var events: NumberedEvents
    /// What the log tells of items: only the fields that are set, and those that are told to be empty by ``Item/tellIfEmpty(_:)``.
    public var items: [(item: Item, time: Int64?)]
    public var users: [User]
    /// Uncompressed bytes before and after the part, and the digests of all bytes before either.
    public var startOffset: Int
    public var startDigest: String
    public var endOffset: Int
    public var endDigest: String
    public var lastLine: Int
    public var lineCount: Int
    public var rejectCount: Int
    /// The file of rejects; nil where there are none.
    public var rejectsFile: String?
    /// How long the file of rejects is with those of this part.
    public var rejectsBytes: Int
    /// One last line without a line break, which may have been half-written.
    public var isOpen: Bool

    /// - Parameter numbered: the events' names, where they were numbered before.
    public init(
        events: [Event], numbered: NumberedEvents? = nil, items: [(item: Item, time: Int64?)] = [], users: [User] = [], startOffset: Int, startDigest: String,
        endOffset: Int, endDigest: String, lastLine: Int, lineCount: Int, rejectCount: Int = 0, rejectsFile: String? = nil,
        rejectsBytes: Int = 0, isOpen: Bool = false
    ) {
        self.events = numbered ?? NumberedEvents(events)
        self.items = items
        self.users = users
        self.startOffset = startOffset
        self.startDigest = startDigest
        self.endOffset = endOffset
        self.endDigest = endDigest
        self.lastLine = lastLine
        self.lineCount = lineCount
        self.rejectCount = rejectCount
        self.rejectsFile = rejectsFile
        self.rejectsBytes = rejectsBytes
        self.isOpen = isOpen
    }
}

/// A part that is in the store.
public struct ImportedPart: Sendable, Hashable {
    public var importKey: Int64
    public var startOffset: Int
    public var startDigest: String
    public var endOffset: Int
    public var endDigest: String
    public var lastLine: Int
    public var rejectsFile: String?
    public var rejectsBytes: Int
    public var isOpen: Bool
    /// Whether its lines are taken to come in the order of time where they tell none.
    public var isOrdered: Bool
    /// Whether the import that brought it came to its end.
    public var isFinished: Bool
}

/// What an import brought, the parts of interrupted runs included.
public struct ImportTotals: Sendable, Hashable, Codable {
    public var lines = 0
    public var events = 0
    public var rejects = 0

    public init(lines: Int = 0, events: Int = 0, rejects: Int = 0) {
        self.lines = lines
        self.events = events
        self.rejects = rejects
    }

    static func + (left: ImportTotals, right: ImportTotals) -> ImportTotals {
        ImportTotals(lines: left.lines + right.lines, events: left.events + right.events, rejects: left.rejects + right.rejects)
    }
}

/// One import into a store. While it lives, no other can begin.
///
/// Every part is written in one transaction together with the note of where it ends in the log. An import that was
/// killed is therefore continued behind the last part; a log that is imported again has no part that is new; and one
/// that has grown has only its new end.
public protocol EventImport: AnyObject {
    /// The parts in the store that begin where the reader stands, the longest first.
    func parts(from offset: Int, digest: String) throws -> [ImportedPart]
    /// Notes that the reader passed over a part, so that an interrupted import is continued as the same one.
    ///
    /// - Parameter isOrdered: whether the log's lines come in the order of time, if that is to be said anew; else it stays, and goes
    ///   for what follows too.
    func pass(_ part: ImportedPart, isOrdered: Bool?)
    /// Removes a last line that was half-written when it was imported, with the users and items that only it told of.
    ///
    /// - Precondition: the part is open.
    func remove(_ part: ImportedPart) throws
    /// Writes a part, and waits for the disk.
    func append(_ part: ImportPart) throws
    /// What is in the store of this import, the parts of interrupted runs included.
    var totals: ImportTotals { get }
    /// Ends the import.
    func finish() throws
    /// Takes everything back that this import brought, the parts of interrupted runs included, with the users and items
    /// that came with it and that nothing else refers to.
    func discard() throws
}
