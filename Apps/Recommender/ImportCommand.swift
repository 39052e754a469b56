import ArgumentParser
import EventStore
import Foundation
import Interactions
import LogImport
import Reporting

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring logs of clicks, cart additions, purchases and ratings into a store, or descriptions of items and users.",
        discussion: """
            FILE is a log, plain or compressed with gzip or zstd; - is standard input. The format is found from the header and \
            the first lines and shown: RetailRocket, REES46, MovieLens, Amazon ratings, RecBole (.inter, .item, .user), \
            session-rec, sequences (user item item …), pairs (user item), UCI Online Retail, Alibaba, gorse JSON lines, item \
            attributes in JSON, and any table whose columns have usual names. For others, say which column holds what.

            The same log twice adds nothing, and one that has grown adds its new end, compressed or not; a repeated action \
            inside a log stays. An import that was interrupted, also by kill -9 or a full disk, goes on where it stopped when \
            it is given again: every event that was committed is there, and none twice.

            Bad lines go to a file with line number and reason; a file of the same name is never overwritten, but numbered \
            (NAME.2.rejects.tsv), and one given by --rejects is added to. If they are more than --max-bad of all lines, the log \
            is not what it was taken for, and everything it brought is taken back; so it is when gzip or zstd data is damaged. \
            A log that ends too early, or has something else behind its compressed data, keeps what came before, and the whole \
            log goes on behind that.

            Columns: user, item, time, kind, value (rating or quantity), session, recommendation, price, name, category, stock, \
            hidden (true or false), expires and added (times); by the names of the header or by numbers from 1. Times are seconds, \
            milliseconds or microseconds since 1970 or ISO 8601 dates, also without marks between (20240101, 202401011230, \
            20240101123000); without a zone they are taken to be UTC. Dates with slashes are month/day/year, or day/month/year \
            where the first lines have a first number above 12. Ids are compared byte by byte.

            Descriptions that are imported later go over older ones in what they name: null, false or an empty list in JSON and an \
            empty field in a table (properties apart) take away what was known, and what is not named stays.

            What came before what is learned from times; without them, from the order of the lines with --ordered, and of the items \
            in a line of sequences unless --unordered. Given again with the other, a log that is in the store is taken anew so.

            With columns by numbers the first line is a header where it has usual names; where a time, value, price or stock is \
            none there but one further down; or where its ids have no digit and those below have. What was found is shown; \
            --header and --no-header say it.

            EXAMPLES
              recommender import events.csv --store shop.db
              recommender import log1.csv.gz log2.csv.zst --store shop.db
              recommender import clicks.tsv --store shop.db --columns user=visitor,item=product,time=when,kind=action
              recommender import buy.txt --store shop.db --kind purchase
              recommender import catalog.csv --store shop.db --items
              zcat *.gz | recommender import - --store shop.db --format rees46
              recommender import events.csv --dry-run

            EXIT CODES
              0  everything was imported, but for bad lines within --max-bad
              1  a file could not be read to its end, or the store refused
              2  too many bad lines; nothing of that log is in the store
              64 the command was not understood
            """)

    @Argument(help: ArgumentHelp("Logs; - for standard input.", valueName: "file"), completion: .file())
    var files: [String]

    @Option(help: ArgumentHelp("The store; made where there is none.", valueName: "file"), completion: .file())
    var store = "shop.db"

    @Option(help: ArgumentHelp("The format, instead of finding it out.", valueName: "name"))
    var format: LogFormat?

    @Option(help: ArgumentHelp("Which column holds what, such as user=visitor,item=product,time=3.", valueName: "mapping"))
    var columns: String?

    @Option(help: ArgumentHelp("Between columns: one character, tab, space or ::.", valueName: "text"))
    var separator: String?

    @Option(
        help: ArgumentHelp(
            "The kind of every event, in logs without a column of kinds: view, cart, purchase, …, or a name that columns use, such as buy.",
            valueName: "kind"))
    var kind: String?

    @Flag(
        help: """
            The files describe items, one a line: the columns name, price, category, stock, hidden, expires and added, all others \
            as properties.
            """)
    var items = false

    @Flag(help: "The files describe users, one a line.")
    var users = false

    @Flag(inversion: .prefixedNo, help: "Whether the first line holds the names of the columns, instead of finding it out.")
    var header: Bool?

    @Flag(help: "Whether the events of a log without times come in the order of time; unless given, those of sequences do, others do not.")
    var order: LineOrder?

    @Option(help: ArgumentHelp("The year, for logs that have only month and day.", valueName: "year"))
    var year = 2013

    @Option(
        help: ArgumentHelp(
            "Ratings outside are bad lines, such as 1..5; known formats have their own range.", valueName: "range"))
    var ratings: RangeArgument?

    @Option(help: ArgumentHelp("The share of bad lines that stops an import, such as 5% or 0.05.", valueName: "share"))
    var maxBad = ShareArgument(share: 0.05)

    @Option(help: ArgumentHelp("Where bad lines go; a new file NAME.rejects.tsv beside the store unless given.", valueName: "file"))
    var rejects: String?

    @Option(help: ArgumentHelp("Events that are written, and waited for, at once.", valueName: "count"))
    var commitEvery = 100_000

    @Flag(help: "Wait for another import into the store to end, instead of giving up.")
    var wait = false

    @Flag(help: "Read and check only, and change nothing.")
    var dryRun = false

    @Flag(help: "Print what happened as JSON on standard output.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("Standard input can be read only once.") }
        guard (1...10_000_000).contains(commitEvery) else {
            throw ValidationError("--commit-every must be between 1 and 10,000,000.")
        }
        guard !(items && users) else { throw ValidationError("--items and --users: a file describes the ones or the others.") }
        guard (1970...2100).contains(year) else { throw ValidationError("--year must be between 1970 and 2100.") }
        do { if let columns { _ = try ColumnMapping(parsing: columns) } } catch { throw ValidationError("\(error)") }
    }

    func run() throws {
        do {
            try importAll()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw fail("import", error, code: error is LogImporter.TooManyBadLines ? 2 : 1)
        }
    }

    private func importAll() throws {
        let options = LogOptions(
            format: format, columns: try columns.map { try ColumnMapping(parsing: $0) }, separator: separator,
            kind: kind.map { EventKind(loggedAs: $0) }, holdsItems: items, holdsUsers: users, header: header,
            isOrdered: order.map { $0 == .ordered }, year: year, ratings: ratings?.range,
            now: Int64(Date().timeIntervalSince1970 * 1_000))
        var opened: SQLiteEventStore?
        var summaries: [LogImporter.Summary] = []
        if let rejects { try RejectsFile.check(rejects, store: dryRun ? nil : store, logs: files) }
        let shared = rejects.map { RejectsFile(at: $0) }
        for file in files {
            let reader = try LogReader(path: file, options: options)
            // A store is not made for a log that cannot be read.
            if opened == nil, !dryRun { opened = try SQLiteEventStore(path: store, access: .create) }
            summaries.append(try importOne(reader, into: opened, rejects: shared))
        }
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(summaries), as: UTF8.self))
    }

    private func importOne(
        _ reader: LogReader, into store: SQLiteEventStore?, rejects shared: RejectsFile?
    ) throws -> LogImporter.Summary {
        let name = reader.sourceName == "standard input" ? "stdin" : URL(fileURLWithPath: reader.sourceName).lastPathComponent
        let unit = reader.compression == nil ? "bytes" : "compressed bytes"
        if !json { print("\(reader.sourceName): \(reader.compression.map { $0 + ", " } ?? "")\(reader.formatSummary)") }
        let display = quiet ? nil : ProgressDisplay("Importing \(name)", total: reader.fileBytes ?? 0, unit: unit)
        let summary = try LogImporter(maximumBadShare: maxBad.share, eventsPerPart: commitEvery, order: order).run(
            reader, into: store, rejects: shared ?? rejectsBesideStore(for: name), waiting: wait ? 86_400 : 0
        ) { bytes, events in
            display?.update(completed: bytes, note: HumanReadable.count(events, "event"))
        }
        display?.finish(note: HumanReadable.count(summary.events, "event"))
        if !json { print(summary.text) }
        return summary
    }

    private func rejectsBesideStore(for name: String) -> RejectsFile? {
        guard !dryRun else { return nil }
        return RejectsFile(in: URL(fileURLWithPath: store).deletingLastPathComponent().path, named: name)
    }
}

extension LogFormat: ExpressibleByArgument {}

/// A share such as `5%` or `0.05`.
struct ShareArgument: ExpressibleByArgument, CustomStringConvertible {
    var share: Double

    init(share: Double) { self.share = share }

    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        let number = isPercent ? String(argument.dropLast()).trimmingCharacters(in: .whitespaces) : argument
        guard let value = Double(number) else { return nil }
        share = isPercent ? value / 100 : value
        guard (0...1).contains(share) else { return nil }
    }

    var description: String { HumanReadable.significant(share * 100) + "%" }
    var defaultValueDescription: String { description }
}

/// A range such as `1..5`.
struct RangeArgument: ExpressibleByArgument {
    var range: ClosedRange<Double>

    init?(argument: String) {
        let parts = argument.replacingOccurrences(of: "...", with: "..").components(separatedBy: "..").map { Double($0) }
        guard parts.count == 2, let low = parts[0], let high = parts[1], low <= high else { return nil }
        range = low...high
    }
}
