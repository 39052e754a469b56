import Reporting
import Training

/// What the curves of a run say, in a sentence: too little training, too much, or about right.
public struct LearningDiagnosis: Hashable, Sendable {
    public enum Verdict: String, Codable, Sendable {
        case underfitting, overfitting, levelledOff, tooShort
    }

    public let verdict: Verdict
    public let sentence: String

    /// - Parameter metrics: of a whole run; only evaluated epochs count.
    public init(_ metrics: MetricStore) {
        let evaluated = metrics.epochs.filter { $0.validationLoss != nil }
        guard evaluated.count >= 4, let best = metrics.best, let last = evaluated.last,
            let bestLoss = best.validationLoss, let lastLoss = last.validationLoss
        else {
            verdict = .tooShort
            sentence = "The run is too short to say whether it fits too little or too much."
            return
        }
        let total = metrics.epochs.count
        if lastLoss > bestLoss * 1.05, best.epoch < total * 9 / 10 {
            verdict = .overfitting
            sentence = "Overfitting: validation loss was lowest in epoch \(best.epoch + 1) and has risen since, by "
                + "\(HumanReadable.percentage(lastLoss / bestLoss - 1, places: 0)). The model of epoch \(best.epoch + 1) was kept. "
                + "More photos, stronger augmentation or fewer epochs would help."
            return
        }
        // The last quarter of the evaluations against what stood before it.
        let earlier = evaluated[evaluated.count - 1 - max(evaluated.count / 4, 1)]
        let gain = (last.validationAccuracy ?? 0) - (earlier.validationAccuracy ?? 0)
        if gain > 0.003 {
            verdict = .underfitting
            sentence = "Still learning: validation accuracy rose by \(HumanReadable.decimal(gain * 100, places: 1)) points since epoch "
                + "\(earlier.epoch + 1). More epochs, or a larger network, should still gain."
        } else {
            verdict = .levelledOff
            sentence = "Levelled off: validation has hardly changed since epoch \(earlier.epoch + 1), and does not get worse. More epochs "
                + "would gain little; more photos or a larger network would."
        }
    }
}
