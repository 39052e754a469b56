import ArgumentParser
import EventStore
import Foundation
import Reporting

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a person from the store: events, sessions and properties.",
        discussion: """
            While an import runs, which would bring the person back, nobody is forgotten.

            What is removed is overwritten: afterwards no file of the store holds the user's name or events any more. Models that \
            are trained later do not know the person; retrain to replace those that were trained before. The imported logs and \
            their files of bad lines are yours: they are not touched, and importing the same logs again does not bring the \
            person back.

            The store is written anew, so this takes a few seconds for millions of events, and as much room as the store has.

            EXAMPLES
              recommender forget 17850 --store shop.db
              recommender forget anna@example.org --store shop.db --json

            EXIT CODES
              0  the person is forgotten
              1  the store could not be read or written, an import is writing it, or another program still holds old pages of it
              3  the store does not know this user
              64 the command was not understood
            """)

    @Argument(help: "The user's id, as in the logs.")
    var user: String

    @Option(help: ArgumentHelp("The store.", valueName: "file"), completion: .file())
    var store = "shop.db"

    @Flag(help: "Print what was removed as JSON on standard output.")
    var json = false

    func run() throws {
        let forgotten: ForgottenUser?, isErased: Bool
        do {
            let store = try SQLiteEventStore(path: store)
            forgotten = try store.forget(user: user)
            isErased = try !store.hasFreedPages
        } catch {
            throw fail("forget", error)
        }
        guard let forgotten else {
            StandardErrorOutput().write("recommender forget: the store \(store) knows no user \"\(user)\".\n")
            if !isErased { StandardErrorOutput().write("Somebody who was forgotten before is not erased yet. \(advice)\n") }
            throw ExitCode(isErased ? 3 : 1)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(forgotten), as: UTF8.self))
        } else {
            print(
                "Forgotten: \(HumanReadable.count(forgotten.events, "event")), \(HumanReadable.count(forgotten.sessions, "session")), "
                    + "\(HumanReadable.count(forgotten.properties, "property", plural: "properties")).")
        }
        guard isErased else {
            StandardErrorOutput().write("The user's rows are removed, but not yet the bytes. \(advice)\n")
            throw ExitCode(1)
        }
    }

    private var advice: String {
        "Another program is reading the store, and old pages stay in \(store) and \(store)-wal until it lets go. Run the command again "
            + "then, with any user."
    }
}
