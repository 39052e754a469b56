import ComputeGraph
import Foundation
import ModelStore

/// The state of a run between two epochs: enough to go on as if nothing had happened.
struct Checkpoint {
    /// What a checkpoint holds beside tensors.
    struct Position: Codable, Equatable {
        var version = 1
        /// Epochs done.
        var epoch: Int
        /// Steps done.
        var step: Int
        /// Times the rate was reduced on a plateau, and evaluations since the last time.
        var reductions: Int
        var evaluationsSinceReduction: Int
        var metrics: MetricStore
        var configuration: TrainingConfiguration
        /// Of the graph and the training data, so that a run is not resumed with others.
        var fingerprint: String
    }

    private static let key = "tandem.checkpoint"

    /// Writes all storages and the position into one file, whole or not at all.
    static func write(_ position: Position, _ storages: [(name: String, storage: ParameterStorage)], to path: String) throws {
        var tensors: [NamedTensor] = []
        for (prefix, storage) in storages {
            for (index, parameter) in storage.parameters.enumerated() {
                tensors.append(NamedTensor(
                    name: prefix + "/" + parameter.name, shape: parameter.shape.dimensions, floats: Array(storage[index])))
            }
        }
        let json = String(decoding: try JSONEncoder().encode(position), as: UTF8.self)
        try SafetensorsFile.write(tensors, metadata: [key: json], to: path)
    }

    /// Reads the position, and the tensors into the storages.
    ///
    /// - Throws: `TrainingError.checkpointMismatch` when the file belongs to another run, `SafetensorsError`
    ///   when it is damaged.
    static func read(_ path: String, into storages: [(name: String, storage: ParameterStorage)]) throws -> Position {
        let file = try SafetensorsFile(contentsOf: path)
        guard let json = file.metadata[key] else {
            throw TrainingError.checkpointMismatch(path: path, problem: "is no training checkpoint")
        }
        let position: Position
        do {
            position = try JSONDecoder().decode(Position.self, from: Data(json.utf8))
        } catch {
            throw TrainingError.checkpointMismatch(path: path, problem: "was written by another version (\(error))")
        }
        for (prefix, storage) in storages {
            for (index, parameter) in storage.parameters.enumerated() {
                let name = prefix + "/" + parameter.name
                guard try file.shape(named: name) == parameter.shape.dimensions else {
                    throw TrainingError.checkpointMismatch(path: path, problem: "'\(name)' has another shape than the network")
                }
                try file.readFloats(named: name, into: storage[index])
            }
        }
        return position
    }
}
