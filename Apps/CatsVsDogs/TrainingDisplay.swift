import Classification
import Reporting
import Synchronization
import Training

/// Shows a training run on the terminal: notes as lines, epochs as a bar.
final class TrainingDisplay: Sendable {
    private struct State {
        var bar: ProgressDisplay?
        var caching: ProgressDisplay?
        var epochsSeen = 0
    }

    private let state = Mutex(State())
    private let log = StandardErrorOutput()

    func show(_ event: PhotoTraining.Event) {
        state.withLock { state in
            switch event {
            case .caching(let done, let total):
                if state.caching == nil { state.caching = ProgressDisplay("decoding", total: total, unit: "photos") }
                state.caching?.update(completed: done)
                if done == total {
                    state.caching?.finish()
                    state.caching = nil
                }
            case .note(let text):
                if let bar = state.bar { bar.message(text) } else { log.write(text + "\n") }
            case .progress(let progress):
                if state.bar == nil {
                    state.bar = ProgressDisplay("training", total: progress.steps, unit: "steps", completed: progress.step)
                    state.epochsSeen = progress.metrics.epochs.count
                }
                for epoch in progress.metrics.epochs.dropFirst(state.epochsSeen) { state.bar?.message(Self.line(epoch, of: progress.epochs)) }
                state.epochsSeen = progress.metrics.epochs.count
                state.bar?.update(completed: progress.step, note: Self.note(progress))
            }
        }
    }

    func finish() {
        state.withLock { state in
            state.caching?.finish()
            state.bar?.finish()
            state = State()
        }
    }

    private static func note(_ progress: TrainingProgress) -> String {
        var text = "epoch \(progress.epoch + 1)/\(progress.epochs) at \(progress.shape[0]) px, \(Int(progress.samplesPerSecond)) photos/s"
        text += ", loss \(HumanReadable.decimal(progress.trainingLoss, places: 3))"
        if let accuracy = progress.metrics.epochs.last(where: { $0.validationAccuracy != nil })?.validationAccuracy {
            text += ", validation \(HumanReadable.percentage(accuracy))"
        }
        return text
    }

    /// One finished epoch.
    static func line(_ epoch: EpochMetrics, of count: Int) -> String {
        var text = "epoch \(epoch.epoch + 1)/\(count), \(epoch.shape[0]) px: training loss \(HumanReadable.decimal(epoch.trainingLoss, places: 4))"
        text += ", accuracy \(HumanReadable.percentage(epoch.trainingAccuracy))"
        if let loss = epoch.validationLoss, let accuracy = epoch.validationAccuracy {
            text += "; validation loss \(HumanReadable.decimal(loss, places: 4)), accuracy \(HumanReadable.percentage(accuracy))"
        }
        text += "; \(Int(epoch.samplesPerSecond)) photos/s, waited \(HumanReadable.percentage(epoch.dataWait, places: 1)) for data"
        return text
    }
}
