import ArgumentParser
import FileStorage
import Foundation
import Interactions
import Reporting
import SimulatedShop

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Make the log of a shop that does not exist, to try everything on.",
        discussion: """
            The users have tastes, the items have names, prices, stock and seasons; people look, put things into the cart, buy \
            some of them, rate them, and come back for accessories. The same options make the same log, byte for byte.

            FILES WRITTEN INTO THE FOLDER
              events.csv   the log in the order of time: the columns of REES46, and one
                           for ratings. With --format gorse events.jsonl, one feedback
                           object of gorse a line
              items.jsonl  what the shop knows of each item after the last day
              truth.json   what no shop could know: for some users the items they are
                           likeliest to buy next
            With --from-day or --to-day the names carry the days, as in events-0-120.csv, so that a later part of the same \
            shop can stand beside an earlier one.

            EXAMPLES
              recommender simulate shop
              recommender simulate big --users 300000 --items 50000 --events 10000000
              recommender simulate shop --drift-day 120 --to-day 120
                                     (before half of the users change their taste)
              recommender simulate shop --drift-day 120 --from-day 120    (and after)

            EXIT CODES
              0 done, 1 the files could not be written, 64 the command was not understood
            """)

    @Argument(help: "The folder, made if missing.")
    var folder: String

    @Option(help: "How many users.")
    var users = 2_000

    @Option(help: "How many items.")
    var items = 1_000

    @Option(help: "About how many events, all days together. (default: 50 for each user)")
    var events: Int?

    @Option(help: "How many days, from January 1, 2024; more than 366 end with that year.")
    var days = 180

    @Option(help: "What the shop derives from.")
    var seed: UInt64 = 1

    @Option(help: "The day on which some users change their taste. (default: none)")
    var driftDay: Int?

    @Option(help: "The share of users who do.")
    var driftShare = 0.5

    @Option(help: "The first day to write, counted from 0.")
    var fromDay = 0

    @Option(help: "The day before which to stop. (default: after the last)")
    var toDay: Int?

    @Option(help: "How the log is written: \(ShopLogFormat.allCases.map(\.rawValue).joined(separator: " or ")).")
    var format = ShopLogFormat.rees46

    @Option(help: "How many users the truth is told of.")
    var truthUsers = 100

    @Flag(help: "Replace files that are there already.")
    var replace = false

    @Flag(help: "Print what was written as JSON.")
    var json = false

    /// Milliseconds since 1970.
    private static let newYear2025: Int64 = 1_735_689_600_000

    func validate() throws {
        guard fromDay >= 0, fromDay < (toDay ?? days), (toDay ?? days) <= days else {
            throw ValidationError(
                "--from-day \(fromDay) and --to-day \(toDay ?? days) must be in order and within the \(days) days")
        }
        guard truthUsers >= 0 else { throw ValidationError("--truth-users must not be negative") }
    }

    func run() throws {
        do {
            var configuration = ShopConfiguration(
                users: users, items: items, events: events, days: days, seed: seed, driftDay: driftDay, driftShare: driftShare)
            // A log of several years begins earlier rather than end in the future, where an import would not believe it.
            if (367...3_650).contains(days) { configuration.start = Self.newYear2025 - Int64(days) * 86_400_000 }
            let written = try SimulatedFiles(
                shop: SimulatedShop(configuration), folder: folder, days: fromDay..<(toDay ?? days), format: format,
                replaces: replace
            ).write(truthUsers: truthUsers)
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(written), as: UTF8.self))
            } else {
                print(written.text)
            }
        } catch let error as ShopConfigurationError {
            StandardErrorOutput().write("recommender simulate: \(error)\n")
            throw ExitCode(64)
        } catch {
            StandardErrorOutput().write("recommender simulate: \(error)\n")
            throw ExitCode(1)
        }
    }
}

extension ShopLogFormat: ExpressibleByArgument {}
