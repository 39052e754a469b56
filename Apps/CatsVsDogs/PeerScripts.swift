import Classification
import Foundation
import Kernels
import Reporting

/// Other frameworks' figures, by the scripts in Docs/Peers.
final class PeerScripts {
    private let python: String
    private let folder: String
    private let frameworks: [String]
    private let threads: Int
    private let seconds: Double
    private(set) var failures: [String] = []
    private(set) var versions: [String: String] = [:]
    /// The scripts measure both precisions at once; the second is remembered.
    private var measured: [String: [Line]] = [:]

    init(python: String, folder: String, frameworks: [String], threads: Int, seconds: Double) {
        self.python = python
        self.folder = folder
        self.frameworks = frameworks
        self.threads = threads
        self.seconds = seconds
    }

    /// A line that a script prints.
    private struct Line: Decodable {
        var framework: String
        var version: String
        var precision: Precision
        var variant: String
        var compiled: Bool?
        var batch: Int
        var seconds: Double?
        var step_seconds: Double?
        var error: String?
    }

    func measure(_ group: BenchmarkReport.Row.Group, size: Int, batch: Int, precision: Precision) throws -> [Benchmark.PeerTiming] {
        var result: [Benchmark.PeerTiming] = []
        for framework in frameworks {
            let lines: [Line]
            switch group {
            case .training where framework == "pytorch":
                lines = try run("training_pytorch.py", [
                    "--size", "\(size)", "--batch", "\(batch)", "--precision", precision.rawValue, "--steps", "6",
                ])
            case .inference:
                let key = "\(framework) \(size) \(batch)"
                if measured[key] == nil {
                    measured[key] = try run("inference_peers.py", [
                        "--framework", framework, "--size", "\(size)", "--batch", "\(batch)", "--runs", batch == 1 ? "50" : "12",
                    ])
                }
                lines = measured[key] ?? []
            default: continue
            }
            for line in lines where line.precision == precision {
                versions[line.framework] = line.version
                let name = "\(line.framework) \(line.variant)" + (line.compiled == true ? " compiled" : "")
                if let seconds = line.seconds ?? line.step_seconds {
                    result.append(.init(name: name, precision: line.precision, time: .exactly(seconds)))
                } else {
                    failures.append("\(name), \(size) px, batch \(batch), \(line.precision.rawValue): \(line.error ?? "no figure")")
                }
            }
        }
        return result
    }

    private func run(_ script: String, _ arguments: [String]) throws -> [Line] {
        let command = [python, folder + "/" + script] + arguments + ["--threads", "\(threads)", "--seconds", "\(seconds)", "--no-compile"]
        let process = try SpawnedProcess.run(command)
        guard process.status == 0 else {
            failures.append("\(script) \(arguments.joined(separator: " ")): ended with \(process.status)")
            return []
        }
        let decoder = JSONDecoder()
        return process.output.split(separator: "\n").compactMap { try? decoder.decode(Line.self, from: Data($0.utf8)) }
    }
}
