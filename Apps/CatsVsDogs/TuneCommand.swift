import ArgumentParser
import Classification
import Foundation
import Kernels
import Reporting
import Synchronization
import Training

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Search for good settings of training.",
        discussion: """
            Trials draw their settings from ranges. All are trained for a few epochs, the best third for three times as \
            many, and so on, until one has had --epochs (successive halving). Only validation photos are looked at; \
            held-out photos stay unseen.

            A range is written SETTING=LOW...HIGH, with :log for even steps of factors, or SETTING=VALUE,VALUE.
            Settings: \(PhotoSetting.allCases.map(\.rawValue).joined(separator: ", ")).
            Without --range: \(TuningRange.defaults.map(\.description).joined(separator: " ")).

            Every trial is a run folder below --output. An interrupted search, even by kill -9, goes on with --resume and \
            ends with the same winner. report.html there shows what mattered.

            EXAMPLES
              catsvsdogs tune photos
              catsvsdogs tune photos --range rate=0.02...0.3:log --range size=96,128 --trials 9 --epochs 9
              catsvsdogs tune --resume --output tuning

            EXIT CODES
              0 done, 1 the search failed, 64 the command was not understood, 130 interrupted (--resume continues)
            """)

    @Argument(help: "Folder per class, folder of class.N.jpg files, or CSV of path and label.")
    var folder: String?

    @Option(name: .customLong("range"), help: ArgumentHelp("A setting and its values; give it for each setting.", valueName: "setting=values"))
    var ranges: [String] = []

    @Option(help: "Trials of the first round.")
    var trials = 9

    @Option(help: "Epochs of the last round.")
    var epochs = 9

    @Option(help: "One trial of so many goes on to the next round.")
    var factor = 3

    @Option(help: ArgumentHelp("Folder for everything the search writes.", valueName: "folder"))
    var output = "tuning"

    @Flag(help: "Continue the search in the --output folder.")
    var resume = false

    @Option(help: "Side of the photos, in pixels.")
    var size = 128

    @Option(help: "Size of the network: \(NetworkChoice.allCases.map(\.rawValue).joined(separator: ", ")).")
    var network = NetworkChoice.standard

    @Option(name: .customLong("batch"), help: "Photos per step.")
    var batchSize = 64

    @Option(name: .customLong("hold-out"), help: "Photos never looked at: a number, or a share.")
    var holdOut = AmountArgument(amount: .fraction(0.1))

    @Option(name: .customLong("validation"), help: "Photos to choose by: a number, or a share.")
    var validation = AmountArgument(amount: .fraction(0.1))

    @Option(help: "float32 or bfloat16. (default: what the processor is fastest in)")
    var precision: Precision?

    @Option(help: "Compute threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Flag(help: "Print the state of the search as JSON on standard output.")
    var json = false

    func validate() throws {
        guard resume || folder != nil else { throw ValidationError("name the folder of photos, or --resume a search") }
        guard trials >= 1, epochs >= 1, factor >= 2, threads >= 1, batchSize >= 1 else {
            throw ValidationError("--trials, --epochs, --batch and --threads must be at least 1, --factor at least 2")
        }
        guard (32...512).contains(size) else { throw ValidationError("--size must be from 32 to 512 pixels") }
        do { _ = try parsedRanges() } catch { throw ValidationError("\(error)") }
    }

    private func parsedRanges() throws -> [TuningRange] {
        let parsed = try ranges.map { try TuningRange(parsing: $0) }
        return parsed.isEmpty ? TuningRange.defaults : parsed
    }

    func run() throws {
        let interruption = Interruption()
        let display = TrainingDisplay()
        let log = StandardErrorOutput()
        do {
            let base = PhotoTrainingOptions(
                source: folder ?? "", network: network.network, size: size, batchSize: batchSize, testPhotos: holdOut.amount,
                validationPhotos: validation.amount, precision: precision ?? InstructionSet.current.preferredPrecision,
                threads: threads, seed: seed)
            let plan = Tuning.Plan(
                base: base, ranges: try parsedRanges(),
                halving: SuccessiveHalving(trials: trials, budget: epochs, factor: factor), seed: seed)
            let tuning = try Tuning(plan, folder: output, resuming: resume)
            let state = try tuning.perform(isCancelled: { interruption.isRequested }) { event in
                switch event {
                case .trial(let number, let rung, let rungs, let values, let epochs):
                    log.write("round \(rung) of \(rungs), trial \(number), \(HumanReadable.count(epochs, "epoch")): \(values)\n")
                case .result(let trial, let result):
                    display.finish()
                    log.write("trial \(trial.number): \(result.failure ?? HumanReadable.percentage(result.accuracy))\n")
                case .training(.progress(let progress)): display.show(.progress(progress))
                case .training(.caching(let done, let total)): display.show(.caching(done: done, total: total))
                case .training(.note): break
                }
            }
            try present(state)
        } catch TrainingError.interrupted {
            display.finish()
            log.write("interrupted; continue with --resume --output \(output)\n")
            throw ExitCode(130)
        } catch {
            display.finish()
            log.write("catsvsdogs tune: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func present(_ state: Tuning.State) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(state), as: UTF8.self))
            return
        }
        let report = TuningReport(state)
        print(report.table(columns: StandardOutput.columns, style: .forStandardOutput()), terminator: "")
        let importance = report.importance.sorted { $0.share > $1.share }
        print("What mattered: " + importance.map { "\($0.setting.rawValue) \(HumanReadable.percentage($0.share, places: 0))" }.joined(separator: ", "))
        print("The pictures: \(output)/report.html")
        if let command = report.command { print("To train with the best settings:\n  \(command)") }
    }
}
