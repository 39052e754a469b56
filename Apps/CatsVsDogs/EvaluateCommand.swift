import ArgumentParser
import Classification
import Foundation
import Kernels
import Reporting

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure what a model is worth on photos whose classes are known.",
        discussion: """
            MODEL is a model file, or a store whose promoted version is meant. FOLDER holds a folder of photos per class, or \
            photos named like cat.17.jpg; or it is a CSV file of path and label. The classes must be among the model's.

            Told are accuracy with its 95 % interval, precision and recall of each class, what was taken for what, how far \
            confidence can be believed, the area under the ROC curve, wrong answers, and labels that look wrong. Only photos \
            the model was not trained on say something: --split takes the photos a training run held out.

            EXAMPLES
              catsvsdogs evaluate runs/first/model.safetensors photos --split runs/first/split.json
              catsvsdogs evaluate model.safetensors new-photos --html evaluation.html
              catsvsdogs evaluate store new-photos --neither other-things --json > evaluation.json

            EXIT CODES
              0  measured
              1  measured, but some photos could not be read
              2  the model or the photos cannot be used
              64 the command was not understood
            """)

    @Argument(help: "A model file, or a store.", completion: .file())
    var model: String

    @Argument(help: "A folder of photos, or a CSV file of path and label.", completion: .directory)
    var folder: String

    @Option(help: "How classes are told: folders, names or csv. Found out unless given.")
    var layout: PhotoCollection.Layout?

    @Option(help: ArgumentHelp("Measure on a part of the photos that this file, from a training run, lists.", valueName: "file"))
    var split: String?

    @Option(help: "The part of the split: test, validation or train.")
    var part = DataPart.test

    @Option(help: ArgumentHelp("A folder of photos that show none of the classes, to measure neither.", valueName: "folder"))
    var neither: String?

    @Option(help: ArgumentHelp("Write a web page with diagrams and the mistakes.", valueName: "file"))
    var html: String?

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    @Option(help: ArgumentHelp("Threads that decode and compute; one per processor unless given.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "float32 or bfloat16; what the processor is fastest in unless given.")
    var precision: Precision?

    func run() throws {
        let evaluation: Evaluation
        do {
            evaluation = try evaluate()
        } catch {
            StandardErrorOutput().write("catsvsdogs evaluate: \(error)\n")
            throw ExitCode(2)
        }
        if !evaluation.failures.isEmpty { throw ExitCode(1) }
    }

    private func evaluate() throws -> Evaluation {
        let source = try ModelSource(model)
        let classifier = try Classifier(
            try PhotoModel(contentsOf: source.path), options: .init(precision: precision, threads: threads))
        var collection = try PhotoCollection(reading: folder, layout: layout)
        if let split { collection = try collection.selecting(part, of: try PhotoSplitFile(contentsOf: split)) }
        let others = try neither.map { try PhotoPaths.expanding([$0]) } ?? []
        let display = ProgressDisplay("Evaluating", total: collection.photos.count + others.count, unit: "photos")
        let evaluation = try classifier.evaluate(collection, others: others) { _, _ in display.advance() }
        display.finish()
        if let html {
            let thumbnails = PhotoThumbnails(collection: collection)
            let page = ReportPage(
                title: "What \(DisplayWidth.harmless(model)) is worth",
                subtitle: "\(HumanReadable.count(evaluation.photos, "photo")) of \(folder), \(classifier.computation)",
                sections: evaluation.sections { thumbnails.image(of: $0) })
            try page.write(to: URL(fileURLWithPath: html))
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(evaluation), as: UTF8.self))
        } else {
            print(evaluation.text(style: .forStandardOutput()), terminator: "")
            if let html { print("The page is in \(html).") }
        }
        return evaluation
    }
}

extension DataPart: ExpressibleByArgument {}
