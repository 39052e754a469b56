import Foundation

/// How the learning rate goes over a run, as a share of the peak rate.
public enum Schedule: Hashable, Codable, Sendable {
    case constant
    /// Linear warm-up over a share of the run, then half a cosine to zero: one cycle (Smith, 2018).
    case oneCycle(warmUp: Double)
    /// Half a cosine from the peak to `floor` of it (Loshchilov and Hutter, 2017).
    case cosine(floor: Double)
    /// Linear warm-up, then linear to zero.
    case linear(warmUp: Double)
    /// Multiplied by `factor` at each of the given shares of the run.
    case step(at: [Double], factor: Double)
    /// Multiplied by `factor` whenever validation has not improved for `patience` evaluations.
    case plateau(factor: Double, patience: Int)

    /// The rate's share of the peak.
    ///
    /// - Parameters:
    ///   - progress: share of the run that is done, from 0 to 1.
    ///   - reductions: times a plateau has been met so far.
    public func factor(progress: Double, reductions: Int = 0) -> Double {
        switch self {
        case .constant: 1
        case .oneCycle(let warmUp): Self.warm(progress, warmUp) { (1 + cos(.pi * $0)) / 2 }
        case .cosine(let floor): floor + (1 - floor) * (1 + cos(.pi * progress)) / 2
        case .linear(let warmUp): Self.warm(progress, warmUp) { 1 - $0 }
        case .step(let shares, let factor): pow(factor, Double(shares.filter { $0 <= progress }.count))
        case .plateau(let factor, _): pow(factor, Double(reductions))
        }
    }

    private static func warm(_ progress: Double, _ warmUp: Double, then decay: (Double) -> Double) -> Double {
        progress < warmUp ? (progress + 1e-4) / (warmUp + 1e-4) : decay((progress - warmUp) / max(1 - warmUp, 1e-9))
    }
}
