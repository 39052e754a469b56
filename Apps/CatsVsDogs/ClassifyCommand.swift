import ArgumentParser
import Classification
import Foundation
import Kernels
import Reporting
import Synchronization

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Say what photos show.",
        discussion: """
            Each argument is a JPEG or PNG file, a folder (every photo below it, in the order of names), or - for one \
            picture on standard input. Answers come in the order of the arguments, one line each: the class with its \
            probability, or neither when the photo shows none of the classes. A file that cannot be read gets its error \
            instead of an answer and does not stop the others.

            Probabilities are calibrated: of the photos answered with 90 %, about 90 % are right. They say which class it \
            is if it is one of them; whether it is one at all is what neither says.

            --json prints one object a line:
              {"path":"a.jpg","label":"cat","probability":0.98,"neither":false,"neitherScore":-1.2,
               "neitherThreshold":2.1,"candidates":[{"label":"cat","probability":0.98},...]}
            where "label" is a class or "neither"; a file without an answer has only "path" and
              "error":{"kind":"corrupt","message":"..."}
            --csv prints a header and one row a file: \(AnswerRecord.csvHeader)

            Without --model the shipped model answers.

            EXAMPLES
              catsvsdogs classify tom.jpg
              catsvsdogs classify holiday-photos --csv > answers.csv
              catsvsdogs classify tom.jpg --explain tom-explained.png
              find . -name '*.jpg' | catsvsdogs classify --from-list - --json
              catsvsdogs classify --model store tom.jpg

            EXIT CODES
              0  every file has its answer
              1  some files could not be read; the others have their answers
              2  the model or the list of files cannot be used; nothing was answered
              64 the command was not understood
            """)

    @Argument(help: "Photos, folders of photos, or - for a picture on standard input.", completion: .file())
    var inputs: [String] = []

    @Option(help: ArgumentHelp("A model file, or a store whose promoted version answers. The shipped model unless given.", valueName: "path"))
    var model: String?

    @Option(help: ArgumentHelp("A file with a path on each line, or - for standard input.", valueName: "file"))
    var fromList: String?

    @Option(help: ArgumentHelp(
        "Write a PNG that shows where the model looked; for several photos, the folder to write them to.", valueName: "path"))
    var explain: String?

    @Option(help: ArgumentHelp("Name so many classes for each photo.", valueName: "count"))
    var top: Int?

    @Flag(help: "One JSON object a line.")
    var json = false

    @Flag(help: "Comma-separated values with a header.")
    var csv = false

    @Option(help: ArgumentHelp("Photos that go through the network together when there are many.", valueName: "count"))
    var batch = 16

    @Option(help: ArgumentHelp("Threads that decode and compute; one per processor unless given.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "float32 or bfloat16; what the processor is fastest in unless given.")
    var precision: Precision?

    @Flag(help: "Say on standard error which model answers, in which precision, and how long it took.")
    var verbose = false

    func validate() throws {
        if inputs.isEmpty && fromList == nil { throw ValidationError("give photos, folders, - or --from-list") }
        if json && csv { throw ValidationError("--json and --csv cannot be combined") }
        if inputs.filter({ $0 == "-" }).count + (fromList == "-" ? 1 : 0) > 1 { throw ValidationError("standard input can be read once only") }
        if batch < 1 || threads < 1 { throw ValidationError("--batch and --threads must be at least 1") }
        if let top, top < 1 { throw ValidationError("--top must be at least 1") }
    }

    func run() throws {
        let start = ContinuousClock.now
        let (classifier, explainer, files) = try orExit { () -> (Classifier, Explainer?, [String]) in
            let source = try model.map(ModelSource.init) ?? ModelSource.shipped()
            let loaded = try PhotoModel(contentsOf: source.path)
            let read = ContinuousClock.now
            let classifier = try Classifier(loaded, options: .init(precision: precision, threads: threads, batch: batch))
            let files = try PhotoPaths.expanding(inputs, list: fromList)
            if verbose {
                note("model \(source.path), trained \(loaded.provenance.created); \(classifier.computation)")
                note("model read in \(HumanReadable.duration(read - start)), compiled in \(HumanReadable.duration(ContinuousClock.now - read))")
            }
            return (classifier, try explain.map { _ in try Explainer(loaded, precision: precision) }, files)
        }
        if let explain, files.count > 1 {
            try orExit { try FileManager.default.createDirectory(atPath: explain, withIntermediateDirectories: true) }
        }
        let began = ContinuousClock.now
        let printer = AnswerPrinter(style: json ? .json : csv ? .csv : .text, classes: classifier.classes, top: top)
        let failures = Mutex(0)
        let explanation = explain.map { ExplanationWriter(explainer: explainer!, classifier: classifier, path: $0, isFolder: files.count > 1) }
        printer.begin()
        try orExit {
            try classifier.classify(files: files) { [top] position, result in
                var record = AnswerRecord(
                    path: files[position], result, classes: classifier.classes, threshold: classifier.rejection?.threshold,
                    top: top ?? 2)
                if let explanation, case .success(let answer) = result {
                    do {
                        record.explanation = try explanation.write(answer, of: files[position], position: position)
                    } catch {
                        StandardErrorOutput().write("catsvsdogs classify: \(error)\n")
                        failures.withLock { $0 += 1 }
                    }
                }
                if record.error != nil { failures.withLock { $0 += 1 } }
                printer.print(record)
            }
        }
        printer.end()
        if verbose {
            let elapsed = ContinuousClock.now - began
            note("\(HumanReadable.count(files.count, "photo")) in \(HumanReadable.duration(elapsed)), "
                + HumanReadable.rate(Double(files.count) / max(elapsed / .seconds(1), 1e-9), unit: "photos"))
        }
        if failures.withLock({ $0 }) > 0 { throw ExitCode(1) }
    }

    private func note(_ text: String) { StandardErrorOutput().write(text + "\n") }

    /// Runs what must succeed before anything is answered.
    private func orExit<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            StandardErrorOutput().write("catsvsdogs classify: \(error)\n")
            throw ExitCode(2)
        }
    }
}
