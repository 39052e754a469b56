import Foundation
import Imaging
import FileStorage
import Reporting

/// Fresh photos with the labels a person gave them.
public struct Corrections: Sendable {
    public struct Item: Sendable, Hashable {
        /// Where the file is, absolute or from the current folder.
        public var path: String
        public var label: String

        public init(path: String, label: String) {
            self.path = path
            self.label = label
        }
    }

    public var items: [Item]

    public init(_ items: [Item]) { self.items = items }

    /// Reads corrections.
    ///
    /// - Parameter source: a CSV of path and label; a folder with a folder per class, or of files named like
    ///   `cat.1.jpg`; or JSON lines as `classify --json` prints them, with `label` corrected. Paths in JSON lines are
    ///   relative to the current folder, or else to that of the file.
    /// - Throws: `PhotoCollectionError` or ``Problem`` naming the line.
    public init(reading source: String) throws {
        if let records = try Self.jsonLines(source) {
            items = records
            return
        }
        let collection = try PhotoCollection(reading: source)
        items = collection.photos.map { Item(path: collection.filePath(of: $0), label: collection.classNames[$0.label]) }
    }

    private struct Record: Decodable, Sendable {
        var path: String
        var label: String?
    }

    /// - Returns: nil when the file holds no JSON.
    private static func jsonLines(_ source: String) throws -> [Item]? {
        guard let file = try? FileBytes(path: source, limit: 16, onlyStart: true),
            file.bytes.first(where: { !($0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09) }) == UInt8(ascii: "{")
        else { return nil }
        let contents = try JSONLines.read(Record.self, from: URL(fileURLWithPath: source))
        if let problem = contents.problems.first { throw Problem(path: problem.path, line: problem.line, problem: problem.reason) }
        let folder = source.lastIndex(of: "/").map { String(source[..<$0]) } ?? "."
        return try contents.records.enumerated().map { index, record in
            guard let label = record.label, !label.isEmpty else {
                throw Problem(path: source, line: index + 1, problem: "\(record.path) has no label")
            }
            let isFound = record.path.hasPrefix("/") || FileManager.default.fileExists(atPath: record.path)
            let path = isFound ? record.path : folder + "/" + record.path
            return Item(path: path, label: label)
        }
    }

    /// Checks that every label is one of a model's classes.
    ///
    /// - Throws: ``UnknownClasses``.
    public func check(against classes: [String]) throws {
        let unknown = Set(items.map(\.label)).subtracting(classes).sorted()
        guard unknown.isEmpty else { throw UnknownClasses(unknown: unknown, classes: classes) }
    }

    /// A line that is no correction.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var path: String
        public var line: Int
        public var problem: String
        public var description: String {
            "\(path), line \(line): \(problem). Write one JSON object a line with \"path\" and \"label\"."
        }
    }

    /// Labels that the model has no class for.
    public struct UnknownClasses: Error, Sendable, CustomStringConvertible {
        public var unknown: [String]
        public var classes: [String]
        public var description: String {
            "corrections are labeled \(unknown.joined(separator: ", ")), and the model's classes are "
                + "\(classes.joined(separator: ", ")). Correct the labels; to teach another class, run `train --from MODEL` on "
                + "a folder with photos of all classes."
        }
    }
}
