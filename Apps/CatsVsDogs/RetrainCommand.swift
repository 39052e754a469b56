import ArgumentParser
import Classification
import Foundation
import Kernels
import Reporting
import Training

struct RetrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrain",
        abstract: "Learn from corrected photos, and use the result only if it is no worse.",
        discussion: """
            --corrections names photos with their right labels: a CSV of path and label, a folder per class, files named \
            like cat.1.jpg, or JSON lines as `classify --json` prints them, with "label" corrected.

            The photos are copied into the store first, so none is lost and every later retraining knows them. A part of \
            them is held out. The promoted model is fine-tuned on the others, mixed with old photos (--photos, or the \
            sample that `train --store` kept), so that it does not forget. Old and new model then answer the same \
            held-out photos. The new one is always added to the store; it is promoted only if its accuracy falls by no \
            more than --tolerance on old photos and --correction-tolerance on corrections, and the old one stays.

            EXAMPLES
              catsvsdogs classify --json holiday > answers.jsonl     (correct the labels in it)
              catsvsdogs retrain --corrections answers.jsonl
              catsvsdogs retrain --corrections wrong.csv --photos photos --tolerance 0
              catsvsdogs retrain --resume --run models/runs/retrain-1

            EXIT CODES
              0  the new model is promoted
              1  retraining failed; the corrections that were read are kept
              2  the old model stays promoted, the new one being worse
              64 the command was not understood
              130 interrupted; --resume continues
            """)

    @Option(help: ArgumentHelp("Photos with their right labels. Those given earlier are used too.", valueName: "file|folder"))
    var corrections: String?

    @Option(help: ArgumentHelp("The folder of the model's versions.", valueName: "folder"))
    var store = "models"

    @Option(help: ArgumentHelp("The photos the model was trained on; the store's sample of them unless given.", valueName: "folder"))
    var photos: String?

    @Option(help: ArgumentHelp("Old photos to mix in, at most. (default: four for each correction, at least 1,000)", valueName: "count"))
    var oldPhotos: Int?

    @Option(help: ArgumentHelp("Share of the new corrections to measure on and never train on.", valueName: "share"))
    var heldOut = 0.25

    @Option(help: ArgumentHelp("How much accuracy on held-out old photos may fall, as a share.", valueName: "share"))
    var tolerance = PromotionRule().tolerance

    @Option(help: ArgumentHelp("How much accuracy on held-out corrections may fall, as a share.", valueName: "share"))
    var correctionTolerance = PromotionRule().correctionTolerance

    @Option(help: "Passes over the photos.")
    var epochs = 8

    @Option(help: "Learning rate at its peak. (default: 0.005)")
    var rate: Float?

    @Option(name: .customLong("batch"), help: "Photos per step.")
    var batchSize = 64

    @Option(help: "float32 or bfloat16. (default: what the processor is fastest in)")
    var precision: Precision?

    @Option(name: .customLong("run"), help: "Folder for everything the run writes. (default: a new one in the store)")
    var runFolder: String?

    @Flag(help: "Continue the retraining in the --run folder.")
    var resume = false

    @Option(help: "Compute threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Flag(help: "Print the outcome as JSON on standard output.")
    var json = false

    func validate() throws {
        if resume, runFolder == nil { throw ValidationError("name the --run to resume") }
        guard (0...0.9).contains(heldOut) else { throw ValidationError("--held-out must be from 0 to 0.9") }
        guard (0...1).contains(tolerance), (0...1).contains(correctionTolerance) else {
            throw ValidationError("tolerances are shares from 0 to 1, such as 0.002")
        }
        guard epochs >= 1, batchSize >= 1, threads >= 1, rate ?? 1 > 0, oldPhotos ?? 1 >= 1 else {
            throw ValidationError("--epochs, --batch, --threads, --rate and --old-photos must be above 0")
        }
    }

    func run() throws {
        let interruption = Interruption()
        let display = TrainingDisplay()
        do {
            let retraining = try resume
                ? Retraining(resuming: runFolder ?? "", threads: threads)
                : Retraining(
                    .init(
                        store: store, corrections: corrections, photos: photos, oldPhotos: oldPhotos, heldOutCorrections: heldOut,
                        rule: PromotionRule(tolerance: tolerance, correctionTolerance: correctionTolerance), epochs: epochs,
                        peakLearningRate: rate, batchSize: batchSize, precision: precision ?? InstructionSet.current.preferredPrecision,
                        threads: threads, seed: seed), run: runFolder)
            let outcome = try retraining.perform(isCancelled: { interruption.isRequested }) { display.show($0) }
            display.finish()
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(outcome), as: UTF8.self))
            } else {
                print(outcome.text)
            }
            if !outcome.promoted { throw ExitCode(2) }
        } catch let code as ExitCode {
            throw code
        } catch TrainingError.interrupted(let epoch) {
            display.finish()
            StandardErrorOutput().write("\(TrainingError.interrupted(epoch: epoch))\n")
            throw ExitCode(130)
        } catch {
            display.finish()
            StandardErrorOutput().write("catsvsdogs retrain: \(error)\n")
            throw ExitCode(1)
        }
    }
}
