import Interactions

/// Reads a log part by part, in memory that does not grow with it.
///
/// ```swift
/// let reader = try LogReader(path: "events.csv.gz", options: LogOptions(now: now))
/// print(reader.formatSummary)
/// while let batch = try reader.next(maximumEvents: 100_000) { … }
/// ```
///
/// One reader is used by one thread at a time.
public final class LogReader {
    /// The path, or "standard input".
    public let sourceName: String
    public let format: LogFormat
    /// What was found out, for people.
    public let formatSummary: String
    /// The same bytes read with the same settings are the same log.
    public let settings: String
    /// The events have no times and come in the order of time.
    public let isOrdered: Bool
    /// `gzip`, `zstd` or nil.
    public let compression: String?
    /// The length of the file as it lies on the disk; nil for streams.
    public let fileBytes: Int?

    private let source: LogSource
    private let records: RecordReader
    private var decoder: any RecordDecoder
    /// Whether the next good line is the header.
    private var awaitsHeader: Bool
    /// Bytes and bad lines of a batch, so that a batch without events ends too, and its memory has a limit.
    private static let batchBytes = 16 << 20
    private static let batchRejects = 10_000

    /// - Parameter path: a file, or `-` for standard input.
    /// - Throws: `FileError`, ``LogImportError``.
    public init(path: String, options: LogOptions) throws {
        source = try LogSource(path: path)
        records = RecordReader(source: source, longestLine: options.longestLine)
        let head = try records.peekStart(FormatDetection.headBytes)
        // Of a damaged log nothing is kept, so that it need not be begun.
        if let failure = records.failure, case LogImportError.damaged = failure { throw failure }
        let layout: LogLayout
        do {
            layout = try FormatDetection(source: source.name, head: head, isCut: records.failure != nil, options: options).layout()
        } catch {
            // What is there of a log that cannot be read does not tell what it is.
            throw records.failure ?? error
        }
        records.layout = layout.recordLayout
        records.beginDigest(settings: layout.identity)
        decoder = layout.decoder(now: options.now)
        awaitsHeader = layout.header != nil
        sourceName = source.name
        format = layout.format
        formatSummary = layout.summary
        settings = layout.identity
        isOrdered = layout.isOrdered
        compression = source.compression
        fileBytes = source.fileBytes
    }

    /// Bytes of the file taken so far, compressed as they lie there.
    public var bytesTaken: Int { source.bytesTaken }
    /// Uncompressed bytes before the next record.
    public var offset: Int { records.offset }
    /// The digest of the settings and of all bytes before ``offset``.
    public var digest: String { records.currentDigest() }

    /// What came of passing over bytes.
    public enum Skipped: Sendable {
        case passed
        /// The log is another one; nothing is passed over.
        case other
        /// The last line went on after it was read; nothing is passed over.
        case grown
    }

    /// Passes over what is known from an earlier import: the bytes up to `offset`, if their digest is as expected.
    ///
    /// - Parameter isOpen: the bytes ended, when they were read, with a line without a line break.
    /// - Throws: `FileError`, `LogImportError`.
    public func skip(to offset: Int, line: Int, ifDigestIs expected: String, isOpen: Bool) throws -> Skipped {
        let outcome = try records.skip(to: offset, line: line, ifDigestIs: expected, isOpen: isOpen)
        if outcome == .passed { awaitsHeader = false }
        return outcome
    }

    /// The next part of the log; nil at its end.
    ///
    /// A last line without a line break is a batch of its own, because it may have been half-written.
    ///
    /// - Parameter maximumEvents: a batch ends with the line that reaches it.
    /// - Throws: `FileError`, `LogImportError` where the log cannot be read any further. What was read before comes as
    ///   a batch first, and the error with the next call.
    public func next(maximumEvents: Int) throws -> LogBatch? {
        var batch = LogBatch()
        if let failure {
            self.failure = nil
            throw failure
        }
        batch.events.reserveCapacity(min(maximumEvents, 1 << 16))
        let start = records.offset
        let startLine = records.line
        do {
            while batch.events.count < maximumEvents, batch.items.count < maximumEvents, batch.users.count < maximumEvents,
                batch.rejects.count < Self.batchRejects, records.offset - start < Self.batchBytes
            {
                if batch.lineCount > 0, try records.nextIsOpen() { break }
                guard let record = try records.next() else { break }
                if awaitsHeader, record.problem == nil, record.bytes.problemAsText == nil {
                    awaitsHeader = false
                    continue
                }
                decode(record, into: &batch)
                batch.endsInsideLine = records.endedInsideLine
            }
        } catch {
            guard batch.lineCount > 0 else { throw error }
            failure = error
        }
        guard records.offset > start || records.line > startLine || batch.lineCount > 0 else { return nil }
        batch.endOffset = records.offset
        batch.lastLine = records.line
        batch.endDigest = records.currentDigest()
        return batch
    }

    private var failure: (any Error)?

    private func decode(_ record: RecordReader.Record, into batch: inout LogBatch) {
        batch.lineCount += 1
        do throws(Reject) {
            if let problem = record.problem ?? record.bytes.problemAsText { throw Reject(problem) }
            try decoder.decode(record.bytes, into: &batch)
        } catch {
            batch.rejects.append(
                Reject(line: record.line, reason: error.reason, text: Array(record.bytes.prefix(Reject.longestText))))
        }
    }
}
