import ArgumentParser
import EventStore
import FileStorage
import Foundation
import Recommendation
import Reporting

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the model so that other programs compute its scores.",
        discussion: """
            Two files: model.json with the ids of the items, the weights of the blend and the configurations, and \
            model.safetensors with factors, neighbors and counts as plain arrays. Docs/Formats.md tells how scores come of them, \
            and Docs/Examples/score_export.py computes them with NumPy.

            Exported are als, neighbors, graph, ease and popularity. The transformer and the models that look into sessions or \
            descriptions are more than arrays: to have the same suggestions elsewhere as here, train with --members \
            neighbors,als,graph,popularity, or write the suggestions themselves with `recommender batch`.

            No user is in the files.

            EXAMPLES
              recommender export exported --models models
              recommender export exported --version 3

            EXIT CODES
              0  written
              1  there is no such model, or the files cannot be written
              64 the command was not understood
            """)

    @Argument(help: "The folder, made if missing.", completion: .directory)
    var folder: String

    @Option(help: ArgumentHelp("The folder of models.", valueName: "folder"), completion: .directory)
    var models = "models"

    @Option(name: .customLong("version"), help: ArgumentHelp("A version. (default: the one in service)", valueName: "number"))
    var number: Int?

    @Flag(help: "Replace files that are there already.")
    var replace = false

    struct WouldReplace: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path) is there already; --replace replaces it" }
    }

    func run() throws {
        do {
            var shop = ShopOptions()
            shop.models = models
            let versions = shop.versions
            guard let chosen = try number ?? versions.promoted()?.number else { throw NothingInService(folder: models) }
            if !replace, let path = ["model.json", "model.safetensors"].map({ "\(folder)/\($0)" }).first(where: FileManager.default.fileExists) {
                throw WouldReplace(path: path)
            }
            let export = try ModelExport(RecommenderModel(versions.model(chosen)))
            try export.write(to: folder)
            let description = export.description
            print(
                "\(folder): version \(chosen) of \(models), \(HumanReadable.count(description.items.count, "item")), "
                    + "\(description.members.map(\.name).joined(separator: ", ")).")
            if !description.leftOut.isEmpty {
                StandardErrorOutput().write(
                    "recommender export: the blend also has \(description.leftOut.joined(separator: ", ")), which no arrays hold; without them "
                        + "scores differ from those in service\n")
            }
        } catch {
            throw fail("export", error)
        }
    }
}
