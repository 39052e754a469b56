import ArgumentParser
import Foundation
import Interactions
import Parallelism
import Recommendation
import Reporting

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure what the models are worth, against figures that others published.",
        discussion: """
            --preset names a published division of a log: its training part teaches the models, its validation part weighs \
            them, and its test part is ranked once, all items against all. Every model stands beside the blend, and the \
            published figures beside both.

            PRESETS
            \(PublishedSplit.Preset.allCases.map { "  \($0.rawValue): \($0.description)" }.joined(separator: "\n"))

            EXAMPLES
              recommender evaluate --preset beauty --data logs/beauty
              recommender evaluate --preset gowalla --data logs/gowalla --models neighbors,als --json

            EXIT CODES
              0  measured
              1  the files cannot be used
              64 the command was not understood
            """)

    @Option(help: ArgumentHelp("A published division: \(PublishedSplit.Preset.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
    var preset: PublishedSplit.Preset

    @Option(help: ArgumentHelp("The folder that holds its files.", valueName: "folder"), completion: .directory)
    var data: String

    @Option(help: ArgumentHelp("Models to blend, by name, separated by commas.", valueName: "names"))
    var models: String?

    @Flag(help: "Leave out what is known of the items besides the events.")
    var withoutAttributes = false

    @Flag(help: "Also tell what learning from validation too adds.")
    var refit = false

    @Option(help: ArgumentHelp("Seed of everything random.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; one per processor unless given.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads must be at least 1") }
        _ = try members()
    }

    private func members() throws -> [MemberConfiguration] {
        guard let models else { return MemberConfiguration.usual }
        return try models.split(separator: ",").map { name in
            guard let member = MemberConfiguration.named(String(name)) else {
                throw ValidationError("no model \"\(name)\"; there are \(MemberConfiguration.all.map(\.name).joined(separator: ", "))")
            }
            return member
        }
    }

    struct Row: Codable {
        var model: String
        var weight: Float?
        var values: [Double]
        var validation: [Double]?
        var seconds: Double?
    }

    func run() throws {
        do {
            let split = try PublishedSplit(preset, folder: data, seed: seed, threads: threads, attributes: !withoutAttributes)
            var options = RecommenderOptions(members: try members(), weights: split.training.weights)
            options.seed = seed
            options.threads = threads
            let quiet = json
            let training = RecommenderTraining(options) { if !quiet { FileHandle.standardError.write(Data(($0 + "\n").utf8)) } }
            let result = try training.fit(split.training, validation: split.validation)
            var rows: [Row] = []
            func measure(_ model: any RankingModel, _ name: String, weight: Float?, validation: RankingMetrics?, seconds: Double?) throws {
                let metrics = try RankingEvaluation(model, named: name, cases: split.test, lengths: [split.k], threads: threads).metrics(at: split.k)
                rows.append(Row(model: name, weight: weight, values: split.values(metrics), validation: validation.map(split.values), seconds: seconds))
            }
            for (member, own) in zip(result.blend.members, result.members) {
                try measure(member.model, own.name, weight: own.weight, validation: own.validation, seconds: own.seconds)
            }
            try measure(result.blend, "blend", weight: nil, validation: result.validation, seconds: nil)
            if refit {
                let blend = try training.refit(result, on: split.everything)
                try measure(blend, "blend that learned from validation too", weight: nil, validation: nil, seconds: nil)
            }
            try show(rows, split)
        } catch let error as ValidationError {
            throw error
        } catch {
            FileHandle.standardError.write(Data("recommender evaluate: \(error)\n".utf8))
            throw ExitCode(1)
        }
    }

    private func show(_ rows: [Row], _ split: PublishedSplit) throws {
        if json {
            struct Answer: Encodable {
                var preset: String
                var metrics: [String]
                var cases: Int
                var rows: [Row]
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let answer = Answer(preset: preset.rawValue, metrics: split.metrics, cases: split.test.count, rows: rows)
            print(String(decoding: try encoder.encode(answer), as: UTF8.self))
            return
        }
        print("\(preset.rawValue): \(preset.description).")
        print("\(split.training.log.userCount) users, \(split.training.log.itemCount) items, \(split.test.count) questions, seed \(seed)\n")
        func row(_ cells: [String]) { print(cells.enumerated().map { $0 == 0 ? $1.padded(to: 40) : $1.padded(to: 12, right: true) }.joined()) }
        row(["model"] + split.metrics + ["weight", "seconds"])
        for own in rows {
            row(
                [own.model] + own.values.map { String(format: "%.4f", $0) }
                    + [own.weight.map { String(format: "%.2f", $0) } ?? "", own.seconds.map { String(format: "%.1f", $0) } ?? ""])
        }
        for other in split.published {
            row(["published: \(other.system)"] + other.values.map { $0.map { String(format: "%.4f", $0) } ?? "" })
        }
    }
}

extension PublishedSplit.Preset: ExpressibleByArgument {}

extension String {
    fileprivate func padded(to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - count))
        return right ? space + self : self + space
    }
}
