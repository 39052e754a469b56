import ArgumentParser
import EventStore
import Foundation
import ModelStore
import Reporting

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a person from the store and from the pages of trainings, and tell which models know the person.",
        discussion: """
            While an import runs, which would bring the person back, nobody is forgotten.

            What is removed is overwritten: afterwards no file of the store holds the user's name or events any more. Reports \
            in the folder of models lose their examples where these name the person.

            Models that were trained before still know the person; they are named. `recommender retrain` puts a new one into \
            service, and `recommender models prune` with their numbers then removes them. Pages that were written elsewhere, the \
            imported logs and their files of bad lines are yours: they are not touched. Importing the same logs again does not \
            bring the person back.

            The store is written anew, so this takes a few seconds for millions of events, and as much room as the store has.

            EXAMPLES
              recommender forget 17850 --store shop.db
              recommender forget anna@example.org --store shop.db --models models --json

            EXIT CODES
              0  the person is forgotten
              1  the store could not be read or written, an import is writing it, or another program still holds old pages of it; or \
            the folder of models cannot be read or written
              3  the store does not know this user
              64 the command was not understood
            """)

    @Argument(help: "The user's id, as in the logs.")
    var user: String

    @Option(help: ArgumentHelp("The store.", valueName: "file"), completion: .file())
    var store = "shop.db"

    @Option(help: ArgumentHelp("The folder of models; there need not be one.", valueName: "folder"), completion: .directory)
    var models = "models"

    @Flag(help: "Print what was removed as JSON on standard output.")
    var json = false

    private struct Answer: Encodable {
        var events: Int
        var sessions: Int
        var properties: Int
        var isErased: Bool
        /// Versions that were trained with the person.
        var versions: [Int]
        /// Pages that lost their examples.
        var pages: [String]
    }

    func run() throws {
        let forgotten: ForgottenUser?, isErased: Bool, first: Int64?
        do {
            let store = try SQLiteEventStore(path: store)
            first = try store.events(of: user).first?.position
            forgotten = try store.forget(user: user)
            isErased = try !store.hasFreedPages
        } catch {
            throw fail("forget", error)
        }
        let versions: [Int], pages: [String]
        do {
            let people = ForgottenUsers(versions: VersionStore(at: models))
            pages = try people.removeExamples(naming: user)
            versions = try people.versions(knowing: user, from: first)
        } catch {
            if forgotten != nil {
                StandardErrorOutput().write("The person is removed from \(store), but what is in \(models) could not be looked at:\n")
            }
            throw fail("forget", error)
        }
        try tell(forgotten, isErased: isErased, versions, pages)
    }

    private func tell(_ forgotten: ForgottenUser?, isErased: Bool, _ versions: [Int], _ pages: [String]) throws {
        var inModels = pages.map { "The examples in \($0) named the person and are removed." }
        if !versions.isEmpty {
            let store = VersionStore(at: models)
            inModels.append(
                "\(VersionStore.words(versions, "Version")) of \(models) \(versions.count > 1 ? "were" : "was") trained with this person: "
                    + "run `recommender retrain`, and then `\(store.removal(of: versions))`.")
        }
        guard let forgotten else {
            StandardErrorOutput().write("recommender forget: the store \(store) knows no user \"\(user)\".\n")
            for line in inModels { StandardErrorOutput().write(line + "\n") }
            if !isErased { StandardErrorOutput().write("Somebody who was forgotten before is not erased yet. \(advice)\n") }
            throw ExitCode(isErased ? 3 : 1)
        }
        if json {
            try printJSON(Answer(
                events: forgotten.events, sessions: forgotten.sessions, properties: forgotten.properties, isErased: forgotten.isErased,
                versions: versions, pages: pages))
        } else {
            print(
                "Forgotten: \(HumanReadable.count(forgotten.events, "event")), \(HumanReadable.count(forgotten.sessions, "session")), "
                    + "\(HumanReadable.count(forgotten.properties, "property", plural: "properties")).")
            for line in inModels { print(line) }
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
