import Foundation
import FileStorage
import TestSupport
import Testing

private struct Metrics: Codable, Equatable, Sendable {
    var epoch: Int
    var loss: Double
    var note: String?
}

@Suite struct JSONLinesTests {
    private let folder: TemporaryFolder
    private var file: URL { URL(filePath: folder("metrics.jsonl")) }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ records: [Metrics]) throws {
        let encoder = JSONEncoder()
        try AtomicFile.write(records.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined(), to: file.path)
    }

    /// Cut anywhere, a file gives all whole records.
    @Test func aFileCutAtAnyByteIsRead() throws {
        let records = (1...3).map { Metrics(epoch: $0, loss: Double($0) / 7, note: "猫") }
        try write(records)
        let whole = try Data(contentsOf: file)
        for length in 0...whole.count {
            let prefix = whole.prefix(length)
            try prefix.write(to: file)
            let breaks = prefix.filter { $0 == 0x0A }.count
            let isWholeRecord = length < whole.count && whole[length] == 0x0A
            let contents = try JSONLines.read(Metrics.self, from: file)
            #expect(contents.records == Array(records.prefix(breaks + (isWholeRecord ? 1 : 0))))
            #expect(contents.problems.isEmpty)
            #expect(contents.endsInHalfLine == (!isWholeRecord && length > 0 && prefix.last != 0x0A))
        }
    }

    @Test func damagedLinesAreReportedAndLeftOut() throws {
        try AtomicFile.write(
            "{\"epoch\":1,\"loss\":2}\n\n{\"epoch\":\"one\",\"loss\":2}\r\n{\"loss\":2}\nrubbish\n{\"epoch\":4,\"loss\":\"-Infinity\",\"more\":0}\n",
            to: file.path)
        let contents = try JSONLines.read(Metrics.self, from: file)
        #expect(contents.records == [Metrics(epoch: 1, loss: 2), Metrics(epoch: 4, loss: -.infinity)])
        #expect(contents.problems.map(\.line) == [3, 4, 5])
        #expect(contents.problems[0].description.contains("metrics.jsonl:3: not a Int at epoch"))
        #expect(contents.problems[1].reason == "no value for \"epoch\"")
    }

    @Test func longFilesAndMissingFiles() throws {
        let records = (0..<3_000).map { Metrics(epoch: $0, loss: 0, note: String(repeating: "x", count: $0 % 200)) }
        try write(records)
        #expect(try JSONLines.read(Metrics.self, from: file).records == records)
        let missing = URL(filePath: folder("none.jsonl"))
        let error = #expect(throws: FileError.self) { try JSONLines.read(Metrics.self, from: missing) }
        #expect(error?.description.contains("none.jsonl") == true)
    }
}
