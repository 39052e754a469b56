import ArgumentParser
import Classification
import Foundation
import Imaging
import Kernels
import FileStorage
import Reporting

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure training and inference here, beside other frameworks if asked.",
        discussion: """
            Measured are a training step (forward, backward, update) with the share of every kind of kernel; inference of \
            one photo and of a batch; each stage from a file to its answer; and whole processes. Figures are medians of \
            several runs with their range. A machine that is busy with other things is noticed and named.

            --against runs the scripts in Docs/Peers on the same network, sizes, batches and precisions, each in the \
            middle of our own measurement of the same, and prints both and the ratio. It needs a Python with the \
            framework: python3 -m venv peers && peers/bin/pip install torch numpy safetensors onnx onnxscript onnxruntime openvino

            ONEDNN_MAX_CPU_ISA=AVX2 or AVX512_CORE limits the instructions, to see what an older processor would do.

            EXAMPLES
              catsvsdogs benchmark
              catsvsdogs benchmark --only training --size 96 --precision bfloat16
              catsvsdogs benchmark --against pytorch --against onnxruntime --against openvino \\
                --python peers/bin/python --markdown Docs/Results.md

            EXIT CODES
              0 done, 1 a measurement failed, 64 the command was not understood
            """)

    @Option(name: .customLong("only"), help: ArgumentHelp("training, inference, stages or process; may be repeated. (default: all four)", valueName: "group"))
    var only: [BenchmarkReport.Row.Group] = []

    @Option(name: .customLong("size"), help: "Side of the photos in pixels; may be repeated. (default: 64, 96, 128)")
    var sizes: [Int] = []

    @Option(name: .customLong("batch"), help: "Photos in a training step.")
    var trainingBatch = 64

    @Option(name: .customLong("inference-batch"), help: "Photos answered at once; may be repeated. (default: 1, 64)")
    var inferenceBatches: [Int] = []

    @Option(name: .customLong("precision"), help: "float32 or bfloat16; may be repeated. (default: both where there are both)")
    var precisions: [Precision] = []

    @Option(help: "Size of the network: \(NetworkChoice.allCases.map(\.rawValue).joined(separator: ", ")).")
    var network = NetworkChoice.standard

    @Option(help: "A model file or store for the stages and processes; an untrained one of 160 px unless given.")
    var model: String?

    @Flag(help: "Also time every operation beside the roofline.")
    var operations = false

    @Option(help: ArgumentHelp("pytorch, onnxruntime or openvino; may be repeated.", valueName: "framework"))
    var against: [PeerChoice] = []

    @Option(help: "The Python that has the frameworks.")
    var python = "python3"

    @Option(help: ArgumentHelp("Folder of the scripts.", valueName: "folder"))
    var scripts = "Docs/Peers"

    @Option(help: "Time for each measurement, at least, in seconds.")
    var seconds = 2.0

    @Option(help: "Compute threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: ArgumentHelp("Append a section to this file.", valueName: "file"))
    var markdown: String?

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    enum PeerChoice: String, ExpressibleByArgument, CaseIterable { case pytorch, onnxruntime, openvino }

    func validate() throws {
        guard sizes.allSatisfy({ (32...512).contains($0) }) else { throw ValidationError("--size must be from 32 to 512 pixels") }
        guard trainingBatch >= 1, threads >= 1, seconds > 0, inferenceBatches.allSatisfy({ $0 >= 1 }) else {
            throw ValidationError("--batch, --inference-batch, --threads and --seconds must be above 0")
        }
        if !InstructionSet.current.supportsBFloat16, precisions.contains(.bfloat16) {
            throw ValidationError("this processor (\(InstructionSet.current.rawValue)) has no bf16 kernels")
        }
        if !against.isEmpty, !FileManager.default.fileExists(atPath: scripts + "/inference_peers.py") {
            throw ValidationError("--scripts \(scripts): the scripts are not there; run this in the project's folder, or give theirs")
        }
    }

    func run() throws {
        do {
            let report = try measure()
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(report), as: UTF8.self))
            } else {
                print(report.text(style: .forStandardOutput()), terminator: "")
            }
            if let markdown {
                let words = ["catsvsdogs"] + CommandLine.arguments.dropFirst()
                let old = (try? String(contentsOfFile: markdown, encoding: .utf8)) ?? ""
                try AtomicFile.write(old + (old.isEmpty ? "" : "\n") + report.markdown(command: words.joined(separator: " ")), to: markdown)
            }
        } catch {
            StandardErrorOutput().write("catsvsdogs benchmark: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func measure() throws -> BenchmarkReport {
        let log = StandardErrorOutput()
        let load = SystemLoad.average()
        let start = ContinuousClock.now
        let both: [Precision] = InstructionSet.current.supportsBFloat16 ? [.bfloat16, .float32] : [.float32]
        let groups = Set(only.isEmpty ? [.training, .inference, .stages, .process] : only)
        let options = Benchmark.Options(
            network: network.network, sizes: sizes.isEmpty ? [64, 96, 128] : sizes, trainingBatch: trainingBatch,
            inferenceBatches: inferenceBatches.isEmpty ? [1, 64] : inferenceBatches, precisions: precisions.isEmpty ? both : precisions,
            threads: threads, seconds: seconds, groups: groups)
        let benchmark = Benchmark(options)
        let peers = PeerScripts(python: python, folder: scripts, frameworks: against.map(\.rawValue), threads: threads, seconds: seconds)
        let tell: (String) -> Void = { log.write("measuring \($0)\n") }
        var rows = try benchmark.computation(
            peers: { try peers.measure($0, size: $1, batch: $2, precision: $3) }, progress: tell)
        if groups.contains(.stages) || groups.contains(.process) {
            let folder = NSTemporaryDirectory() + "/tandem-benchmark-\(getpid())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let file: String
            if let model { file = try ModelSource(model).path } else {
                file = folder + "/model.safetensors"
                try Benchmark.untrained(network.network, size: 160).write(to: file, halved: true)
            }
            if groups.contains(.stages) { rows += try benchmark.stages(of: PhotoModel(contentsOf: file), in: folder, progress: tell) }
            if groups.contains(.process) {
                tell("processes")
                rows += try processes(model: file, in: folder)
            }
        }
        if operations { rows += try benchmark.operations(progress: tell) }
        return BenchmarkReport(
            threads: threads, loadBefore: load, loadAfter: SystemLoad.average(),
            seconds: (ContinuousClock.now - start) / .seconds(1), rows: rows, failures: peers.failures, versions: peers.versions)
    }

    /// Starts this program again and again to classify: one small photo, one large one, and many.
    private func processes(model: String, in folder: String) throws -> [BenchmarkReport.Row] {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let photos = folder + "/photos"
        try FileManager.default.createDirectory(atPath: photos, withIntermediateDirectories: true)
        func write(_ width: Int, _ height: Int, _ path: String) throws {
            try Data(ImageEncoder.jpeg(Benchmark.picture(width: width, height: height), quality: 88)).write(to: URL(fileURLWithPath: path))
        }
        try write(200, 200, folder + "/small.jpg")
        try write(4_000, 3_000, folder + "/large.jpg")
        try write(400, 300, folder + "/many.jpg")
        let count = 1_000
        for number in 0..<count { try FileManager.default.createSymbolicLink(atPath: "\(photos)/\(number).jpg", withDestinationPath: folder + "/many.jpg") }

        var rows: [BenchmarkReport.Row] = []
        func add(_ name: String, _ input: String, runs: Int) throws {
            var times: [Double] = [], peak = 0
            for run in 0...runs {
                let process = try SpawnedProcess.run([program, "classify", "--model", model, input], keepingOutput: false)
                guard process.status == 0 else { throw Failure(what: name, status: process.status) }
                // The first run reads the program from the disk.
                if run > 0 { times.append(process.seconds) }
                peak = max(peak, process.peakResidentBytes)
            }
            var row = BenchmarkReport.Row(.process, name, time: Timing(times))
            row.notes = ["peak resident memory \(HumanReadable.bytes(peak))"]
            rows.append(row)
        }
        try add("process start to answer, 200x200 JPEG", folder + "/small.jpg", runs: 15)
        try add("process start to answer, 12-megapixel JPEG", folder + "/large.jpg", runs: 7)
        try add("classify \(count) photos of 400x300", photos, runs: 2)
        return rows
    }

    private struct Failure: Error, CustomStringConvertible {
        var what: String
        var status: Int32
        var description: String { "\(what): classify ended with \(status). Run it by hand to see why." }
    }
}

extension BenchmarkReport.Row.Group: ExpressibleByArgument {}
