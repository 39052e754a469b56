import ArgumentParser
import Foundation
import Interactions
import Recommendation

/// How commands that train are told to.
struct TrainingOptions: ParsableArguments {
    @Option(name: .customLong("members"), help: ArgumentHelp(
        "Models to blend, by name, separated by commas: \(MemberConfiguration.all.map(\.name).joined(separator: ", ")).", valueName: "names"))
    var members: String?

    @Option(
        help: ArgumentHelp(
            "A file that says how the models are configured, as `recommender tune` writes it. With --members, those of them that are named.",
            valueName: "file"), completion: .file())
    var configuration: String?

    @Option(name: .customLong("weight"), help: ArgumentHelp("What an event of a kind counts, such as purchase=5 or hide=-3; may be repeated.", valueName: "kind=number"))
    var weights: [String] = []

    @Option(name: .customLong("half-life"), help: ArgumentHelp("Days after which an event counts half.", valueName: "days"))
    var halfLife: Double?

    @Option(help: ArgumentHelp("Seed of everything random.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; one per processor unless given.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads must be at least 1") }
        if let halfLife, !(halfLife > 0) { throw ValidationError("--half-life must be more than 0 days") }
        _ = try options()
    }

    /// Kinds that were given a weight and may be misspelled.
    var unusualKinds: [EventKind] {
        weights.compactMap { $0.split(separator: "=").first.map { EventKind(rawValue: String($0)) } }.filter { EventWeights.usual[$0] == nil }
    }

    /// - Parameter made: how the version in service was made, which goes for all that no option says; nil: what is usual does.
    func options(after made: TrainedWith? = nil) throws -> RecommenderOptions {
        var eventWeights = made?.weights ?? EventWeights()
        eventWeights.halfLifeDays = halfLife ?? eventWeights.halfLifeDays
        for text in weights {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, !parts[0].isEmpty, let weight = Double(parts[1]), abs(weight) <= 1e6 else {
                throw ValidationError("--weight \(text) is not of the form kind=number, with a number from -1000000 to 1000000")
            }
            eventWeights.weights[EventKind(rawValue: String(parts[0]))] = weight
        }
        var options = RecommenderOptions(members: try memberConfigurations(after: made), weights: eventWeights)
        options.seed = seed
        options.threads = threads
        return options
    }
}

extension TrainingOptions {
    /// The models to blend, configured by the file where it names them, or else as they were before.
    func memberConfigurations(after made: TrainedWith? = nil) throws -> [MemberConfiguration] {
        let before = made?.members ?? []
        guard let configuration else {
            guard members != nil || before.isEmpty else { return before }
            return try MemberConfiguration.list(members).map { member in before.first { $0.name == member.name } ?? member }
        }
        let configured: [MemberConfiguration]
        do { configured = try MemberFile(contentsOf: configuration).members } catch { throw ValidationError("--configuration \(error)") }
        guard members != nil else { return configured }
        return try MemberConfiguration.list(members).map { member in (configured + before).first { $0.name == member.name } ?? member }
    }
}

extension MemberConfiguration {
    /// The models of a list of names; the usual ones without a list.
    static func list(_ names: String?) throws -> [MemberConfiguration] {
        guard let names else { return usual }
        return try names.split(separator: ",").map { name in
            guard let member = named(String(name)) else {
                throw ValidationError("there is no model \"\(name)\"; there are \(all.map(\.name).joined(separator: ", "))")
            }
            return member
        }
    }
}
