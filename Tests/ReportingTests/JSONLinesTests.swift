import Foundation
import Reporting
import Testing

private struct Metrics: Codable, Equatable, Sendable {
    var epoch: Int
    var loss: Double
    var note: String?
}

@Suite struct JSONLinesTests {
    @Test func whatIsWrittenIsReadBack() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("metrics.jsonl")
            let records = [
                Metrics(epoch: 1, loss: 0.693, note: "a/b\n\"c\" 猫"), Metrics(epoch: 2, loss: -.infinity),
                Metrics(epoch: 3, loss: 1e-300),
            ]
            let writer = try JSONLinesWriter<Metrics>(appendingTo: file, synchronizesEachLine: true)
            for record in records { try writer.append(record) }
            try writer.close()
            let contents = try JSONLines.read(Metrics.self, from: file)
            #expect(contents.records == records && contents.problems.isEmpty && !contents.endsInHalfLine)
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.split(separator: "\n").count == 3 && text.hasSuffix("\n"))
            #expect(text.contains(#"{"epoch":2,"loss":"-Infinity"}"#))
        }
    }

    @Test func everyLineIsThereAsSoonAsItIsWritten() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("metrics.jsonl")
            let writer = try JSONLinesWriter<Metrics>(appendingTo: file)
            try writer.append(Metrics(epoch: 1, loss: 1))
            #expect(try JSONLines.read(Metrics.self, from: file).records.count == 1)
            try writer.close()
            try writer.close()
            #expect(throws: FileWriteError.self) { try writer.append(Metrics(epoch: 2, loss: 1)) }
        }
    }

    /// Cut anywhere, a file gives all whole records, and appending to it gives a file without damage.
    @Test func aFileCutAtAnyByteIsReadAndContinued() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("metrics.jsonl")
            let records = (1...3).map { Metrics(epoch: $0, loss: Double($0) / 7, note: "猫") }
            try JSONLines.write(records, to: file)
            let whole = try Data(contentsOf: file)
            for length in 0...whole.count {
                let prefix = whole.prefix(length)
                try prefix.write(to: file)
                let breaks = prefix.filter { $0 == 0x0A }.count
                let isWholeRecord = length < whole.count && whole[length] == 0x0A
                let expected = breaks + (isWholeRecord ? 1 : 0)
                let contents = try JSONLines.read(Metrics.self, from: file)
                #expect(contents.records == Array(records.prefix(expected)))
                #expect(contents.problems.isEmpty)
                #expect(contents.endsInHalfLine == (!isWholeRecord && length > 0 && prefix.last != 0x0A))
                let writer = try JSONLinesWriter<Metrics>(appendingTo: file)
                try writer.append(Metrics(epoch: 99, loss: 0))
                try writer.close()
                let continued = try JSONLines.read(Metrics.self, from: file)
                #expect(continued.records == records.prefix(expected) + [Metrics(epoch: 99, loss: 0)])
                #expect(continued.problems.isEmpty && !continued.endsInHalfLine)
            }
        }
    }

    @Test func damagedLinesAreReportedAndLeftOut() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("metrics.jsonl")
            let text = "{\"epoch\":1,\"loss\":2}\n\n{\"epoch\":\"one\",\"loss\":2}\r\n{\"loss\":2}\nrubbish\n{\"epoch\":4,\"loss\":1,\"more\":0}\n"
            try Data(text.utf8).write(to: file)
            let contents = try JSONLines.read(Metrics.self, from: file)
            #expect(contents.records.map(\.epoch) == [1, 4])
            #expect(contents.problems.map(\.line) == [3, 4, 5])
            #expect(contents.problems[0].description.contains("metrics.jsonl:3: not a Int at epoch"))
            #expect(contents.problems[1].reason == "no value for \"epoch\"")
        }
    }

    @Test func linesFromManyThreadsDoNotMix() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reporting-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("metrics.jsonl")
        let writer = try JSONLinesWriter<Metrics>(appendingTo: file)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for step in 0..<50 { try writer.append(Metrics(epoch: worker * 50 + step, loss: 1)) }
                }
            }
            try await group.waitForAll()
        }
        try writer.close()
        let contents = try JSONLines.read(Metrics.self, from: file)
        #expect(contents.records.map(\.epoch).sorted() == Array(0..<200) && contents.problems.isEmpty)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDiskIsSaidPlainly() throws {
        let writer = try JSONLinesWriter<Metrics>(appendingTo: URL(fileURLWithPath: "/dev/full"))
        let error = #expect(throws: FileWriteError.self) { try writer.append(Metrics(epoch: 1, loss: 1)) }
        #expect(error?.code == ENOSPC && error?.description.contains("Free some space") == true)
    }

    @Test func longFilesAndMissingFiles() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("metrics.jsonl")
            let records = (0..<3_000).map { Metrics(epoch: $0, loss: 0, note: String(repeating: "x", count: $0 % 200)) }
            try JSONLines.write(records, to: file)
            #expect(try JSONLines.read(Metrics.self, from: file).records == records)
            let missing = folder.appendingPathComponent("none.jsonl")
            let error = #expect(throws: JSONLines.ReadError.self) { try JSONLines.read(Metrics.self, from: missing) }
            #expect(error?.description.contains("none.jsonl") == true)
        }
    }
}
