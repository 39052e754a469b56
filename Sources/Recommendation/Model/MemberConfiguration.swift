import Interactions

/// A model that a recommender is blended from, and how it learns.
public enum MemberConfiguration: Hashable, Codable, Sendable {
    case popularity(Popularity.Configuration)
    /// Without a configuration, the usual one for logs with or without times.
    case neighbors(ItemNeighbors.Configuration?)
    case als(AlternatingLeastSquares.Configuration)
    case ease(EASE.Configuration)
    case sessions(SessionNeighbors.Configuration)
    case content(ContentSimilarity.Configuration)
    case resurfacing(Resurfacing.Configuration)

    /// All there are, as they are usually configured.
    public static let all: [MemberConfiguration] = [
        .neighbors(nil), .als(.init()), .ease(.init()), .sessions(.init()), .content(.init()), .popularity(.init()), .resurfacing(.init()),
    ]

    /// What a blend is made of unless told otherwise. Its weights decide what each is worth in a shop.
    public static let usual: [MemberConfiguration] = [
        .neighbors(nil), .als(.init()), .sessions(.init()), .content(.init()), .popularity(.init()), .resurfacing(.init()),
    ]

    private var type: any StoredModel.Type {
        switch self {
        case .popularity: Popularity.self
        case .neighbors: ItemNeighbors.self
        case .als: AlternatingLeastSquares.self
        case .ease: EASE.self
        case .sessions: SessionNeighbors.self
        case .content: ContentSimilarity.self
        case .resurfacing: Resurfacing.self
        }
    }

    /// The model's name.
    public var name: String { type.name }

    /// The model of a name, as it is usually configured; nil for a name that is none.
    public static func named(_ name: String) -> MemberConfiguration? { all.first { $0.name == name } }

    /// Fits the model.
    ///
    /// - Parameters:
    ///   - initial: the model of the version before, where it can begin with that.
    ///   - progress: told what goes on, in words.
    func fit(_ data: TrainingData, initial: (any StoredModel)?, progress: @escaping @Sendable (String) -> Void) throws -> any StoredModel {
        switch self {
        case .popularity(let configuration): Popularity(data, configuration: configuration)
        case .neighbors(let configuration): ItemNeighbors(data, configuration: configuration)
        case .als(let configuration):
            try AlternatingLeastSquares(data, configuration: configuration, initial: initial as? AlternatingLeastSquares) {
                progress("als: iteration \($0) of \(configuration.iterations)")
            }
        case .ease(let configuration): try EASE(data, configuration: configuration)
        case .sessions(let configuration): SessionNeighbors(data, configuration: configuration)
        case .content(let configuration): ContentSimilarity(data, configuration: configuration)
        case .resurfacing(let configuration): Resurfacing(data, configuration: configuration)
        }
    }

    /// Whether there is anything for the model to learn from.
    func isUseful(for data: TrainingData) -> Bool {
        switch self {
        case .content: !data.catalog.isEmpty
        // Where no kind of event leaves anything waiting, there is nothing to show again.
        case .resurfacing(let configuration): data.log.kinds.contains { !configuration.final.contains($0) } && data.log.kinds.count > 1
        default: true
        }
    }

    static func read(_ name: String, from archive: ModelArchive, context: ModelContext) throws -> any StoredModel {
        guard let member = named(name) else {
            throw ModelArchive.Malformed(part: "members", problem: "names a model \"\(name)\" that this version does not know")
        }
        return try member.type.init(from: archive, context: context)
    }
}
