import Foundation
import Interactions

/// A model that a recommender is blended from, and how it learns.
public enum MemberConfiguration: Hashable, Codable, Sendable {
    case popularity(Popularity.Configuration)
    /// Without a configuration, the usual one for logs with or without times.
    case neighbors(ItemNeighbors.Configuration?)
    case als(AlternatingLeastSquares.Configuration)
    case ease(EASE.Configuration)
    case graph(GraphFilter.Configuration)
    case spectral(SpectralFilter.Configuration)
    case sequence(SequenceConfiguration)
    case sessions(SessionNeighbors.Configuration)
    case content(ContentSimilarity.Configuration)
    case resurfacing(Resurfacing.Configuration)

    /// All there are, as they are usually configured.
    public static let all: [MemberConfiguration] = [
        .neighbors(nil), .sequence(.init()), .als(.init()), .graph(.init()), .spectral(.init()), .ease(.init()), .sessions(.init()),
        .content(.init()), .popularity(.init()), .resurfacing(.init()),
    ]

    /// What a blend is made of unless told otherwise. Its weights decide what each is worth in a shop.
    public static let usual: [MemberConfiguration] = [
        .neighbors(nil), .sequence(.init()), .als(.init()), .graph(.init()), .sessions(.init()), .content(.init()), .popularity(.init()),
        .resurfacing(.init()),
    ]

    private var type: any StoredModel.Type {
        switch self {
        case .popularity: Popularity.self
        case .neighbors: ItemNeighbors.self
        case .als: AlternatingLeastSquares.self
        case .ease: EASE.self
        case .graph: GraphFilter.self
        case .spectral: SpectralFilter.self
        case .sequence: SequenceEnsemble.self
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
    ///   - validation: cases that tell when to stop; none where everything is to be learned from.
    ///   - initial: the model of the version before, where it can begin with that.
    ///   - progress: told what goes on, in words.
    ///   - epochs: told the curves of a model that learns in epochs, one for each of its networks, once.
    /// - Returns: the model, and the configuration with which the same can be fitted to more data without validation.
    func fit(
        _ data: TrainingData, validation: [EvaluationCase], initial: (any StoredModel)?, progress: @escaping @Sendable (String) -> Void,
        epochs: ([[SequenceTraining.Epoch]]) -> Void = { _ in }
    ) throws -> (model: any StoredModel, learned: MemberConfiguration) {
        switch self {
        case .popularity(let configuration): (Popularity(data, configuration: configuration), self)
        case .neighbors(let configuration): (ItemNeighbors(data, configuration: configuration), self)
        case .als(let configuration):
            (
                try AlternatingLeastSquares(data, configuration: configuration, initial: initial as? AlternatingLeastSquares) {
                    if $0 % 5 == 0 { progress("als: iteration \($0) of \(configuration.iterations)") }
                }, self
            )
        case .ease(let configuration): (try EASE(data, configuration: configuration), self)
        case .graph(let configuration): (try GraphFilter(data, configuration: configuration), self)
        case .spectral(let configuration): (try SpectralFilter(data, configuration: configuration), self)
        case .sequence(let configuration): try fitSequence(configuration, data, validation, initial as? SequenceEnsemble, progress, epochs)
        case .sessions(let configuration): (SessionNeighbors(data, configuration: configuration), self)
        case .content(let configuration): (ContentSimilarity(data, configuration: configuration), self)
        case .resurfacing(let configuration): (Resurfacing(data, configuration: configuration), self)
        }
    }

    private func fitSequence(
        _ configuration: SequenceConfiguration, _ data: TrainingData, _ validation: [EvaluationCase], _ initial: SequenceEnsemble?,
        _ progress: @escaping @Sendable (String) -> Void, _ epochs: ([[SequenceTraining.Epoch]]) -> Void
    ) throws -> (any StoredModel, MemberConfiguration) {
        let usable = initial.flatMap { $0.itemCount == data.log.itemCount ? $0 : nil }
        let fitted = try SequenceEnsemble.fit(configuration, data, validation: validation, from: usable, progress: progress)
        epochs(fitted.epochs)
        return (fitted.model, .sequence(fitted.learned))
    }

    /// Whether there is anything for the model to learn from.
    func isUseful(for data: TrainingData) -> Bool {
        switch self {
        case .content: !data.catalog.isEmpty
        // Where no kind of event leaves anything waiting, there is nothing to show again.
        case .resurfacing(let configuration): data.log.kinds.contains { !configuration.final.contains($0) } && data.log.kinds.count > 1
        // Nothing comes before anything in a log that knows no order.
        case .sequence: data.log.isOrdered
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
