import Foundation
import ModelStore
import Recommendation
import Reporting

/// The `implicit` package, by its script in Docs/Peers.
struct ImplicitPeer {
    var python: String
    var script: String
    /// For the files that go there and back.
    var folder: String

    /// What the script prints.
    struct Figures: Decodable {
        var version: String
        /// Seconds of each iteration.
        var iterations: [Double]
        /// Processor seconds of an iteration, on all threads together.
        var processor: Double
        /// Seconds and processor seconds of recommending for all users.
        var recommend: Double
        var recommendProcessor: Double
        var users: Int
    }

    /// Factors, `[rows, width]`.
    struct Factors {
        var users: [Float]
        var items: [Float]
        var width: Int
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Writes the matrix as the script reads it: the confidence of a pair in all, which is 1 for those that are not there.
    func prepare(_ matrix: InteractionMatrix, confidence: Float) throws {
        func integers(_ name: String, _ values: [Int64]) -> NamedTensor {
            NamedTensor(name: name, shape: [values.count], integers: values, storedAs: .int64)
        }
        try SafetensorsFile.write(
            [
                integers("shape", [Int64(matrix.rows), Int64(matrix.columns)]), integers("offsets", matrix.offsets.map(Int64.init)),
                integers("columns", matrix.indices.map(Int64.init)),
                NamedTensor(name: "values", shape: [matrix.count], floats: matrix.values.map { 1 + confidence * $0 }, storedAs: .float32),
            ], to: folder + "/matrix.safetensors")
    }

    /// Factorizes the matrix once, from a beginning of its own for each seed.
    func run(_ configuration: AlternatingLeastSquares.Configuration, threads: Int, top: Int, seed: Int) throws -> (Figures, Factors) {
        let output = folder + "/factors.safetensors"
        let process = try SpawnedProcess.run([
            python, script, "--input", folder + "/matrix.safetensors", "--output", output, "--factors", "\(configuration.factors)",
            "--iterations", "\(configuration.iterations)", "--regularization", "\(configuration.penalty)", "--steps",
            "\(configuration.steps)", "--threads", "\(threads)", "--top", "\(top)", "--seed", "\(seed)",
        ])
        guard process.status == 0, let line = process.output.split(separator: "\n").last,
            let figures = try? JSONDecoder().decode(Figures.self, from: Data(line.utf8)), figures.iterations.count > 1
        else {
            throw Failure(description: "\(script) ended with \(process.status) and no figures; run it with \(python) by hand to see why")
        }
        let file = try SafetensorsFile(contentsOf: output)
        return (
            figures,
            Factors(users: try file.floats(named: "users"), items: try file.floats(named: "items"), width: try file.shape(named: "items").last ?? 0)
        )
    }
}
