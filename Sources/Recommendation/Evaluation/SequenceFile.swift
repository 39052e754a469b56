import Foundation
import Interactions

/// Files of published splits: one user a line, with the items in the order of time.
public enum SequenceFile {
    /// - Parameter isOrdered: whether the items of a line stand in the order of time.
    /// - Throws: what reading throws, and `Malformed`.
    public static func read(_ path: String, kind: EventKind = .view, isOrdered: Bool = true, into builder: inout InteractionLogBuilder) throws {
        let text = try Data(contentsOf: URL(fileURLWithPath: path))
        for (number, line) in text.split(separator: 10).enumerated() {
            let words = line.split(separator: 32).map { String(decoding: $0.filter { $0 != 13 }, as: UTF8.self) }
            guard let user = words.first else { continue }
            guard !user.isEmpty else { throw Malformed(path: path, line: number + 1) }
            for (place, item) in words.dropFirst().enumerated() where !item.isEmpty {
                try builder.append(Event(user: user, item: item, kind: kind, time: isOrdered ? Int64(place) : nil))
            }
        }
    }

    public static func read(_ path: String, kind: EventKind = .view, isOrdered: Bool = true) throws -> InteractionLog {
        var builder = InteractionLogBuilder()
        try read(path, kind: kind, isOrdered: isOrdered, into: &builder)
        return builder.build()
    }

    public struct Malformed: Error, CustomStringConvertible {
        public var path: String
        public var line: Int
        public var description: String { "\(path):\(line): a user and items are expected, separated by spaces" }
    }
}
