import ArgumentParser
import EventStore
import FileStorage
import Foundation
import Interactions
import Parallelism
import Recommendation
import Reporting

struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Write suggestions for all users into a file.",
        discussion: """
            Every user of the store, in the order in which they came, or those of --users, one id a line. Users of whom nothing is \
            known get what is popular.

            The file appears when it is complete, and not before. Until then its parts are in OUTPUT.partial, and OUTPUT.progress \
            says what counts of them: the same command after an interruption continues there. When the model, the events, the \
            items, the users or the options have changed since, it begins anew.

            FORMATS
              csv    user,place,item,score and, with --reasons, reason: one suggestion a line
              jsonl  {"known":true,"suggestions":[{"item":"i7","score":1.5}],"user":"u1"}:
                     one user a line; "known" is false where the suggestions are what is popular
                     --reasons adds the "reason" that `suggest --json` gives

            EXAMPLES
              recommender batch suggestions.csv --store shop.db --models models
              recommender batch letters.jsonl --users subscribers.txt --k 5 --max-price 50 --reasons

            EXIT CODES
              0  the file is complete
              1  the store, the model, the filter or a file cannot be used; what was written so far is kept
              2  there are no users to suggest anything to
              64 the command was not understood
            """)

    @Argument(help: ArgumentHelp("The file.", valueName: "output"), completion: .file())
    var output: String

    @OptionGroup var shop: ShopOptions

    @OptionGroup(title: "What may be suggested") var suggestions: SuggestionOptions

    @Option(help: ArgumentHelp("csv or jsonl; what the file's name ends with, or else csv.", valueName: "format"))
    var format: BatchFormat?

    @Option(help: ArgumentHelp("A file of user ids, one a line, instead of all users.", valueName: "file"), completion: .file())
    var users: String?

    @Option(help: ArgumentHelp("Threads; one per processor unless given.", valueName: "count"))
    var threads = WorkerThreads.defaultCount

    @Flag(help: "Say why, which takes longer.")
    var reasons = false

    @Flag(help: "Replace a file that is there already.")
    var replace = false

    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads must be at least 1") }
        try checkOutput(output, "the output", isNot: shop.store)
        if output.isEmpty || output.hasSuffix("/") { throw ValidationError("name the file to write, such as suggestions.csv") }
    }

    func run() throws {
        do {
            try write()
        } catch let error as NoUsers {
            throw fail("batch", error, code: 2)
        } catch {
            throw fail("batch", error)
        }
    }

    struct NoUsers: Error, CustomStringConvertible {
        var source: String
        var description: String { "there are no users in \(source); nothing was written" }
    }

    struct WouldReplace: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path) is there already; --replace replaces it once the new one is complete" }
    }

    /// Users whose answers become durable together.
    private static let usersAtOnce = 1_000

    private var chosenFormat: BatchFormat { format ?? (output.hasSuffix(".jsonl") ? .jsonl : .csv) }

    private func write() throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: output, isDirectory: &isFolder) {
            if isFolder.boolValue { throw FileError(.write, path: output, code: EISDIR) }
            if !replace { throw WouldReplace(path: output) }
        }
        let store = try SQLiteEventStore(path: shop.store, access: .readOnly)
        let position = try store.lastPosition()
        let (version, suggester) = try shop.suggester(store, resurfacing: !suggestions.noResurfacing)
        var request = try suggestions.request(suggester, command: "batch", now: now())
        let people = try listUsers(store)
        guard !people.isEmpty else { throw NoUsers(source: users ?? shop.store) }
        let origin = BatchOutput.Origin(
            modelVersion: version.number, modelChecksum: version.checksum, position: position,
            items: try Self.digest(suggester.catalog.items), users: Self.digest(people),
            request: "\(chosenFormat), reasons \(reasons), \(suggestions.summary)")
        let file = try BatchOutput(output, origin: origin, header: chosenFormat.header(reasons: reasons), now: request.now)
        request.now = file.begun
        if file.users > 0 { StandardErrorOutput().write("continuing after \(HumanReadable.count(file.users, "user"))\n") }

        let answering = Answering(
            store: store, suggester: suggester, position: position, request: request, format: chosenFormat, reasons: reasons)
        let progress = quiet ? nil : ProgressDisplay("Suggesting", total: people.count, unit: "users", completed: file.users)
        var next = min(file.users, people.count)
        while next < people.count {
            let block = Array(people[next..<min(next + Self.usersAtOnce, people.count)])
            let texts = try WorkerThreads.map(block.count, threads: threads) { { try answering.text(for: block[$0]) } }
            try file.append(texts.joined(), users: block.count)
            next += block.count
            progress?.update(completed: next)
        }
        progress?.finish()
        try file.complete()
        print(
            "\(output): up to \(HumanReadable.count(suggestions.k, "suggestion")) for each of \(HumanReadable.count(people.count, "user")), "
                + "by version \(version.number) of \(shop.models).")
    }

    private func listUsers(_ store: some EventStore) throws -> [String] {
        guard let users else {
            var people: [String] = []
            try store.forEachUser { people.append($0.id) }
            return people
        }
        // Says what is wrong with the path.
        _ = try FileDescriptor(opening: users, flags: O_RDONLY)
        let data = try Data(contentsOf: URL(filePath: users))
        // Line ends of any system; a byte order mark is no part of a name.
        return String(decoding: data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data, as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    private static func digest(_ names: [String]) -> String {
        var hash = XXHash64()
        for name in names { hash.update(name + "\n") }
        return hash.hexadecimal
    }

    private static func digest(_ items: [Item]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var hash = XXHash64()
        for item in items { try encoder.encode(item).withUnsafeBytes { hash.update($0) } }
        return hash.hexadecimal
    }

    /// Answers for one user after the other, from any thread.
    private struct Answering: Sendable {
        var store: SQLiteEventStore
        var suggester: Suggester
        var position: Int64
        var request: SuggestionRequest
        var format: BatchFormat
        var reasons: Bool

        func text(for user: String) throws -> String {
            var request = request
            // Events that came after the beginning do not count, so that all answers know the same.
            request.history = suggester.model.inOrder(try store.events(of: user).filter { $0.position <= position }.map(\.event))
            let suggestions: [Suggestion]
            if reasons {
                suggestions = try suggester.suggestions(for: request)
            } else {
                let scores = suggester.model.blend.scores(Query(history: request.history, now: request.now))
                suggestions = try suggester.catalog.suggestions(for: request, scores: scores, evidence: Unexplained())
            }
            return try format.text(
                BatchFormat.Answer(
                    user: user, known: !request.history.isEmpty,
                    suggestions: suggestions.map { suggestion in
                        BatchFormat.Answer.Item(
                            item: suggester.model.items[suggestion.item], score: suggestion.score,
                            reason: reasons ? SuggestedItem.Why(suggestion.reason, suggester) : nil)
                    }))
        }
    }

    /// Nobody reads why.
    private struct Unexplained: SuggestionEvidence {}
}
