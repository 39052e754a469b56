import ArgumentParser
import Foundation
import ModelStore
import Reporting

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the versions in a folder of models, promote one, or roll back.",
        subcommands: [List.self, Promote.self, Rollback.self, Prune.self], defaultSubcommand: List.self)

    struct Folder: ParsableArguments {
        @Option(help: ArgumentHelp("The folder of models.", valueName: "folder"), completion: .directory)
        var models = "models"

        var versions: VersionStore { VersionStore(at: models) }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show all versions, with what was measured; the arrow is in service.")
        @OptionGroup var folder: Folder
        @Flag(help: "Print everything as JSON on standard output.") var json = false

        func run() throws {
            do {
                let versions = try folder.versions.list(), promoted = try folder.versions.promoted()?.number
                if json { return try printJSON(versions) }
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

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a version into service.")
        @OptionGroup var folder: Folder
        @Argument(help: "Its number.") var version: Int

        func run() throws {
            do { print("Version \(try folder.versions.promote(version).number) is in service.") } catch { throw fail("models promote", error) }
        }
    }

    struct Rollback: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Return to the version that was in service before.")
        @OptionGroup var folder: Folder

        func run() throws {
            do { print("Version \(try folder.versions.rollback().number) is in service.") } catch { throw fail("models rollback", error) }
        }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove old versions; the one in service stays.")
        @OptionGroup var folder: Folder
        @Option(help: ArgumentHelp("So many of the newest stay.", valueName: "count")) var keep = 5

        func run() throws {
            do {
                let removed = try folder.versions.prune(keeping: keep)
                print(removed.isEmpty ? "Nothing to remove." : "Removed \(removed.map(String.init).joined(separator: ", ")).")
            } catch {
                throw fail("models prune", error)
            }
        }
    }
}
