import ArgumentParser
import Classification
import Dispatch
import Foundation
import Kernels
import Reporting
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn to tell classes of photos apart.",
        discussion: """
            FOLDER holds one folder of photos per class, or files named like cat.1.jpg, or is a CSV of path and \
            label. Any classes will do.

            Everything of the run goes into one folder (--run): configuration, metrics, checkpoints, the model \
            and report.html. After an interruption, even by kill -9, --resume continues and ends with the same \
            model as an uninterrupted run.

            Examples:
              catsvsdogs train photos --time 20m
              catsvsdogs train photos --run runs/first --epochs 30 --size 128
              catsvsdogs train --resume --run runs/first
              catsvsdogs train new-photos --from runs/first/model.safetensors --epochs 5

            Exit status: 0 trained, 1 the run failed, 64 wrong arguments, 130 interrupted (--resume continues).
            """)

    @Argument(help: "Folder per class, folder of class.N.jpg files, or CSV of path and label.")
    var folder: String?

    @Option(name: .customLong("run"), help: "Folder for everything the run writes.")
    var runFolder = "runs/latest"

    @Flag(name: .long, help: "Continue the run in the --run folder.")
    var resume = false

    @Option(name: .long, help: "Time for the whole run, such as 20m or 1h30m: epochs are planned to fit it.")
    var time: DurationArgument?

    @Option(name: .long, help: "Passes over the photos; with --time, at most so many. (default: \(PhotoTrainingOptions.defaultEpochs))")
    var epochs: Int?

    @Option(name: .long, help: "Side of the photos in the last phase, in pixels; photos are seen whole at 1.25 times that.")
    var size = 128

    @Option(name: .long, help: "Size of the network: \(NetworkChoice.allCases.map(\.rawValue).joined(separator: ", ")).")
    var network = NetworkChoice.standard

    @Option(name: .customLong("batch"), help: "Photos per step.")
    var batchSize = 64

    @Option(name: .customLong("rate"), help: "Learning rate at its peak. (default: by the optimizer: muon 0.05, sgd 0.1, adamw 0.002; a tenth of it with --from)")
    var learningRate: Float?

    @Option(name: .customLong("from"), help: "Begin with this model's parameters instead of random ones.")
    var startingModel: String?

    @Option(name: .long, help: "Folder of photos of none of the classes: half of them help to recognize neither, half measure it.")
    var others: String?

    @Option(name: .customLong("hold-out"), help: "Photos never trained on, for the final measurement: a number, or a share such as 0.1.")
    var holdOut = AmountArgument(amount: .fraction(0.1))

    @Option(name: .customLong("validation"), help: "Photos to choose by: a number, or a share.")
    var validation = AmountArgument(amount: .fraction(0.05))

    @Option(name: .customLong("set"), help: ArgumentHelp("Any other setting, as `tune` names it: \(PhotoSetting.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "setting=value"))
    var settings: [String] = []

    @Option(name: .customLong("store"), help: ArgumentHelp("Add the model to this store of versions, with a sample of its photos for `retrain`.", valueName: "folder"))
    var store: String?

    @Option(name: .customLong("sample"), help: "Photos that --store keeps small pictures of.")
    var sample = 1_200

    @Option(name: .long, help: "End after so many epochs without a better validation loss.")
    var patience: Int?

    @Option(name: .long, help: "float32 or bfloat16. (default: what the processor is fastest in)")
    var precision: Precision?

    @Option(name: .long, help: "Compute threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(name: .long, help: "Seed of everything random: split, order, augmentation, first values.")
    var seed: UInt64 = 1

    @Flag(name: .customLong("find-rate"), help: "Train nothing: raise the learning rate from step to step, and show where the loss falls fastest.")
    var findRate = false

    @Flag(name: .long, help: "Print the outcome as JSON on standard output.")
    var json = false

    func validate() throws {
        guard resume || folder != nil else { throw ValidationError("name the folder of photos, or --resume a run") }
        guard (32...512).contains(size) else { throw ValidationError("--size must be from 32 to 512 pixels") }
        guard batchSize >= 1, threads >= 1 else { throw ValidationError("--batch and --threads must be at least 1") }
        guard (epochs ?? 1) >= 1 else { throw ValidationError("--epochs must be at least 1") }
    }

    func run() throws {
        let precision = precision ?? InstructionSet.current.preferredPrecision
        guard precision == .float32 || InstructionSet.current.supportsBFloat16 else {
            throw ValidationError("this processor (\(InstructionSet.current.rawValue)) has no bf16 kernels; use --precision float32")
        }
        var options = PhotoTrainingOptions(
            source: folder ?? "", network: network.network, size: size, epochs: epochs, seconds: time?.seconds, batchSize: batchSize,
            peakLearningRate: learningRate, testPhotos: holdOut.amount,
            validationPhotos: validation.amount, precision: precision, threads: threads, seed: seed, patience: patience,
            startingModel: startingModel, others: others)
        do { for setting in settings { try options.set(setting) } } catch { throw ValidationError("\(error)") }
        if findRate { return try showRates(options) }
        let interruption = Interruption()
        let display = TrainingDisplay()
        do {
            // The run's folder is locked as long as the training is there.
            let outcome = try PhotoTraining(options, runFolder: runFolder, resuming: resume)
                .perform(isCancelled: { interruption.isRequested }) { display.show($0) }
            display.finish()
            try present(outcome)
            if let store { try keep(in: store) }
        } catch TrainingError.interrupted(let epoch) {
            display.finish()
            StandardErrorOutput().write("\(TrainingError.interrupted(epoch: epoch))\n")
            throw ExitCode(130)
        } catch {
            display.finish()
            StandardErrorOutput().write("catsvsdogs train: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func showRates(_ options: PhotoTrainingOptions) throws {
        let display = TrainingDisplay()
        do {
            let found = try options.findRate { display.show($0) }
            display.finish()
            print(json ? String(decoding: try JSONEncoder().encode(found), as: UTF8.self) : found.text)
        } catch {
            display.finish()
            StandardErrorOutput().write("catsvsdogs train: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func keep(in folder: String) throws {
        let kept = try PhotoModelStore(at: folder).keep(run: runFolder, sample: sample)
        var text = "Version \(kept.version.number) of the store \(folder)" + (kept.promoted ? ", promoted" : "")
        if let count = kept.sample { text += "; kept a sample of \(HumanReadable.count(count, "photo"))" }
        StandardErrorOutput().write(text + ".\n")
    }

    private func present(_ outcome: PhotoTraining.Outcome) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(outcome.summary(run: runFolder)), as: UTF8.self))
            return
        }
        print(outcome.text(run: runFolder))
    }
}
