import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

/// The example in Docs that computes scores from an export, beside the program.
@Suite struct ExportedScoresTests {
    private static let hasNumPy: Bool = (try? python(["-c", "import numpy"]))?.status == 0

    private static func python(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private struct Answer: Decodable {
        struct Item: Decodable {
            var item: String
            var score: Double
        }
        var suggestions: [Item]
    }

    @Test(.enabled(if: hasNumPy, "needs python3 with numpy")) func theExampleScoresAsTheProgramDoes() throws {
        let folder = try TemporaryFolder()
        var events: [Event] = []
        for user in 0..<60 {
            for step in 0..<7 {
                let kind: EventKind = [.view, .rating, .cart, .purchase, .view, .removeFromCart, .view][step]
                let value: Double? = kind == .rating ? 0.5 * Double(2 + (user + 3 * step) % 9) : nil
                events.append(Event(
                    user: "u\(user)", item: "i\((user * user + step * (1 + user % 4)) % 30)", kind: kind, value: value,
                    time: Int64(step + 1) * 86_400_000))
            }
        }
        try SQLiteEventStore(path: folder("shop.db"), access: .create).append(events)
        let trained = try Program.run(["train", "--members", "neighbors,als,graph,ease,popularity", "--threads", "1"], in: folder)
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(try Program.run(["export", "exported"], in: folder).status == 0)
        let example = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Docs/Examples/score_export.py").standardized
        for user in ["u3", "u8", "u21"] {
            let own = events.filter { $0.user == user }
            let told = own.map { "\($0.kind)\($0.value.map { "=\($0)" } ?? ""):\($0.item)" }
            let scored = try Self.python([example.path, folder("exported")] + told)
            #expect(scored.status == 0)
            let lines = scored.output.split(separator: "\n").map { $0.split(separator: "\t") }
            let kinds = "view,rating,cart,purchase,remove-from-cart"
            let asked = try Program.run(["suggest", user, "--json", "--exclude-kinds", kinds], in: folder)
            let answers = try JSONDecoder().decode(Answer.self, from: Data(asked.output.utf8)).suggestions
            #expect(lines.count == 10 && answers.count == 10)
            for (line, answer) in zip(lines, answers) {
                let score = try #require(Double(line[1]))
                #expect(abs(score - answer.score) < 2e-3 * max(1, abs(score)), "\(user): \(line) beside \(answer)")
            }
        }
    }
}
