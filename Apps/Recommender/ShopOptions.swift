import ArgumentParser
import EventStore
import Foundation
import Interactions
import ModelStore
import Parallelism
import Recommendation
import Reporting

/// The store of events and the folder of models that most commands work with.
struct ShopOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store of events.", valueName: "file"), completion: .file())
    var store = "shop.db"

    @Option(help: ArgumentHelp("The folder of models.", valueName: "folder"), completion: .directory)
    var models = "models"

    var versions: VersionStore { VersionStore(at: models) }

    /// A model as a file, with a model of ratings beside it where the log has any.
    func file(of model: RecommenderModel, _ store: some EventStore, _ log: InteractionLog, options: RecommenderOptions) throws -> ModelFile {
        var file = try model.file()
        try TrainedWith.write(options.members, to: &file)
        let ratings = RatingData(log, catalog: model.catalog, people: try store.users())
        if !ratings.ratings.isEmpty {
            StandardErrorOutput().write("learning from \(HumanReadable.count(ratings.ratings.count, "rating"))\n")
            try RatingModel(ratings, seed: options.seed, threads: options.threads).write(to: &file)
        }
        return file
    }

    /// The model in service, with what its items are now.
    ///
    /// - Parameter resurfacing: whether what was carted or looked at and not bought is shown again.
    func suggester(_ store: some EventStore, resurfacing: Bool = true) throws -> (version: ModelVersion, suggester: Suggester) {
        guard let version = try versions.promoted() else { throw VersionStoreError.nothingPromoted(store: models) }
        let versions = versions
        let ((file, identifiers), items) = try WorkerThreads.both(
            {
                let file = try versions.model(version.number)
                // The items of another layout may be elsewhere: what is wrong with the file is told below.
                return (file, try? RecommenderModel.identifiers(of: file))
            }, { try ListedItems(store) })
        var model = try RecommenderModel(file, items: items.described, identifiers: identifiers)
        if let known = model.provenance.position, known > (try store.lastPosition()) {
            StandardErrorOutput().write(
                "version \(version.number) of \(models) has learned from events that the store does not have: users were forgotten since, or "
                    + "the two do not belong together; retrain\n")
        }
        if !resurfacing { model.blend.leaveOutResurfacing() }
        var suggester = Suggester(model)
        // Of those it knows the model has been told.
        suggester.update(items.all(where: { model.items.number(of: $0) == nil }))
        return (version, suggester)
    }
}

/// The items of a store. Of many nothing is known but the id, which takes a tenth of an item's room.
private struct ListedItems {
    var described: [Item] = []
    private var others: [String] = []

    init(_ store: some EventStore) throws {
        try store.forEachItem { if $0.isDescribed { described.append($0) } else { others.append($0.id) } }
    }

    /// Those whose id is meant.
    func all(where isMeant: (String) -> Bool) -> [Item] {
        described.filter { isMeant($0.id) } + others.filter(isMeant).map { Item(id: $0) }
    }
}

extension EventStore {
    /// What a user did, in a model's numbers.
    func history(of user: String, in model: RecommenderModel) throws -> [HistoryEvent] {
        model.inOrder(try events(of: user).map(\.event))
    }
}

extension RecommenderModel {
    /// Events of a user in the model's numbers and in the order of time; those of the same time stay as they came.
    func inOrder(_ events: [Event]) -> [HistoryEvent] {
        history(events).enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

/// Prints an error as the command's and ends it.
func fail(_ command: String, _ error: any Error, code: Int32 = 1) -> ExitCode {
    StandardErrorOutput().write("recommender \(command): \(error)\n")
    return ExitCode(code)
}

/// Prints a value as JSON.
func printJSON(_ value: some Encodable, pretty: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Milliseconds since 1970.
func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
