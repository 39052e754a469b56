import Interactions

/// What the reader of a log is told besides the log.
public struct LogOptions: Sendable, Hashable {
    /// Found from the header and the first lines where nil.
    public var format: LogFormat?
    /// Goes before what the header says.
    public var columns: ColumnMapping?
    /// One character, or `::`; found from the first lines where nil.
    public var separator: String?
    /// The kind of events in logs that have no column for it; each format has its own where nil.
    public var kind: EventKind?
    /// The file describes items, one a line, and not events.
    public var holdsItems: Bool
    /// The file describes users, one a line, and not events.
    public var holdsUsers: Bool
    /// Whether the first line of a table holds the names of the columns; found out where nil.
    public var header: Bool?
    /// Whether the events of a log without times come in the order of time; nil: those of sequences do, others do not.
    public var isOrdered: Bool?
    /// The year of times that have only month and day.
    public var year: Int
    /// Ratings outside are rejected; each format has its own range where nil.
    public var ratings: ClosedRange<Double>?
    /// Milliseconds since 1970; times more than a day later are rejected. Not part of a log's identity.
    public var now: Int64
    /// Longer lines are rejected without being held in memory.
    public var longestLine: Int

    public init(
        format: LogFormat? = nil, columns: ColumnMapping? = nil, separator: String? = nil, kind: EventKind? = nil,
        holdsItems: Bool = false, holdsUsers: Bool = false, header: Bool? = nil, isOrdered: Bool? = nil, year: Int = 2013,
        ratings: ClosedRange<Double>? = nil, now: Int64, longestLine: Int = 1 << 20
    ) {
        self.format = format
        self.columns = columns
        self.separator = separator
        self.kind = kind
        self.holdsItems = holdsItems
        self.holdsUsers = holdsUsers
        self.header = header
        self.isOrdered = isOrdered
        self.year = year
        self.ratings = ratings
        self.now = now
        self.longestLine = longestLine
    }
}
