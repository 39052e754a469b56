import ArgumentParser
import Classification
import Foundation
import ModelStore
import Reporting

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "The versions of a model: list, show, promote, roll back, compare, prune, export, import.",
        discussion: """
            A store is a folder of model versions, of which one is promoted: the one in service, which `retrain` \
            improves on. Any number of processes may use a store at once, and a reader never sees half a version.

            Examples:
              catsvsdogs models import runs/first/model.safetensors
              catsvsdogs models promote 1
              catsvsdogs models list --json
              catsvsdogs models compare 1 2
              catsvsdogs models rollback

            Exit status: 0 done, 1 the store or the model refused, 64 wrong arguments.
            """,
        subcommands: [List.self, Show.self, Promote.self, Rollback.self, Compare.self, Prune.self, Export.self, Import.self],
        defaultSubcommand: List.self)

    struct StoreOptions: ParsableArguments {
        @Option(name: .customLong("store"), help: ArgumentHelp("The folder of the versions.", valueName: "folder"))
        var folder = "models"

        @Flag(help: "Print the result as JSON on standard output.")
        var json = false

        var store: PhotoModelStore { PhotoModelStore(at: folder) }

        /// Prints a result as JSON or text.
        func print(_ value: some Encodable, text: String) throws {
            guard json else { return Swift.print(text, terminator: text.hasSuffix("\n") ? "" : "\n") }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
        }

        /// Runs a subcommand; failures are told on standard error and end with 1.
        func perform(_ body: (PhotoModelStore) throws -> Void) throws {
            do { try body(store) } catch {
                StandardErrorOutput().write("catsvsdogs models: \(error)\n")
                throw ExitCode(1)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All versions with their metrics, the promoted one marked.")
        @OptionGroup var options: StoreOptions

        func run() throws {
            try options.perform { store in
                let listing = try store.listing()
                try options.print(listing, text: listing.text(columns: StandardOutput.columns, style: .forStandardOutput()))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One version: metrics, classes, where it comes from.")
        @OptionGroup var options: StoreOptions
        @Argument(help: "Number of the version.") var version: Int

        func run() throws {
            try options.perform { store in
                let detail = try store.detail(version)
                try options.print(detail, text: detail.text)
            }
        }
    }

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a version in service.")
        @OptionGroup var options: StoreOptions
        @Argument(help: "Number of the version.") var version: Int

        func run() throws {
            try options.perform { store in
                let version = try store.versions.promote(version)
                try options.print(version, text: "Version \(version.number) is promoted.")
            }
        }
    }

    struct Rollback: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put the version in service that was so before.")
        @OptionGroup var options: StoreOptions

        func run() throws {
            try options.perform { store in
                let version = try store.versions.rollback()
                try options.print(version, text: "Rolled back: version \(version.number) is promoted.")
            }
        }
    }

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Two versions side by side.")
        @OptionGroup var options: StoreOptions
        @Argument(help: "Number of a version.") var first: Int
        @Argument(help: "Number of another.") var second: Int

        func run() throws {
            try options.perform { store in
                let comparison = try store.versions.compare(first, second)
                try options.print(comparison, text: comparison.text(columns: StandardOutput.columns, style: .forStandardOutput()))
            }
        }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove old versions. The promoted one, the one before it and the newest stay.")
        @OptionGroup var options: StoreOptions
        @Option(help: ArgumentHelp("How many of the newest versions stay, at least 1.", valueName: "count")) var keep: Int

        func run() throws {
            try options.perform { store in
                let removed = try store.versions.prune(keeping: keep)
                try options.print(
                    ["removed": removed],
                    text: removed.isEmpty ? "Nothing to remove." : "Removed version\(removed.count == 1 ? "" : "s") \(removed.map(String.init).joined(separator: ", ")).")
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write a version to a model file of its own.")
        @OptionGroup var options: StoreOptions
        @Argument(help: "Number of the version.") var version: Int
        @Argument(help: "The file to write; an older one is replaced in one step.") var file: String

        func run() throws {
            try options.perform { store in
                try store.versions.export(version, to: file)
                try options.print(["file": file], text: "Wrote version \(version) to \(file).")
            }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a model file as the newest version, after checking it. It is not promoted.")
        @OptionGroup var options: StoreOptions
        @Argument(help: "A model file, for example runs/first/model.safetensors.") var file: String
        @Option(help: "Anything worth remembering about it.") var note = ""

        func run() throws {
            try options.perform { store in
                let version = try store.importModel(from: file, note: note)
                try options.print(version, text: "Added as version \(version.number). To use it: catsvsdogs models promote \(version.number) --store \(options.folder)")
            }
        }
    }
}
