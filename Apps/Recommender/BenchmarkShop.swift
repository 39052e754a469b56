import EventStore
import Foundation
import Interactions
import Recommendation
import Reporting

/// Shops that a benchmark makes with the program itself: logs, stores and models in a folder of its own.
struct BenchmarkShop {
    let folder: String
    let threads: Int

    /// The program that is running.
    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

    struct Failure: Error, CustomStringConvertible {
        var command: String
        var status: Int32
        var output: String
        var description: String { "recommender \(command) ended with \(status):\n\(output.suffix(2_000))" }
    }

    func tell(_ text: String) { StandardErrorOutput().write("measuring: \(text)\n") }

    func path(_ name: String) -> String { folder + "/" + name }

    /// Runs a command of the program to its end.
    func run(_ arguments: [String]) throws -> SpawnedProcess {
        let process = try SpawnedProcess.run([Self.program] + arguments, withErrors: true)
        guard process.status == 0 else { throw Failure(command: arguments.joined(separator: " "), status: process.status, output: process.output) }
        return process
    }

    private static let names = ["shop.db", "shop.db-wal", "shop.db-shm", "models", "log"]

    /// Removes the shop that was made.
    func clear() throws {
        for name in Self.names where FileManager.default.fileExists(atPath: path(name)) { try FileManager.default.removeItem(atPath: path(name)) }
    }

    private var options: ShopOptions {
        var options = ShopOptions()
        (options.store, options.models) = (path("shop.db"), path("models"))
        return options
    }

    private var places: [String] { ["--store", path("shop.db"), "--models", path("models")] }

    /// Imports a log and trains the usual blend on it.
    func trained(on log: String) throws -> (options: ShopOptions, section: BenchmarkReport.Section) {
        try clear()
        tell("the training of the usual blend")
        // The published division names what users did in no order.
        let imported = try run(["import", log, "--unordered", "--store", path("shop.db"), "--quiet"])
        let trained = try run(["train"] + places + ["--threads", "\(threads)"])
        let section = BenchmarkReport.Section(
            name: .train, title: "Training the usual blend on Gowalla, by `train`",
            header: ["command", "time", "peak memory"],
            rows: [
                ["import", HumanReadable.time(imported.seconds), HumanReadable.bytes(imported.peakResidentBytes)],
                ["train", HumanReadable.time(trained.seconds), HumanReadable.bytes(trained.peakResidentBytes)],
            ],
            notes: ["all models, their weights on validation, all models again on everything, and the file written"],
            values: [
                "import seconds": imported.seconds, "train seconds": trained.seconds, "train bytes": Double(trained.peakResidentBytes),
            ])
        return (options, section)
    }

    /// Makes the log of a shop of about so many events: 50 for each user, on as many items whatever its size.
    private func simulate(_ events: Int) throws {
        _ = try run([
            "simulate", path("log"), "--users", "\(max(events / 50, 20))", "--items", "10000", "--events", "\(events)", "--replace",
        ])
    }

    private func importLog() throws -> (SpawnedProcess, events: Int) {
        let process = try run(["import", path("log/events.csv"), "--store", path("shop.db"), "--quiet"])
        return (process, try SQLiteEventStore(path: path("shop.db"), access: .readOnly).counts().events)
    }

    func imports(events: Int, rounds: Int) throws -> BenchmarkReport.Section {
        try clear()
        tell("an import of \(HumanReadable.count(events, "event"))")
        try simulate(events)
        var times: [Double] = [], peak = 0, count = 0
        for _ in 0..<rounds {
            for name in Self.names.prefix(3) { try? FileManager.default.removeItem(atPath: path(name)) }
            let (process, imported) = try importLog()
            times.append(process.seconds)
            (peak, count) = (max(peak, process.peakResidentBytes), imported)
        }
        let time = Timing(times)
        try clear()
        return BenchmarkReport.Section(
            name: .import, title: "Import into the store, by `import`",
            header: ["events", "time", "events/s", "peak memory"],
            rows: [[
                HumanReadable.count(count), HumanReadable.time(time.median), HumanReadable.count(Int(Double(count) / time.median)),
                HumanReadable.bytes(peak),
            ]],
            notes: ["a log with the columns of REES46; every 100,000 events are on the disk before the next; median of \(rounds)"],
            values: ["events/s": Double(count) / time.median, "bytes": Double(peak)])
    }

    func growth(_ sizes: [Int], members: String) throws -> BenchmarkReport.Section {
        var section = BenchmarkReport.Section(
            name: .growth, title: "Growth with the number of events, on simulated shops of 10,000 items",
            header: ["events", "users", "import", "train", "µs an event", "peak memory", "suggest p50", "p90"], rows: [],
            notes: ["50 events a user; trained: \(members)"])
        for size in sizes {
            try clear()
            tell("a shop of \(HumanReadable.count(size, "event"))")
            try simulate(size)
            let (imported, events) = try importLog()
            _ = try run(["import", path("log/items.jsonl"), "--items", "--store", path("shop.db"), "--quiet"])
            try FileManager.default.removeItem(atPath: path("log"))
            let trained = try run(["train"] + places + ["--members", members, "--threads", "\(threads)"])
            let times = try AnswerBenchmark(self, options).latencies(of: 500)
            let (median, high) = (Timing.percentile(0.5, of: times), Timing.percentile(0.9, of: times))
            section.rows.append([
                HumanReadable.count(events), HumanReadable.count(max(size / 50, 20)), HumanReadable.time(imported.seconds),
                HumanReadable.time(trained.seconds), HumanReadable.decimal(trained.seconds / Double(events) * 1e6, places: 1),
                HumanReadable.bytes(trained.peakResidentBytes), HumanReadable.time(median), HumanReadable.time(high),
            ])
            section.values.merge([
                "\(size) import seconds": imported.seconds, "\(size) train seconds": trained.seconds,
                "\(size) train bytes": Double(trained.peakResidentBytes), "\(size) suggest p90": high,
            ]) { $1 }
        }
        try clear()
        return section
    }

    /// Starts the program for one user after the other; seconds from the start to the answer.
    func starts(_ users: [String]) throws -> [Double] {
        try users.map { try run(["suggest", $0] + places).seconds }
    }

    /// Runs `batch` for some users; seconds from the start to the complete file.
    func batch(_ users: [String], count: Int) throws -> Double {
        try Data((users.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path("users.txt")))
        defer { for name in ["users.txt", "suggestions.csv"] { try? FileManager.default.removeItem(atPath: path(name)) } }
        return try run(
            ["batch", path("suggestions.csv"), "--users", path("users.txt"), "--k", "\(count)", "--quiet", "--exclude-kinds", "view,purchase",
             "--threads", "\(threads)"] + places).seconds
    }
}
