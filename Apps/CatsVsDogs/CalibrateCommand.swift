import ArgumentParser
import Classification
import Foundation
import Reporting

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Fit a model's probabilities and its rule for neither, without training it again.",
        discussion: """
            What the network knows stays as it is. Fitted are the temperature that makes its probabilities honest, and the \
            rule that tells photos of none of the classes. `train` does the same at its end; this is for a model that \
            should learn what else is photographed where it is used: give a folder of such photos with --neither. A few \
            hundred, as different from each other as can be, make neither far more reliable.

            FOLDER holds the photos the model was trained on, and --split the file of the run that says which were \
            validation: the rule is fitted to those of training, and the line drawn by those of validation.

            --size and --no-flip trade accuracy for time: the same network looks at smaller photos, or once instead of \
            twice. The result answers several times faster; evaluate it before relying on it.

            EXAMPLES
              catsvsdogs calibrate runs/first/model.safetensors photos --split runs/first/split.json \\
                --neither other-things --output model.safetensors
              catsvsdogs calibrate model.safetensors photos --split split.json --size 96 --no-flip \\
                --output fast.safetensors

            EXIT CODES
              0  written
              1  the model or the photos cannot be used; nothing was written
              64 the command was not understood
            """)

    @Argument(help: "A model file, or a store.", completion: .file())
    var model: String

    @Argument(help: "A folder of photos, or a CSV file of path and label.", completion: .directory)
    var folder: String

    @Option(help: ArgumentHelp("The file of the training run that says which photos are validation.", valueName: "file"))
    var split: String

    @Option(help: ArgumentHelp("A folder of photos that show none of the classes.", valueName: "folder"))
    var neither: String?

    @Option(name: .customLong("neither-list"), help: ArgumentHelp("A file with one such photo a line.", valueName: "file"))
    var neitherList: String?

    @Option(help: ArgumentHelp("Where to write the model.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Share of photos of the classes that must not be called neither.", valueName: "share"))
    var keep = RejectionRule.defaultKeptShare

    @Option(name: .customLong("known"), help: ArgumentHelp("At most so many training photos are looked at.", valueName: "count"))
    var knownLimit = 8000

    @Option(help: ArgumentHelp("Side of the photos the network sees, in pixels; the model's own unless given.", valueName: "pixels"))
    var size: Int?

    @Flag(inversion: .prefixedNo, help: "Look at every photo and its mirror image.")
    var flip = true

    @Flag(help: "Store the weights of convolutions in half the space.")
    var halved = false

    @Option(help: ArgumentHelp("Threads; one per processor unless given.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        if !(0.5...1).contains(keep) { throw ValidationError("--keep must be from 0.5 to 1") }
        if let size, !(16...1024).contains(size) { throw ValidationError("--size must be from 16 to 1024") }
        if knownLimit < 100 || threads < 1 { throw ValidationError("--known must be at least 100, --threads at least 1") }
    }

    func run() throws {
        do {
            var calibrated = try PhotoModel(contentsOf: try ModelSource(model).path)
            if let size { (calibrated.preprocessing.height, calibrated.preprocessing.width) = (size, size) }
            let collection = try PhotoCollection(reading: folder)
            let division = try PhotoSplitFile(contentsOf: split)
            let training = try collection.selecting(.train, of: division)
            // Evenly over the folder, so that all classes are there.
            let stride = max(1, (training.photos.count + knownLimit - 1) / knownLimit)
            var number = 0
            let known = training.filtered { _ in
                number += 1
                return number % stride == 0
            }
            let others = try PhotoPaths.expanding(neither.map { [$0] } ?? [], list: neitherList)
            let validation = try collection.selecting(.validation, of: division)
            let display = ProgressDisplay(
                "Looking", total: known.photos.count + validation.photos.count + others.count, unit: "photos")
            let summary = try calibrated.calibrate(
                known: known, validation: validation, outliers: others,
                flipAveraging: flip, keptShare: keep, threads: threads) { display.advance() }
            display.finish()
            try calibrated.write(to: output, halved: halved)
            print("Temperature \(HumanReadable.significant(Double(summary.temperature))): expected calibration error "
                + "\(HumanReadable.decimal(summary.errorBefore, places: 4)) before, \(HumanReadable.decimal(summary.errorAfter, places: 4)) after.")
            if let rule = calibrated.rejection { print("Neither: \(rule.method).") }
            print("Model: \(output)")
        } catch {
            StandardErrorOutput().write("catsvsdogs calibrate: \(error)\n")
            throw ExitCode(1)
        }
    }
}
