/// Why a run ended without a result.
public enum TrainingError: Error, Sendable, CustomStringConvertible {
    /// The loss stopped being a number, or grew beyond any use.
    case diverged(step: Int, epoch: Int, layer: String?, loss: Double, rate: Double)
    /// There are fewer samples than one batch.
    case tooFewSamples(count: Int, batch: Int)
    /// A checkpoint does not belong to this run.
    case checkpointMismatch(path: String, problem: String)
    /// Another process trains into the same folder.
    case runInUse(path: String)
    /// The folder already holds a run.
    case runExists(path: String)
    /// There is nothing to resume.
    case noRun(path: String)
    /// Interrupted by the caller between two steps; the last checkpoint stands.
    case interrupted(epoch: Int)

    public var description: String {
        switch self {
        case .diverged(let step, let epoch, let layer, let loss, let rate):
            "training diverged at step \(step) (epoch \(epoch + 1)): the loss is \(loss)"
                + (layer.map { ", and '\($0)' is the first layer whose result is not finite" } ?? "")
                + "; try a lower learning rate (it was \(rate)), a longer warm-up, gradient clipping, or --precision float32"
        case .tooFewSamples(let count, let batch):
            "\(count) training samples do not fill one batch of \(batch); add photos or lower the batch size"
        case .checkpointMismatch(let path, let problem):
            "\(path): \(problem); resume with the run's own configuration, or start a new run in another folder"
        case .runInUse(let path):
            "\(path): another process is training into this folder; wait for it, or choose another folder"
        case .runExists(let path):
            "\(path): holds a run already; continue it with --resume, or choose another folder"
        case .noRun(let path):
            "\(path): holds no run to resume; check the folder, or train without --resume"
        case .interrupted(let epoch):
            "interrupted in epoch \(epoch + 1); continue with --resume"
        }
    }
}
