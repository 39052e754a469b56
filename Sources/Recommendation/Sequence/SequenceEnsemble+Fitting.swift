import ComputeGraph
import Foundation
import Parallelism

extension SequenceEnsemble {
    /// What came of the training of an ensemble.
    struct Fitted {
        var model: SequenceEnsemble
        /// How the same is trained without validation.
        var learned: SequenceConfiguration
        /// The curve of each network.
        var epochs: [[SequenceTraining.Epoch]]
    }

    /// Validation cases that are looked at after each epoch.
    private static let casesPerEpoch = 4_000

    /// Trains the networks, as many at the same time as there are threads: two that have a thread each are done sooner than one
    /// after the other with both.
    ///
    /// - Parameters:
    ///   - validation: cases that tell when to stop; none to train for all epochs, or from `initial` for half of them.
    ///   - initial: an ensemble to go on from, of the same items.
    ///   - progress: told what goes on, in words.
    static func fit(
        _ configuration: SequenceConfiguration, _ data: TrainingData, validation: [EvaluationCase], from initial: SequenceEnsemble?,
        progress: @escaping @Sendable (String) -> Void
    ) throws -> Fitted {
        try configuration.validate()
        let configuration = validation.isEmpty && initial != nil ? goingOn(configuration) : configuration
        let stride = max(1, validation.count / casesPerEpoch)
        let cases = Swift.stride(from: 0, to: validation.count, by: stride).map { validation[$0] }
        let count = configuration.networks, together = min(count, max(data.threads, 1))
        let results = try WorkerThreads.map(count, threads: together) {
            { number in
                var own = data
                own.threads = max(data.threads / together, 1)
                // The first learns as it would alone.
                if number > 0 {
                    var random = RandomSource(data.seed, UInt64(number), 0xE45E)
                    own.seed = random.next()
                }
                let label = count > 1 ? "sequence, network \(number + 1) of \(count)" : "sequence"
                let before = initial.flatMap { number < $0.models.count ? $0.models[number] : nil }
                return try train(configuration, own, cases, from: before) { progress("\(label): \($0)") }
            }
        }
        var learned = configuration
        let best = results.compactMap(\.bestEpoch).map { $0 + 1 }
        if !best.isEmpty { learned.epochs = Int((Double(best.reduce(0, +)) / Double(best.count)).rounded()) }
        return Fitted(model: SequenceEnsemble(results.map(\.model)), learned: learned, epochs: results.map(\.history))
    }

    /// What is new to networks that know most of the data is a small part of it.
    private static func goingOn(_ configuration: SequenceConfiguration) -> SequenceConfiguration {
        var shorter = configuration
        shorter.epochs = (configuration.epochs + 1) / 2
        return shorter
    }

    private static func train(
        _ configuration: SequenceConfiguration, _ data: TrainingData, _ cases: [EvaluationCase], from initial: SequenceModel?,
        progress: (String) -> Void
    ) throws -> SequenceTraining.Result {
        var told = -1
        return try SequenceTraining(data, configuration: configuration, from: initial).run(
            validatingBy: cases.isEmpty
                ? nil : { try RankingEvaluation($0, cases: cases, lengths: [10], threads: data.threads).metrics(at: 10).ndcg },
            progress: { state in
                guard state.epoch != told else { return }
                told = state.epoch
                let last = state.history.last.map { epoch in
                    String(format: ", loss %.3f", epoch.loss) + (epoch.validation.map { String(format: ", validation NDCG@10 %.4f", $0) } ?? "")
                }
                progress("epoch \(state.epoch + 1) of \(state.epochs)\(last ?? "")")
            })
    }
}
