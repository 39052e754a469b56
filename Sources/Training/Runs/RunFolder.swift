import Foundation
import FileStorage

/// A run on disk: configuration, provenance, metrics, checkpoints and report in one folder, which one
/// process at a time may train into.
public final class RunFolder: Sendable {
    public let path: String
    private let lock: Int32

    /// Names of the files a run consists of.
    public enum File: String, Sendable {
        case configuration = "configuration.json"
        case provenance = "provenance.json"
        case metrics = "metrics.jsonl"
        case checkpoint = "checkpoint.safetensors"
        case best = "best.safetensors"
        case report = "report.html"
        case split = "split.json"
        case model = "model.safetensors"
    }

    /// Opens a folder for training, making it if need be.
    ///
    /// - Parameter resuming: continues the run in the folder rather than starting one.
    /// - Throws: `TrainingError.runInUse` when another process holds it, `.runExists` when a new run would
    ///   overwrite one, `.noRun` when there is nothing to resume; `FileError` when the folder cannot be written.
    public init(_ path: String, resuming: Bool) throws {
        self.path = path
        let checkpoint = path + "/" + File.checkpoint.rawValue
        let configuration = path + "/" + File.configuration.rawValue
        let manager = FileManager.default
        if resuming, !manager.fileExists(atPath: configuration) { throw TrainingError.noRun(path: path) }
        do {
            try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(.write, path: path)
        }
        let lock = open(path + "/.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw FileError(.write, path: path + "/.lock") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw TrainingError.runInUse(path: path)
        }
        self.lock = lock
        if !resuming, manager.fileExists(atPath: checkpoint) || manager.fileExists(atPath: configuration) {
            throw TrainingError.runExists(path: path)
        }
        AtomicFile.removeLeftovers(in: path)
    }

    deinit {
        // A child that is just being started shares the open file until it has become another program, and would keep the lock.
        flock(lock, LOCK_UN)
        close(lock)
    }

    public func path(of file: File) -> String { path + "/" + file.rawValue }

    public func exists(_ file: File) -> Bool { FileManager.default.fileExists(atPath: path(of: file)) }

    /// Writes a file as JSON, whole or not at all.
    public func write(_ value: some Encodable, to file: File) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(value), to: path(of: file))
    }

    public func read<Value: Decodable>(_ type: Value.Type, from file: File) throws -> Value {
        guard let data = FileManager.default.contents(atPath: path(of: file)) else {
            throw FileError(.read, path: path(of: file))
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw TrainingError.checkpointMismatch(path: path(of: file), problem: "is damaged or of another version (\(error))")
        }
    }

    /// Writes the metrics of all epochs, one JSON object a line.
    public func write(_ metrics: MetricStore) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var text = ""
        for epoch in metrics.epochs { text += String(decoding: try encoder.encode(epoch), as: UTF8.self) + "\n" }
        try AtomicFile.write(text, to: path(of: .metrics))
    }
}
