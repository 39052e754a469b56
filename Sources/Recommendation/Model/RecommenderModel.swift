import Foundation
import Interactions
import ModelStore

/// A trained recommender: the blend, and what its numbers mean. One file holds it all.
public struct RecommenderModel: Sendable {
    /// How the models were configured, and what each weighs.
    public struct Member: Codable, Sendable {
        public var name: String
        public var weight: Float
        /// For items of the history, where they are weighed apart.
        public var returning: Float?
    }

    /// Where a model comes from.
    public struct Provenance: Codable, Hashable, Sendable {
        public var created: Date
        /// Of the log it learned from.
        public var events: Int
        public var users: Int
        public var items: Int
        /// The position in the event store up to which it has read; nil where there was no store.
        public var position: Int64?
        /// Milliseconds since 1970 of the latest event.
        public var latest: Int64
        public var seed: UInt64
        public var seconds: Double

        public init(created: Date, events: Int, users: Int, items: Int, position: Int64?, latest: Int64, seed: UInt64, seconds: Double) {
            self.created = created
            self.events = events
            self.users = users
            self.items = items
            self.position = position
            self.latest = latest
            self.seed = seed
            self.seconds = seconds
        }
    }

    public var items: IdentifierTable
    /// By item number.
    public var catalog: [Int: Item]
    public var weights: EventWeights
    public var blend: Blend
    public var provenance: Provenance
    /// What was measured on validation: numbers by name.
    public var metrics: [String: Double]

    public init(
        items: IdentifierTable, catalog: [Int: Item], weights: EventWeights, blend: Blend, provenance: Provenance, metrics: [String: Double]
    ) {
        self.items = items
        self.catalog = catalog
        self.weights = weights
        self.blend = blend
        self.provenance = provenance
        self.metrics = metrics
    }

    /// Counts up when the arrays of a file change their meaning or their names.
    static let layout = 5

    /// The name of an item for people.
    public func title(of item: Int) -> String { catalog[item]?.name ?? items[item] }

    /// A history in the model's numbers; events with items it does not know are left out.
    public func history(_ events: some Sequence<Event>) -> [HistoryEvent] {
        events.compactMap { event in
            items.number(of: event.item).map {
                HistoryEvent(item: $0, kind: event.kind, value: event.value.map(Float.init), time: event.time ?? 0)
            }
        }
    }

    /// - Throws: errors of `ModelFile.write`.
    @discardableResult
    public func write(to path: String) throws -> String { try file().write(to: path) }

    /// The model as a file's content.
    public func file() throws -> ModelFile {
        var file = ModelFile()
        var members: [Member] = []
        for member in blend.members {
            guard let model = member.model as? any StoredModel else { continue }
            var archive = ModelArchive(file, prefix: type(of: model).name)
            try model.write(to: &archive)
            file = archive.file
            members.append(
                Member(
                    name: type(of: model).name, weight: member.weight, returning: blend.returningOffset.map { _ in member.returning }))
        }
        var shop = ModelArchive(file, prefix: "shop")
        try shop.set(Self.layout, named: "layout")
        try shop.set(members, named: "members")
        try shop.set(weights, named: "weights")
        shop.set(floats: blend.popularity, named: "popularity")
        try shop.set(blend.repetition, named: "repetition")
        try shop.set(blend.returningOffset, named: "returning")
        shop.set(names: items, named: "items")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        shop.set(bytes: Array(try encoder.encode(catalog.keys.sorted().map { catalog[$0]! })), named: "catalog")
        file = shop.file
        try file.sections.setSection(provenance, named: .provenance)
        try file.sections.setSection(metrics, named: .metrics)
        return file
    }

    /// - Parameter items: what the items are now; nil: what they were when the model was trained.
    /// - Throws: `ModelFileError`, `SafetensorsError` and `ModelArchive.Malformed`.
    public init(contentsOf path: String, items: [Item]? = nil) throws { try self.init(ModelFile(contentsOf: path), items: items) }

    /// The items that a model's file numbers: what takes longest to read of it, and needs nothing else.
    public static func identifiers(of file: ModelFile) throws -> IdentifierTable {
        try ModelArchive(file, prefix: "shop").names(named: "items")
    }

    /// - Parameter known: the file's items, where they were read before.
    public init(_ file: ModelFile, items current: [Item]? = nil, identifiers known: IdentifierTable? = nil) throws {
        let shop = ModelArchive(file, prefix: "shop")
        guard let layout = try? shop.value(Int.self, named: "layout"), layout == Self.layout else {
            throw ModelArchive.Malformed(part: "shop.layout", problem: "is that of another version of this program; train anew")
        }
        let members = try shop.value([Member].self, named: "members")
        guard Set(members.map(\.name)).count == members.count else {
            throw ModelArchive.Malformed(part: "shop.members", problem: "names a model twice")
        }
        for member in members {
            if let weight = [member.weight, member.returning ?? 0].first(where: { !($0 >= 0) }) {
                throw ModelArchive.Malformed(part: "shop.members", problem: "gives \(member.name) the weight \(weight), below zero")
            }
        }
        let weights = try shop.value(EventWeights.self, named: "weights")
        let items = try known ?? Self.identifiers(of: file)
        let catalog = items.numbered(try current ?? Self.items(of: shop))
        let context = ModelContext(itemCount: items.count, weights: weights, catalog: catalog)
        let popularity = try shop.floats(named: "popularity").checked(count: items.count, "shop.popularity").array
        let models = try members.map { member in
            Blend.Member(
                try MemberConfiguration.read(member.name, from: ModelArchive(file, prefix: member.name), context: context),
                weight: member.weight, returning: member.returning ?? 0)
        }
        self.init(
            items: items, catalog: catalog, weights: weights,
            blend: Blend(
                models, shares: popularity, repetition: try shop.value(named: "repetition"),
                returningOffset: try shop.value(Float?.self, named: "returning"), weights: weights),
            provenance: try file.sections.section(named: .provenance), metrics: try file.sections.section(named: .metrics))
    }
    /// What the items were when the model was trained.
    private static func items(of shop: ModelArchive) throws -> [Item] {
        do {
            return try JSONDecoder().decode([Item].self, from: Data(shop.bytes(named: "catalog").array))
        } catch let error as DecodingError {
            throw ModelArchive.Malformed(part: "shop.catalog", problem: "holds no list of items (\(error))")
        }
    }
}
