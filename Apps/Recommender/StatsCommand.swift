import ArgumentParser
import EventStore
import Foundation
import Reporting

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "What is in a store: events by kind and day, history lengths, popularity, sparsity, gaps.",
        discussion: """
            One pass over the events. Above five million of them, sparsity and the gaps between a user's events are measured on \
            a random sample of users; the page says so.

            EXAMPLES
              recommender stats --store shop.db
              recommender stats --store shop.db --html stats.html
              recommender stats --store shop.db --json | jq .counts

            EXIT CODES
              0  done
              1  the store could not be read, or the page not be written
              64 the command was not understood
            """)

    @Option(help: ArgumentHelp("The store.", valueName: "file"), completion: .file())
    var store = "shop.db"

    @Option(help: ArgumentHelp("Write a web page with charts.", valueName: "file"))
    var html: String?

    @Flag(help: "Print everything as JSON on standard output, instead of text.")
    var json = false

    func validate() throws { try checkOutput(html, "--html", isNot: store) }

    func run() throws {
        do {
            let statistics = try SQLiteEventStore(path: store, access: .readOnly).statistics()
            let report = StoreReport(statistics: statistics, store: store)
            if let html { try report.page.write(to: URL(fileURLWithPath: html)) }
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(statistics), as: UTF8.self))
            } else {
                print(report.text(style: .forStandardOutput()), terminator: "")
                if let html { print("The page with charts is in \(html).") }
            }
        } catch {
            throw fail("stats", error)
        }
    }
}
