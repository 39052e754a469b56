import FileStorage
import Foundation
import Interactions

/// A file that says how the models of a blend are configured: what `tune` finds and `train --configuration` takes.
///
/// A JSON object whose `members` are objects of a model's `name` and its `configuration`. Fields that are left out are as
/// usual.
public struct MemberFile: Sendable {
    public var members: [MemberConfiguration]

    public init(members: [MemberConfiguration]) { self.members = members }

    private struct Contents: Codable {
        struct Member: Codable {
            var name: String
            var configuration: [String: PropertyValue]?
        }

        var members: [Member]
    }

    /// A file that is no such file.
    public struct Malformed: Error, CustomStringConvertible {
        public var path: String
        public var problem: String
        public var description: String { "\(path): \(problem)" }
    }

    /// Larger files are none: 1 MiB.
    private static let longest = 1 << 20

    /// - Throws: `FileError` and `Malformed`.
    public init(contentsOf path: String) throws {
        let descriptor = try FileDescriptor(opening: path, flags: O_RDONLY)
        guard Int(try descriptor.status().st_size) <= Self.longest else {
            throw Malformed(path: path, problem: "is too large for a configuration of models")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError(.read, path: path) }
        let contents: Contents
        do { contents = try JSONDecoder().decode(Contents.self, from: data) } catch {
            throw Malformed(
                path: path, problem: "is no configuration of models; write {\"members\": [{\"name\": \"als\", \"configuration\": {\"factors\": 64}}]}")
        }
        guard !contents.members.isEmpty else { throw Malformed(path: path, problem: "names no model") }
        guard Set(contents.members.map(\.name)).count == contents.members.count else { throw Malformed(path: path, problem: "names a model twice") }
        members = try contents.members.map { member in
            guard let usual = MemberConfiguration.named(member.name) else {
                let names = MemberConfiguration.all.map(\.name).joined(separator: ", ")
                throw Malformed(path: path, problem: "there is no model \"\(member.name)\"; there are \(names)")
            }
            // Nothing said: the usual one, which may depend on the log.
            guard let configuration = member.configuration, !configuration.isEmpty else { return usual }
            do { return try usual.setting(configuration) } catch { throw Malformed(path: path, problem: "\(error)") }
        }
    }

    /// The file's text.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let contents = Contents(members: try members.map { .init(name: $0.name, configuration: $0 == .neighbors(nil) ? nil : try $0.fields) })
        return String(decoding: try encoder.encode(contents), as: UTF8.self) + "\n"
    }

    /// - Throws: `FileError`.
    public func write(to path: String) throws { try AtomicFile.write(try text(), to: path) }
}
