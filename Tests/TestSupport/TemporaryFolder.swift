import Foundation

/// A fresh folder for one test, removed when the test ends.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.path + "/tandem-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    public func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Writes a file, making the folders on the way.
    ///
    /// - Returns: its path.
    @discardableResult public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = URL(filePath: self(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return self(name)
    }

    @discardableResult public func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    public func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

    /// Names directly in the folder, sorted, hidden ones included.
    public var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}
