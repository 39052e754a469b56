#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Cuts a log into records: lines, or entries of one large JSON object. Memory stays the same however long the log is,
/// and however long a line.
final class RecordReader {
    let source: LogSource
    var layout = Layout.lines
    /// Uncompressed bytes before the next record.
    private(set) var offset = 0
    /// Lines before the next record.
    private(set) var line = 0
    /// Whether the last record ended with the log and not with a line break.
    private(set) var endedInsideLine = false
    private let longestLine: Int
    private var memory: UnsafeMutableRawBufferPointer
    /// The bytes that are read and not yet taken.
    private var start = 0
    private var end = 0
    /// Bytes before this one are in the digest.
    private var digested = 0
    private var digest = PrefixDigest(settings: "")
    private var isAtEnd = false
    /// Why the log cannot be read any further, raised behind what is there.
    private(set) var failure: (any Error)?

    /// Quoted fields with line breaks may be this long; a quote that is not closed by then is an error of its line.
    private static let longestQuotedRecord = 1 << 16
    /// How much of a stream can be looked at before deciding.
    private static let longestLookAhead = 64 << 20

    init(source: LogSource, longestLine: Int) {
        self.source = source
        self.longestLine = max(longestLine, 16)
        memory = .allocate(byteCount: 1 << 18, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// The bytes that come next, at least `count` unless the log ends before; they stay to be read.
    func peek(_ count: Int) throws -> UnsafeRawBufferPointer {
        while end - start < count, try fill() {}
        return UnsafeRawBufferPointer(rebasing: memory[start..<end])
    }

    /// The log's first bytes, at least `count` unless it ends, or cannot be read any further, before. They stay to be read, and the
    /// error comes behind them.
    ///
    /// - Throws: where not even the first line is there.
    func peekStart(_ count: Int) throws -> UnsafeRawBufferPointer {
        do {
            return try peek(count)
        } catch {
            let start = UnsafeRawBufferPointer(rebasing: memory[start..<end])
            guard start.contains(0x0A) else { throw error }
            failure = error
            return start
        }
    }

    /// Begins the digest of the log, which has to be at its first byte.
    func beginDigest(settings: String) { digest = PrefixDigest(settings: settings) }

    /// The digest of the settings and of all bytes before ``offset``.
    func currentDigest() -> String {
        digestTaken()
        return digest.hexadecimal
    }

    /// Passes over the bytes up to `offset` if their digest is as expected, and leaves them otherwise.
    ///
    /// - Parameter isOpen: the bytes ended, when they were read, with a line without a line break.
    /// - Throws: `LogImportError.divergingStream` where that needs too much memory to decide.
    func skip(to offset: Int, line: Int, ifDigestIs expected: String, isOpen: Bool) throws -> LogReader.Skipped {
        let count = offset - self.offset
        guard count >= 0 else { return .other }
        digestTaken()
        if count > Self.longestLookAhead {
            // Too much to keep: what is passed over cannot be had back.
            var left = count
            while left > 0 {
                let available = try peek(1).count
                if available == 0 { throw LogImportError.divergingStream(source: source.name, offset: self.offset) }
                let piece = min(available, left)
                start += piece
                left -= piece
                digestTaken()
            }
            guard digest.hexadecimal == expected else { throw LogImportError.divergingStream(source: source.name, offset: self.offset) }
        } else {
            let ahead = try peek(count + 1)
            guard ahead.count >= count else { return .other }
            var trial = digest
            trial.update(UnsafeRawBufferPointer(rebasing: ahead[..<count]))
            guard trial.hexadecimal == expected else { return .other }
            if isOpen, ahead.count > count, ahead[count] != 0x0A, ahead[count] != 0x0D { return .grown }
            digest = trial
            start += count
            digested = start
        }
        self.offset = offset
        self.line = line
        return .passed
    }

    /// The next record; nil at the end. Blank lines are passed over.
    func next() throws -> Record? {
        while true {
            guard try !peek(1).isEmpty else { return nil }
            if offset == 0 { try passByteOrderMark() }
            let record = switch layout {
            case .lines: try nextLine()
            case .quotedLines(let separator): try nextQuotedLine(separator: separator)
            case .jsonEntries: try nextEntry()
            }
            guard let record else { return nil }
            // NUL is no blank: a line of it is what a crash leaves, and is told of.
            if record.problem != nil || record.bytes.contains(where: { $0 > 0x20 || $0 == 0 }) { return record }
        }
    }

    /// Whether what comes next is a last line without a line break.
    func nextIsOpen() throws -> Bool {
        guard layout != .jsonEntries else { return false }
        var searched = 0
        while true {
            let rest = end - start - searched
            if rest > 0, memchr(memory.baseAddress! + start + searched, 0x0A, rest) != nil { return false }
            searched = end - start
            if searched > longestLine { return false }
            if try !fill() { return searched > 0 }
        }
    }

    private func passByteOrderMark() throws {
        if try peek(3).starts(with: [0xEF, 0xBB, 0xBF]) { advance(by: 3) }
    }

    // MARK: Lines

    private func nextLine() throws -> Record? {
        guard let length = try lengthOfLine() else { return try overlongLine() }
        return take(length: length, lines: 1)
    }

    /// Bytes up to the next line break or the end of the log; nil where there are too many.
    private func lengthOfLine(after known: Int = 0) throws -> Int? {
        var searched = known
        while true {
            let available = UnsafeRawBufferPointer(rebasing: memory[start..<end])
            if searched < available.count,
                let found = memchr(available.baseAddress! + searched, 0x0A, available.count - searched)
            {
                let length = available.baseAddress!.distance(to: UnsafeRawPointer(found))
                return length <= longestLine ? length : nil
            }
            searched = available.count
            if searched > longestLine { return nil }
            if try !fill() { return end - start }
        }
    }

    /// Takes `length` bytes and the line break behind them.
    private func take(length: Int, lines: Int) -> Record {
        var bytes = UnsafeRawBufferPointer(rebasing: memory[start..<(start + length)])
        endedInsideLine = start + length == end && isAtEnd
        advance(by: length + (start + length < end ? 1 : 0))
        let first = line + 1
        line += lines
        if bytes.last == 0x0D { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
        return Record(bytes: bytes, line: first)
    }

    /// Passes over a line of any length, and keeps its start.
    private func overlongLine() throws -> Record {
        let kept = min(Reject.longestText, end - start)
        longLineStart.copyBytes(from: memory[start..<(start + kept)])
        var length = 0
        while true {
            let available = UnsafeRawBufferPointer(rebasing: memory[start..<end])
            if let found = available.isEmpty ? nil : memchr(available.baseAddress!, 0x0A, available.count) {
                let rest = available.baseAddress!.distance(to: UnsafeRawPointer(found))
                length += rest
                advance(by: rest + 1)
                endedInsideLine = false
                break
            }
            length += available.count
            advance(by: available.count)
            if try !fill() {
                endedInsideLine = true
                break
            }
        }
        line += 1
        return Record(
            bytes: UnsafeRawBufferPointer(rebasing: longLineStart[..<kept]), line: line,
            problem: "the line has \(length) bytes, more than the limit of \(longestLine)")
    }

    private lazy var longLineStart = LineStart()

    // MARK: Quotes

    /// A line is read first as it is; only where it holds a quote is it read field by field.
    private func nextQuotedLine(separator: [UInt8]) throws -> Record? {
        guard var length = try lengthOfLine() else { return try overlongLine() }
        let first = length
        guard memchr(memory.baseAddress! + start, 0x22, length) != nil else { return take(length: length, lines: 1) }
        var lines = 1
        var quotes = QuoteScan(mark: separator[0])
        while true {
            let state = quotes.goOn(UnsafeRawBufferPointer(rebasing: memory[start..<(start + length)]))
            if state == .closed || (state == .misplaced && lines == 1) { return take(length: length, lines: lines) }
            let isLast = start + length >= end && isAtEnd
            guard state == .open, !isLast, length < Self.longestQuotedRecord, let longer = try lengthOfLine(after: length + 1) else {
                // The quote was a mistake of one line, which is no reason to lose the next ones.
                var record = take(length: first, lines: 1)
                record.problem = "a quote is opened and never closed"
                return record
            }
            length = longer
            lines += 1
        }
    }

    // MARK: Entries of a JSON object

    /// From the key's quote up to the end of the value. Entries are counted as lines.
    private func nextEntry() throws -> Record? {
        // What stands between two entries.
        while true {
            let available = try peek(1)
            guard let byte = available.first else { return nil }
            guard byte == 0x7B || byte == 0x2C || byte <= 0x20 || (byte == 0x7D) else { break }
            advance(by: 1)
        }
        var depth = 0, index = 0
        var isInText = false, isEscaped = false
        while true {
            if index > longestLine { return try overlongLine() }
            if start + index >= end, try !fill() {
                var record = take(length: end - start, lines: 1)
                record.problem = "the JSON ends in the middle"
                return record
            }
            let byte = memory[start + index]
            if isInText {
                if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { isInText = false }
            } else if byte == 0x22 {
                isInText = true
            } else if byte == 0x5B || byte == 0x7B {
                depth += 1
            } else if (byte == 0x2C || byte == 0x7D) && depth == 0 {
                break
            } else if byte == 0x5D || byte == 0x7D {
                depth -= 1
            }
            index += 1
        }
        let record = take(length: index, lines: 1)
        endedInsideLine = false
        return record
    }

    // MARK: Memory

    private func advance(by count: Int) {
        start += count
        offset += count
    }

    private func digestTaken() {
        guard start > digested else { return }
        digest.update(UnsafeRawBufferPointer(rebasing: memory[digested..<start]))
        digested = start
    }

    /// Reads more behind what is there.
    ///
    /// - Returns: false at the end of the log.
    private func fill() throws -> Bool {
        guard !isAtEnd else { return false }
        if let failure { throw failure }
        if end == memory.count {
            digestTaken()
            if start >= memory.count / 2 {
                memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<end]))
            } else {
                let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.count * 2, alignment: 16)
                larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<end]))
                memory.deallocate()
                memory = larger
            }
            end -= start
            start = 0
            digested = 0
        }
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[end...]))
        isAtEnd = count == 0
        end += count
        return count > 0
    }
}
