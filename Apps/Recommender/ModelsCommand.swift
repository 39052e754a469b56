import ArgumentParser
import Foundation
import ModelStore
import Reporting

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the versions in a folder of models, promote one, or roll back.",
        discussion: """
            EXAMPLES
              recommender models --models models
              recommender models history
              recommender models promote 3
              recommender models prune --keep 3

            EXIT CODES
              0  done
              1  the folder cannot be used, or has no such version
              64 the command was not understood
            """,
        subcommands: [List.self, History.self, Promote.self, Rollback.self, Prune.self], defaultSubcommand: List.self)

    struct Folder: ParsableArguments {
        @Option(help: ArgumentHelp("The folder of models.", valueName: "folder"), completion: .directory)
        var models = "models"

        var versions: VersionStore { VersionStore(at: models) }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all versions, with what was measured; the arrow is in service.",
            discussion: """
                EXIT CODES
                  0  shown
                  1  the folder cannot be read, or has no versions
                  64 the command was not understood
                """)
        @OptionGroup var folder: Folder
        @Flag(help: "Print everything as JSON on standard output.") var json = false

        /// What the store says of a version, and whether it is the one that answers.
        struct Version: Encodable {
            var version: ModelVersion
            var inService: Bool

            private enum CodingKeys: String, CodingKey { case inService }

            func encode(to encoder: any Encoder) throws {
                try version.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(inService, forKey: .inService)
            }
        }

        func run() throws {
            do {
                let versions = try folder.versions.list(), promoted = try folder.versions.promoted()?.number
                if json { return try printJSON(versions.map { Version(version: $0, inService: $0.number == promoted) }) }
                let metrics = Set(versions.flatMap(\.metrics.keys)).sorted()
                print(TextTable.text(
                    header: ["", "version", "added"] + metrics + ["size", "note"],
                    rows: versions.map { version in
                        [version.number == promoted ? "▶" : "", "\(version.number)", version.created.formatted(.iso8601)]
                            + metrics.map { version.metrics[$0].map { HumanReadable.decimal($0, places: 4) } ?? "" }
                            + [HumanReadable.bytes(version.byteCount), version.note]
                    }))
            } catch {
                throw fail("models list", error)
            }
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which version was in service when: every promotion and rollback, the oldest first.",
            discussion: """
                Versions that were removed since are in it too.

                EXIT CODES
                  0  shown
                  1  the folder cannot be read
                  64 the command was not understood
                """)
        @OptionGroup var folder: Folder
        @Flag(help: "Print everything as JSON on standard output.") var json = false

        func run() throws {
            do {
                let promotions = try folder.versions.promotions()
                if json { return try printJSON(promotions) }
                print(TextTable.text(
                    header: ["when", "version", ""],
                    rows: promotions.map {
                        [$0.date.formatted(.iso8601), "\($0.version)", $0.kind == .promote ? "put into service" : "returned to"]
                    }))
            } catch {
                throw fail("models history", error)
            }
        }
    }

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a version into service.",
            discussion: """
                EXIT CODES
                  0  the version is in service
                  1  there is no such version, or its file is damaged
                  64 the command was not understood
                """)
        @OptionGroup var folder: Folder
        @Argument(help: "Its number.") var version: Int

        func run() throws {
            do { print("Version \(try folder.versions.promote(version).number) is in service.") } catch { throw fail("models promote", error) }
        }
    }

    struct Rollback: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Return to the version that was in service before.",
            discussion: """
                EXIT CODES
                  0  the earlier version is in service
                  1  there is no earlier version, or its file is damaged
                  64 the command was not understood
                """)
        @OptionGroup var folder: Folder

        func run() throws {
            do { print("Version \(try folder.versions.rollback().number) is in service.") } catch { throw fail("models rollback", error) }
        }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove old versions; the one in service stays.",
            discussion: """
                Without numbers, the version that a rollback returns to stays as well. Named by their numbers, versions are removed \
                however new they are: such as those that know somebody who was forgotten.

                EXAMPLES
                  recommender models prune --keep 3
                  recommender models prune 1 2

                EXIT CODES
                  0  removed, or there was nothing to remove
                  1  there is no such version, or it is in service, or the folder cannot be written
                  64 the command was not understood
                """)
        @OptionGroup var folder: Folder
        @Option(help: ArgumentHelp("So many of the newest stay. (default: 5)", valueName: "count")) var keep: Int?
        @Argument(help: ArgumentHelp("Versions to remove, instead of old ones.", valueName: "numbers")) var numbers: [Int] = []

        func validate() throws {
            if keep != nil, !numbers.isEmpty { throw ValidationError("give versions to remove, or how many to --keep, not both") }
        }

        func run() throws {
            do {
                var removed = Set(numbers).sorted()
                if removed.isEmpty { removed = try folder.versions.prune(keeping: keep ?? 5) } else { try folder.versions.remove(removed) }
                print(removed.isEmpty ? "Nothing to remove." : "Removed \(removed.map(String.init).joined(separator: ", ")).")
            } catch {
                throw fail("models prune", error)
            }
        }
    }
}
