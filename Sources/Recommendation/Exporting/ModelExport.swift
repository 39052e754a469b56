import FileStorage
import Foundation
import Interactions
import ModelStore

/// A model laid out so that a few lines in any language compute its scores: two files, `model.json` with names, weights and
/// configurations, and `model.safetensors` with arrays. Docs/Formats.md describes them.
///
/// Exported are the models whose scores are sums of what is in arrays: `als`, `neighbors`, `graph`, `ease` and
/// `popularity`.
public struct ModelExport: Sendable {
    /// What `model.json` holds.
    public struct Description: Codable, Sendable {
        public struct Member: Codable, Sendable {
            public var name: String
            /// In the blend.
            public var weight: Float
            /// For items of the history, where they are weighed apart.
            public var returning: Float?
            public var scale: ScoreScale
            public var configuration: [String: PropertyValue]
        }

        public var format = "tandem-recommender-export"
        public var version = 1
        public var members: [Member]
        /// Models of the blend that are not in the export.
        public var leftOut: [String]
        /// What each kind of event counts.
        public var weights: [String: Double]
        /// What kinds count that are not named.
        public var otherWeight: Double
        /// Ratings are weighed by how far they lie from it.
        public var neutralRating: Double
        /// The share of popularity in each distribution of counts.
        public var smoothing: Float
        /// What the last item of a history counts of what a model of counts gives it.
        public var repetition: Float
        /// What items of the history have before any member speaks; missing where they are weighed as all are.
        public var returningOffset: Float?
        /// Ids, by the numbers that the arrays use.
        public var items: [String]
    }

    public private(set) var description: Description
    public private(set) var tensors: [NamedTensor]

    /// Nothing of the model can be exported.
    public struct NothingToExport: Error, CustomStringConvertible {
        public var members: [String]
        public var description: String {
            "none of its models (\(members.joined(separator: ", "))) is a sum of what arrays hold; train one of als, neighbors, graph, ease and popularity with --members"
        }
    }

    /// - Throws: `NothingToExport`.
    public init(_ model: RecommenderModel) throws {
        var blend = model.blend
        let resurfaces = blend.members.contains { $0.model is Resurfacing && ($0.weight > 0 || $0.returning > 0) }
        blend.leaveOutResurfacing()
        tensors = [NamedTensor(name: "shares", shape: [blend.itemCount], floats: blend.popularity, storedAs: .float32)]
        description = Description(
            members: [], leftOut: resurfaces ? [Resurfacing.name] : [], weights: Dictionary(uniqueKeysWithValues: model.weights.weights.map { ($0.key.rawValue, $0.value) }),
            otherWeight: model.weights.other, neutralRating: model.weights.neutralRating, smoothing: Blend.smoothing,
            repetition: blend.repetition, returningOffset: blend.returningOffset, items: model.items.names)
        for member in blend.members {
            let name = type(of: member.model).name
            let configuration: MemberConfiguration
            switch member.model {
            case let als as AlternatingLeastSquares:
                add("als.factors", [als.itemCount, als.configuration.factors], als.unpaddedFactors)
                configuration = .als(als.configuration)
            case let neighbors as ItemNeighbors:
                add("neighbors", neighbors.rows, neighbors.similarities)
                configuration = .neighbors(neighbors.configuration)
            case let graph as GraphFilter:
                add("graph", graph.rows, graph.rows.values)
                add("graph.leading", [graph.itemCount, graph.width], graph.leading)
                add("graph.norms", [graph.itemCount], FrozenArray(graph.norms))
                configuration = .graph(graph.configuration)
            case let ease as EASE:
                add("ease", ease.rows, ease.rows.values)
                configuration = .ease(ease.configuration)
            case let popularity as Popularity:
                add("popularity.counts", [popularity.itemCount], FrozenArray(popularity.counts))
                configuration = .popularity(popularity.configuration)
            default:
                if member.weight > 0 || (blend.returningOffset != nil && member.returning > 0) { description.leftOut.append(name) }
                continue
            }
            description.members.append(
                .init(
                    name: name, weight: member.weight, returning: blend.returningOffset.map { _ in member.returning }, scale: member.model.scale,
                    configuration: try configuration.fields))
        }
        guard !description.members.isEmpty else { throw NothingToExport(members: model.blend.members.map { type(of: $0.model).name }) }
    }

    private mutating func add(_ name: String, _ shape: [Int], _ values: FrozenArray<Float>) {
        tensors.append(NamedTensor(name: name, shape: shape, floats: values))
    }

    private mutating func add(_ name: String, _ rows: SparseRows, _ values: FrozenArray<Float>) {
        tensors.append(NamedTensor(name: name + ".starts", shape: [rows.starts.count], integers: rows.starts.map(Int64.init), storedAs: .int64))
        tensors.append(NamedTensor(name: name + ".items", shape: [rows.columns.count], integers: rows.columns.map(Int64.init), storedAs: .int64))
        add(name + ".values", [values.count], values)
    }

    /// Writes both files into a folder, which is made if missing.
    ///
    /// - Throws: `FileError`, and errors of `SafetensorsFile.write`.
    public func write(to folder: String) throws {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw FileError(.create, path: folder, code: errno == 0 ? EACCES : errno)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try SafetensorsFile.write(tensors, metadata: ["format": description.format], to: folder + "/model.safetensors")
        try AtomicFile.write(try encoder.encode(description), to: folder + "/model.json")
    }
}

extension AlternatingLeastSquares {
    /// `[items, factors]`, without the zeros at the end of each row.
    fileprivate var unpaddedFactors: FrozenArray<Float> {
        if width == configuration.factors { return factors }
        return FrozenArray((0..<itemCount).flatMap { factors[$0 * width..<$0 * width + configuration.factors] })
    }
}

extension ItemNeighbors {
    /// What each neighbor brings an item: its count, set against how often both were met.
    fileprivate var similarities: FrozenArray<Float> {
        FrozenArray((0..<rows.count).flatMap { similarities(of: $0).map(\.score) })
    }
}
