import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

/// `tune`, `export` and `benchmark`, with the program as a user runs it.
@Suite struct ModelCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: String...) throws -> Program.Result { try Program.run(arguments, in: folder) }

    private func makeShop() throws {
        #expect(try run("simulate", "shop", "--users", "80", "--items", "60", "--days", "60", "--seed", "3").status == 0)
        let imported = try run("import", "shop/events.csv", "--store", "shop.db", "--quiet")
        #expect(imported.status == 0, "\(imported.errors)")
    }

    @Test func whatTuneFindsTrainTakes() throws {
        try makeShop()
        let search = ["tune", "--members", "neighbors,als", "--range", "als.factors=4,8", "--range", "als.iterations=2,3", "--trials", "3", "--cases", "40"]
        let tuned = try Program.run(search, in: folder)
        #expect(tuned.status == 0, "\(tuned.errors)")
        #expect(tuned.output.contains("recommender train --configuration tuning/configuration.json"))
        // A second search in the same folder only goes on where it is told to, and then finds the same.
        #expect(try Program.run(search, in: folder).status == 1)
        let again = try Program.run(search + ["--resume"], in: folder)
        #expect(again.status == 0 && again.output == tuned.output, "\(again.errors)")
        #expect(try Program.run(search + ["--resume", "--seed", "9"], in: folder).errors.contains("seed"))
        let trained = try run("train", "--configuration", "tuning/configuration.json", "--threads", "1", "--json")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("\"als\"") && trained.output.contains("\"neighbors\"") && !trained.output.contains("\"sessions\""))
    }

    @Test func badSearchesAreRefused() throws {
        try makeShop()
        for (arguments, part) in [
            (["--range", "als.factors=0"], "als.factors"), (["--range", "als.factors=8", "--members", "neighbors"], "not among"),
            (["--trials", "0"], "--trials"), (["--preset", "beauty"], "--data"), (["--members", "magic"], "magic"),
            (["--range", "als.factors=8", "--range", "als.factors=16"], "twice"), (["--members", "resurfacing"], "has a setting"),
            (["--configuration", "nothing.json"], "nothing.json"),
        ] {
            let result = try Program.run(["tune"] + arguments, in: folder)
            #expect(result.status == 64 && result.errors.contains(part), "\(arguments): \(result.errors)")
        }
        try folder.write(#"{"members": [{"name": "als", "configuration": {"factors": 99999}}]}"#, to: "wrong.json")
        let wrong = try run("train", "--configuration", "wrong.json")
        #expect(wrong.status == 64 && wrong.errors.contains("from 1 to 1024"), "\(wrong.errors)")
        #expect(!folder.contains("tuning"))
    }

    @Test func aModelIsExported() throws {
        try makeShop()
        #expect(try run("export", "out").status == 1)
        #expect(try run("train", "--members", "neighbors,als,popularity", "--threads", "1").status == 0)
        let exported = try run("export", "out")
        #expect(exported.status == 0, "\(exported.errors)")
        #expect(folder.contains("out/model.json") && folder.contains("out/model.safetensors"))
        #expect(try run("export", "out").errors.contains("--replace"))
        #expect(try run("export", "out", "--replace").status == 0)
        #expect(try run("export", "other", "--version", "7").status == 1)
    }

    @Test func aSmallBenchmarkMeasures() throws {
        // A log of two lines' kind: users and the items they had.
        var (train, test) = ("", "")
        for user in 0..<60 {
            train += "\(user) " + (0..<8).map { "\((user * 3 + $0 * $0) % 50)" }.joined(separator: " ") + "\n"
            test += "\(user) \((user * 3 + 81) % 50) \((user * 3 + 100) % 50)\n"
        }
        try FileManager.default.createDirectory(atPath: folder("log"), withIntermediateDirectories: true)
        try folder.write(train, to: "log/train.txt")
        try folder.write(test, to: "log/test.txt")
        let measured = try run(
            "benchmark", "--data", "log", "--rounds", "1", "--iterations", "3", "--factors", "8", "--import-events", "2000", "--grow", "2000",
            "--grow-members", "neighbors,popularity", "--threads", "1", "--json", "--markdown", "results.md")
        #expect(measured.status == 0, "\(measured.errors)")
        struct Report: Decodable {
            struct Section: Decodable {
                var name: String
                var values: [String: Double]
            }
            var sections: [Section]
            var failures: [String]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(measured.output.utf8))
        #expect(report.failures.isEmpty)
        #expect(report.sections.map(\.name) == ["als", "batch", "train", "batch", "suggest", "fresh", "import", "growth"])
        #expect(report.sections.allSatisfy { $0.values.values.allSatisfy { $0.isFinite && $0 >= 0 } })
        #expect(report.sections.last { $0.name == "fresh" }!.values["changed"] != nil)
        #expect(try String(contentsOfFile: folder("results.md"), encoding: .utf8).contains("| Tandem |"))
        #expect(try run("benchmark", "--only", "als").errors.contains("--data"))
        #expect(try run("benchmark", "--only", "speed", "--data", "log").errors.contains("speed"))
        #expect(try run("benchmark", "--only", "growth", "--grow", "ten").errors.contains("--grow"))
    }
}
