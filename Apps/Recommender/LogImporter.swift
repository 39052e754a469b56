import EventStore
import FileStorage
import LogImport
import Reporting

/// Brings one log into a store.
struct LogImporter {
    /// What came of it.
    struct Summary: Encodable {
        var source: String
        var format: String
        var compression: String?
        var lines = 0
        var events = 0
        var items = 0
        var users = 0
        var rejects = 0
        var rejectsFile: String?
        var skipped: [String: Int] = [:]
        /// Lines that an earlier import had brought.
        var knownLines = 0
        var isContinued = false
        var timesWithoutZone = 0
        var isDryRun = false
        var seconds = 0.0
    }

    /// So many bad lines that the log is not what it was taken for.
    struct TooManyBadLines: Error, CustomStringConvertible {
        var source: String
        var rejects: Int
        var lines: Int
        var limit: Double
        var examples: [Reject]
        var rejectsFile: String?

        var description: String {
            let shown = examples.prefix(3).map { "\n  line \($0.line): \($0.reason)" }.joined()
            return "\(source): \(HumanReadable.count(rejects)) of \(HumanReadable.count(lines)) lines are bad, more than "
                + "\(HumanReadable.percentage(limit, places: 1)).\(shown)\nNothing of this log is in the store. "
                + (rejectsFile.map { "The bad lines are in \($0). " } ?? "")
                + "Say what the columns hold with --columns, or allow more with --max-bad."
        }
    }

    /// The compressed log is damaged: what came of it may be wrong long before that shows.
    struct TakenBack: Error, CustomStringConvertible {
        var reason: any Error

        var description: String {
            "\(reason)\nWhat was read of it may be wrong, so everything that this import brought is taken back. Import the log again when "
                + "it is whole; nothing is added twice."
        }
    }

    /// The log ends too early, or the store can take no more.
    struct Interrupted: Error, CustomStringConvertible {
        var source: String
        var reason: any Error
        var events: Int
        var lastLine: Int

        var description: String {
            let kept = lastLine == 0
                ? "Nothing of it is in the store."
                : "\(HumanReadable.count(events, "event")) of the lines up to \(HumanReadable.count(lastLine)) are in the store, complete. "
                    + "Import the whole log again to go on behind them; nothing is added twice."
            return "\(reason)\n\(kept)"
        }
    }

    var maximumBadShare = 0.05
    /// Events of one transaction.
    var eventsPerPart = 100_000
    /// What was said of the log, which then goes for what is in the store of it, too.
    var order: LineOrder?
    /// Lines before the share of bad ones decides anything, unless the log ends.
    private static let enoughLines = 1_000

    /// - Parameters:
    ///   - reader: at its first byte; used up by the call.
    ///   - store: nil to try only.
    ///   - rejects: nil keeps no bad lines.
    ///   - progress: told the bytes of the log taken, and the events so far.
    func run(
        _ reader: LogReader, into store: SQLiteEventStore?, rejects: RejectsFile?, waiting: Double = 0,
        progress: (_ bytes: Int, _ events: Int) -> Void = { _, _ in }
    ) throws -> Summary {
        let started = ProgressDisplay.monotonicSeconds()
        var summary = Summary(source: reader.sourceName, format: reader.formatSummary, compression: reader.compression)
        summary.isDryRun = store == nil
        let work = try store?.beginImport(of: reader.sourceName, isOrdered: reader.isOrdered, waiting: waiting)
        if let work {
            do { try pass(reader, work, &summary, rejects) } catch { throw try takingBackDamage(error, work) }
        }
        var (offset, digest) = (reader.offset, reader.digest)
        let source = reader.sourceName

        var totals = work?.totals ?? ImportTotals()
        var lastLine = summary.knownLines
        var examples: [Reject] = []
        let pipeline = LogPipeline(reader, maximumEvents: eventsPerPart)
        defer { pipeline.cancel() }
        do {
            while let step = try pipeline.next() {
                let batch = step.batch
                // A header alone is not worth a note.
                if batch.lineCount == 0 { continue }
                totals.lines += batch.lineCount
                totals.rejects += batch.rejects.count
                totals.events += batch.events.count
                if examples.count < 3 { examples += batch.rejects.prefix(3 - examples.count) }
                try rejects?.append(batch.rejects, from: source)
                if totals.lines >= Self.enoughLines { try check(totals, source, examples, rejects) }
                if let work {
                    rejects?.synchronize()
                    try work.append(
                        ImportPart(
                            events: batch.events, numbered: step.numbered, items: batch.items.map { ($0.item, $0.time) }, users: batch.users,
                            startOffset: offset, startDigest: digest, endOffset: batch.endOffset, endDigest: batch.endDigest, lastLine: batch.lastLine,
                            lineCount: batch.lineCount, rejectCount: batch.rejects.count, rejectsFile: rejects?.path,
                            rejectsBytes: rejects?.byteCount ?? 0, isOpen: batch.endsInsideLine))
                    rejects?.countAll()
                }
                (offset, digest, lastLine) = (batch.endOffset, batch.endDigest, batch.lastLine)
                summary.add(batch)
                progress(step.bytesTaken, summary.events)
            }
            try check(totals, source, examples, rejects)
            if totals.lines > 0 || summary.knownLines > 0 { try work?.finish() }
        } catch let error as TooManyBadLines {
            try work?.discard()
            throw error
        } catch {
            let error = try takingBackDamage(error, work)
            if error is TakenBack { throw error }
            if work != nil { rejects?.dropUncounted() }
            throw Interrupted(source: source, reason: error, events: work?.totals.events ?? 0, lastLine: work == nil ? 0 : lastLine)
        }
        guard totals.lines > 0 || summary.knownLines > 0 else { throw LogImportError.empty(source: source) }
        summary.rejectsFile = (rejects?.byteCount ?? 0) > 0 ? rejects?.path : nil
        summary.seconds = ProgressDisplay.monotonicSeconds() - started
        return summary
    }

    /// Takes everything back where a log turned out to be damaged, and leaves other errors as they are.
    private func takingBackDamage(_ error: any Error, _ work: (any EventImport)?) throws -> any Error {
        guard let work, case LogImportError.damaged = error else { return error }
        try work.discard()
        return TakenBack(reason: error)
    }

    /// Passes over what is in the store already.
    private func pass(_ reader: LogReader, _ work: any EventImport, _ summary: inout Summary, _ rejects: RejectsFile?) throws {
        var isAtEnd = false
        var last: ImportedPart?
        while !isAtEnd {
            isAtEnd = true
            for part in try work.parts(from: reader.offset, digest: reader.digest) {
                let outcome = try reader.skip(
                    to: part.endOffset, line: part.lastLine, ifDigestIs: part.endDigest, isOpen: part.isOpen)
                if outcome == .other { continue }
                isAtEnd = false
                if outcome == .grown {
                    try work.remove(part)
                } else {
                    work.pass(part, isOrdered: order == nil ? nil : reader.isOrdered)
                    summary.knownLines = part.lastLine
                    summary.isContinued = !part.isFinished
                    last = part
                }
                break
            }
        }
        // Behind a part of an import that was interrupted may be lines that come again; what comes by a pipe has no name by
        // which its lines could be told from those of another.
        if let last {
            rejects?.resume(last.rejectsFile, at: last.rejectsBytes, isInterrupted: !last.isFinished && reader.fileBytes != nil)
        }
    }

    private func check(_ totals: ImportTotals, _ source: String, _ examples: [Reject], _ rejects: RejectsFile?) throws {
        guard totals.lines > 0, Double(totals.rejects) > maximumBadShare * Double(totals.lines) else { return }
        throw TooManyBadLines(
            source: source, rejects: totals.rejects, lines: totals.lines, limit: maximumBadShare, examples: examples,
            rejectsFile: rejects?.path)
    }
}

extension LogImporter.Summary {
    mutating func add(_ batch: LogBatch) {
        lines += batch.lineCount
        events += batch.events.count
        items += batch.items.count
        users += batch.users.count
        rejects += batch.rejects.count
        timesWithoutZone += batch.timesWithoutZone
        for (what, count) in batch.skipped { skipped[what, default: 0] += count }
    }

    /// What happened, in sentences.
    var text: String {
        var sentences: [String] = []
        if lines == 0 {
            sentences.append("Nothing new: all \(HumanReadable.count(knownLines, "line")) were imported before.")
        } else {
            if knownLines > 0 {
                sentences.append(
                    isContinued
                        ? "Went on behind line \(HumanReadable.count(knownLines)), where an earlier import was interrupted."
                        : "The first \(HumanReadable.count(knownLines, "line")) were imported before.")
            }
            var told = ["\(HumanReadable.count(events, "event"))"]
            if events == 0 { told = [] }
            if items > 0 { told.append("\(HumanReadable.count(items, "description")) of items") }
            if users > 0 { told.append("\(HumanReadable.count(users, "description")) of users") }
            sentences.append(
                "\(isDryRun ? "Would import" : "Imported") \(told.isEmpty ? "nothing" : told.joined(separator: ", ")) from "
                    + "\(HumanReadable.count(lines, "line")) in \(HumanReadable.duration(seconds: seconds)).")
        }
        for (what, count) in skipped.sorted(by: { $0.key < $1.key }) {
            sentences.append("Left out on purpose: \(HumanReadable.count(count, "line")) of \(what).")
        }
        if timesWithoutZone > 0 { sentences.append("Times without a zone were taken to be UTC.") }
        if rejects > 0 {
            sentences.append(
                "\(HumanReadable.count(rejects, "bad line")) (\(HumanReadable.percentage(Double(rejects) / Double(max(lines, 1)))))"
                    + (rejectsFile.map { ", with the reasons in \($0)." } ?? "."))
        }
        return sentences.joined(separator: "\n")
    }
}
