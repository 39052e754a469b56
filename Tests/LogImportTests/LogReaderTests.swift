import Foundation
import Interactions
import LogImport
import TestSupport
import Testing

/// The reader as imports use it: parts, digests, and going on after what is known.
@Suite struct LogReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func log(lines: Int) -> String {
        "user,item\n" + (0..<lines).map { "u\($0 % 7),\"i\"\"\($0)\"\n" }.joined()
    }

    /// End and digest of every part.
    private func parts(_ path: String, events: Int) throws -> [(offset: Int, digest: String, line: Int)] {
        let reader = try LogReader(path: path, options: LogOptions(now: testTime))
        var parts: [(offset: Int, digest: String, line: Int)] = []
        while let batch = try reader.next(maximumEvents: events) { parts.append((batch.endOffset, batch.endDigest, batch.lastLine)) }
        return parts
    }

    @Test(arguments: [1, 7, 100, 10_000]) func theDigestDoesNotDependOnTheParts(events: Int) throws {
        let text = log(lines: 3_000)
        let found = try parts(try folder.write(text, to: "log"), events: events)
        #expect(found.last?.offset == text.utf8.count)
        #expect(found.last?.line == 3_001)
        #expect(found.last?.digest == (try parts(folder("log"), events: 311).last?.digest))
        #expect(Set(found.map(\.digest)).count == found.count)
    }

    @Test func goesOnBehindWhatIsKnown() throws {
        let path = try folder.write(log(lines: 500), to: "log")
        let known = try parts(path, events: 60)[2]
        let reader = try LogReader(path: path, options: LogOptions(now: testTime))
        #expect(try reader.skip(to: known.offset, line: known.line, ifDigestIs: String(repeating: "0", count: 32), isOpen: false) == .other)
        #expect(try reader.skip(to: known.offset, line: known.line, ifDigestIs: known.digest, isOpen: false) == .passed)
        #expect(reader.digest == known.digest)
        var items: [String] = []
        while let batch = try reader.next(maximumEvents: 77) { items += batch.events.map(\.item) }
        #expect(items == (180..<500).map { "i\"\($0)" })
    }

    @Test func aLastLineWithoutLineBreakIsAPartOfItsOwn() throws {
        let reader = try LogReader(path: try folder.write("user,item\na,1\nb,2\nc,3", to: "log"), options: LogOptions(now: testTime))
        let first = try #require(try reader.next(maximumEvents: 100))
        #expect(first.events.map(\.user) == ["a", "b"] && !first.endsInsideLine)
        let last = try #require(try reader.next(maximumEvents: 100))
        #expect(last.events.map(\.user) == ["c"] && last.endsInsideLine)
        #expect(try reader.next(maximumEvents: 100) == nil)
    }

    @Test func settingsArePartOfTheDigest() throws {
        let path = try folder.write("1 2\n1 3\n", to: "log")
        let digests = try [EventKind.purchase, .cart].map { kind in
            try LogReader(path: path, options: LogOptions(kind: kind, now: testTime)).digest
        }
        #expect(digests[0] != digests[1])
    }

    /// Against a plain reading of RFC 4180, on texts made to confuse.
    @Test(arguments: 0..<40 as Range<UInt64>) func quotedFieldsComeBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = ["a", "\"", ",", "\n", "\r\n", "é", "😀", " ", "::", "\t", "b"]
        var text = "user,item\n"
        var expected: [[String]] = []
        for row in 0..<200 {
            var fields: [String] = []
            for _ in 0..<2 {
                let inner = (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
                fields.append("\(row)" + inner + "z")
            }
            expected.append(fields)
            text += fields.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }.joined(separator: ",")
            text += row % 3 == 0 ? "\r\n" : "\n"
        }
        let log = try WholeLog(text: text, batch: 13)
        #expect(log.rejects.isEmpty)
        #expect(log.events.map { [$0.user, $0.item] } == expected)
    }

    /// Whatever the bytes, reading ends, and every line is an event or a reject.
    @Test(arguments: 0..<60 as Range<UInt64>) func anyBytesAreReadToTheEnd(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = Array("abc,,,;\"\"\n\n\r\t 0123456789:{}[]\\".utf8) + [0, 0xFF, 0xC3, 0xA9, 0xF0]
        let header = ["user,item,time\n", "user\titem\trating\n", "{\"FeedbackType\":\"a\",\"UserId\":\"b\",\"ItemId\":\"c\"}\n", "{\"1\":[2],"]
            .randomElement(using: &random)!
        let bytes = (0..<5_000).map { _ in alphabet.randomElement(using: &random)! }
        let path = try folder.write(Array(header.utf8) + bytes, to: "noise")
        let log = try WholeLog(path, batch: 10)
        #expect(log.lines == log.events.count + log.items.count + log.users.count + log.rejects.count)
    }
}
