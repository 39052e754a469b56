import ArgumentParser
import FileStorage
import Foundation
import Recommendation
import Reporting

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure speed and memory here, beside another package if asked.",
        discussion: """
            Needs the log of Gowalla as LightGCN divided it: train.txt and test.txt, a user and the items in each line.

            PARTS
              als      an iteration of matrix factorization, and what it finds: recall and gain on the test
              batch    suggestions for all users at once, without what they had
              train    the whole training of the usual blend by `train`: time and memory
              suggest  an answer in a running process, and from the start of one
              fresh    from a new event to another answer
              import   a simulated log into a store
              growth   import, training, memory and answers on simulated shops of more and more events

            --against implicit runs Docs/Peers/implicit_peer.py on the same matrix with the same factors, iterations, \
            regularization and confidences, in turn with ours, and prints both; what it found is ranked by us, on the same \
            questions. It needs a Python with the package:
              python3 -m venv peers && peers/bin/pip install implicit safetensors

            EXAMPLES
              recommender benchmark --data logs/gowalla
              recommender benchmark --data logs/gowalla --only als --only batch --against implicit --python peers/bin/python
              recommender benchmark --only growth --grow 100000,1000000,10000000 --markdown Docs/Results.md

            EXIT CODES
              0 measured, 1 a measurement failed, 64 the command was not understood
            """)

    enum Part: String, ExpressibleByArgument, CaseIterable, Encodable {
        case als, batch, train, suggest, fresh, `import`, growth

        /// Whether it is measured on the log of --data.
        var needsData: Bool { self != .import && self != .growth }
    }

    enum Peer: String, ExpressibleByArgument, CaseIterable { case implicit }

    @Option(help: ArgumentHelp(
        "\(Part.allCases.map(\.rawValue).joined(separator: ", ")), separated by commas or repeated. (default: all)", valueName: "parts"))
    var only: [String] = []

    @Option(help: ArgumentHelp("The folder of train.txt and test.txt.", valueName: "folder"), completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("implicit", valueName: "package"))
    var against: Peer?

    @Option(help: "The Python that has the package.")
    var python = "python3"

    @Option(help: ArgumentHelp("Folder of the scripts.", valueName: "folder"))
    var scripts = "Docs/Peers"

    @Option(help: "Numbers of each item in the factorization.")
    var factors = 64

    @Option(help: "Iterations of the factorization.")
    var iterations = 15

    @Option(help: "How often ours and the other's are measured, in turn.")
    var rounds = 3

    @Option(help: ArgumentHelp("Events of the simulated log that is imported.", valueName: "count"))
    var importEvents = 1_000_000

    @Option(help: ArgumentHelp("Events of the simulated shops, separated by commas.", valueName: "counts"))
    var grow = "100000,1000000,10000000"

    @Option(help: ArgumentHelp("Models that are trained on the simulated shops.", valueName: "names"))
    var growMembers = "neighbors,als,sessions,content,popularity,resurfacing"

    @Option(help: "Threads; one per processor unless given.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: ArgumentHelp("A folder for stores and models, emptied afterwards. (default: a temporary one)", valueName: "folder"))
    var work: String?

    @Option(help: ArgumentHelp("Append a section to this file.", valueName: "file"))
    var markdown: String?

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    func validate() throws {
        let parts = try self.parts()
        guard factors >= 1, factors <= 1024 else { throw ValidationError("--factors must be from 1 to 1024") }
        guard iterations >= 2 else { throw ValidationError("--iterations must be at least 2: the first is not counted") }
        guard rounds >= 1, threads >= 1, importEvents >= 1_000 else {
            throw ValidationError("--rounds and --threads must be at least 1, --import-events at least 1000")
        }
        if data == nil, let part = parts.first(where: \.needsData) {
            throw ValidationError("--data is missing: \(part.rawValue) is measured on a log; --only import,growth needs none")
        }
        if against != nil, !FileManager.default.fileExists(atPath: scripts + "/implicit_peer.py") {
            throw ValidationError("--scripts \(scripts): the script is not there; run this in the project's folder, or give its own")
        }
        _ = try sizes()
        _ = try MemberConfiguration.list(growMembers)
    }

    private func parts() throws -> [Part] {
        let names = only.flatMap { List.split($0) }
        let chosen = try names.map { name in
            guard let part = Part(rawValue: name) else {
                throw ValidationError("--only \(name): there are \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return part
        }
        return Part.allCases.filter { chosen.isEmpty || chosen.contains($0) }
    }

    private func sizes() throws -> [Int] {
        try List.split(grow).map { text in
            guard let size = Int(text), (1_000...100_000_000).contains(size) else {
                throw ValidationError("--grow \(text): give numbers of events from 1000 to 100000000, separated by commas")
            }
            return size
        }
    }

    func run() throws {
        do {
            let report = try measure()
            if json { try printJSON(report) } else { print(report.text(style: .forStandardOutput()), terminator: "") }
            if let markdown {
                let words = ["recommender"] + CommandLine.arguments.dropFirst()
                let old = FileManager.default.fileExists(atPath: markdown) ? try String(contentsOfFile: markdown, encoding: .utf8) : ""
                try AtomicFile.write(old + (old.isEmpty ? "" : "\n") + report.markdown(command: words.joined(separator: " ")), to: markdown)
            }
        } catch {
            throw fail("benchmark", error)
        }
    }

    private func measure() throws -> BenchmarkReport {
        let (parts, sizes, loadBefore, start) = (try parts(), try sizes(), SystemLoad.average(), ContinuousClock.now)
        let folder = work ?? NSTemporaryDirectory() + "/recommender-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if work == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let bench = BenchmarkShop(folder: folder, threads: threads)
        var report = BenchmarkReport(
            versions: [:], threads: threads, loadBefore: loadBefore, loadAfter: 0, seconds: 0, sections: [], failures: [])

        if let data, parts.contains(.als) || parts.contains(.batch) {
            let peer = against.map { _ in ImplicitPeer(python: python, script: scripts + "/implicit_peer.py", folder: folder) }
            let benchmark = try FactorBenchmark(
                data: data, factors: factors, iterations: iterations, rounds: rounds, threads: threads, peer: peer)
            report.sections += try benchmark.measure(progress: bench.tell).filter { parts.contains($0.name) }
            report.failures += benchmark.failures
            report.versions.merge(benchmark.versions) { $1 }
        }
        if let data, parts.contains(where: { $0.needsData && $0 != .als }) {
            // What the answers are asked of: the usual blend, trained by the program itself.
            let shop = try bench.trained(on: data + "/train.txt")
            if parts.contains(.train) { report.sections.append(shop.section) }
            let answers = try AnswerBenchmark(bench, shop.options)
            if parts.contains(.batch) { report.sections.append(try answers.batch()) }
            if parts.contains(.suggest) { report.sections.append(try answers.suggest()) }
            if parts.contains(.fresh) { report.sections.append(try answers.fresh()) }
            try bench.clear()
        }
        if parts.contains(.import) { report.sections.append(try bench.imports(events: importEvents, rounds: rounds)) }
        if parts.contains(.growth) { report.sections.append(try bench.growth(sizes, members: growMembers)) }
        report.loadAfter = SystemLoad.average()
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }
}
