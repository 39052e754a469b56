import ComputeGraph
import Foundation
import Inference
import ModelStore

/// The versions of a photo classifier in a folder, with what is kept beside them for retraining.
///
/// ```
/// versions/, promotions.jsonl, lock     the models themselves, see `VersionStore`
/// sample/train|validation|test/CLASS/   small pictures of photos the first version was trained and measured on
/// corrections/train|test/CLASS/         every photo that was ever given as a correction
/// runs/                                 retraining runs
/// ```
public struct PhotoModelStore: Sendable {
    public let versions: VersionStore

    /// A store in the folder at `path`, which need not exist yet.
    public init(at path: String) { versions = VersionStore(at: path) }

    public var path: String { versions.path }
    /// Where small pictures of old photos are kept.
    public var sampleFolder: String { path + "/sample" }
    /// Where photos with corrected labels are kept.
    public var correctionsFolder: String { path + "/corrections" }
    /// Where retraining runs go.
    public var runsFolder: String { path + "/runs" }

    /// All versions, and which is in service.
    ///
    /// - Throws: `VersionStoreError`, `FileError` when the store cannot be read.
    public func listing() throws -> Listing {
        Listing(store: path, promoted: try versions.promoted()?.number, versions: try versions.list())
    }

    /// Adds the model of a file as the newest version, after checking that it is a photo classifier that works.
    ///
    /// - Throws: `ModelFileError`, `SafetensorsError`, `InferenceError` or ``NotAClassifier`` when it is none,
    ///   `VersionStoreError` when the store cannot be changed.
    @discardableResult
    public func importModel(from file: String, note: String = "") throws -> ModelVersion {
        let model = try PhotoModel(contentsOf: file)
        try Self.check(model, path: file)
        return try versions.importModel(from: file, metrics: model.metrics.byName, note: note)
    }

    /// A version's model.
    public func model(_ number: Int) throws -> PhotoModel {
        _ = try versions.version(number)
        return try PhotoModel(contentsOf: versions.modelPath(number))
    }

    /// The model in service.
    ///
    /// - Throws: `VersionStoreError.nothingPromoted` when there is none.
    public func promoted() throws -> (version: ModelVersion, model: PhotoModel) {
        guard let version = try versions.promoted() else { throw VersionStoreError.nothingPromoted(store: path) }
        return (version, try PhotoModel(contentsOf: versions.modelPath(version.number)))
    }

    /// Everything about one version.
    public func detail(_ number: Int) throws -> Detail {
        let version = try versions.version(number)
        let model = try model(number)
        return Detail(
            version: version, isPromoted: try versions.promoted()?.number == number, file: versions.modelPath(number),
            classes: model.classes, inputHeight: model.preprocessing.height, inputWidth: model.preprocessing.width,
            provenance: model.provenance, promotions: try versions.promotions().filter { $0.version == number })
    }

    /// A model file whose parts do not make a classifier.
    public struct NotAClassifier: Error, Sendable, CustomStringConvertible {
        public var path: String
        public var problem: String
        public var description: String { "\(path): \(problem). Import a model that `train` or `models export` wrote." }
    }

    private static func check(_ model: PhotoModel, path: String) throws {
        let size = model.preprocessing
        let graph = try TrainedGraph(model.graph, parameters: model.parameters)
            .resized(to: .image(height: size.height, width: size.width, channels: 3)).graph
        let answers = graph.shape(of: graph.output).elementCount
        guard answers == model.classes.count, answers > 1 else {
            throw NotAClassifier(
                path: path, problem: "the network gives \(answers) answers and the file names \(model.classes.count) classes")
        }
    }

    /// A store's versions, for scripts: `store`, `promoted` and `versions`.
    public struct Listing: Codable, Sendable {
        public var store: String
        /// Number of the version in service.
        public var promoted: Int?
        /// Oldest first.
        public var versions: [ModelVersion]
    }

    /// One version, for scripts.
    public struct Detail: Codable, Sendable {
        public var version: ModelVersion
        public var isPromoted: Bool
        public var file: String
        public var classes: [String]
        /// Of the network's input, in pixels.
        public var inputHeight: Int
        public var inputWidth: Int
        public var provenance: Provenance
        /// When this version was put in service.
        public var promotions: [Promotion]
    }
}
