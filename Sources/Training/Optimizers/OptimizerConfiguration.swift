/// Which rule turns gradients into steps, with its constants. The learning rate comes from the schedule.
/// Weight decay reaches weights only, not biases and norms.
public enum OptimizerConfiguration: Hashable, Codable, Sendable {
    /// Stochastic gradient descent with (Nesterov) momentum. Decay is added to the gradient.
    case sgd(momentum: Float, nesterov: Bool, weightDecay: Float)
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    case adamW(beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float)
    /// Momentum orthogonalized by Newton and Schulz's iteration for filters and matrices, and SGD at
    /// `gainRate` times the rate for everything else (Jordan et al., "Muon", 2024).
    case muon(momentum: Float, weightDecay: Float, gainRate: Float)

    /// SGD as the image recipes use it.
    public static let defaultSGD = OptimizerConfiguration.sgd(momentum: 0.9, nesterov: true, weightDecay: 5e-4)
    public static let defaultAdamW = OptimizerConfiguration.adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01)
    public static let defaultMuon = OptimizerConfiguration.muon(momentum: 0.95, weightDecay: 0.01, gainRate: 1)

    /// A peak learning rate to begin with, for training from random values.
    public var usualRate: Float {
        switch self {
        case .sgd: 0.1
        case .adamW: 0.002
        case .muon: 0.05
        }
    }
}

/// Turns gradients into steps.
package protocol Optimizer: AnyObject {
    /// Momenta and the like, by name, for checkpoints.
    var state: [(name: String, storage: ParameterStorage)] { get }

    /// Changes the values by one step.
    ///
    /// - Parameters:
    ///   - rate: learning rate.
    ///   - gradientScale: factor for all gradients, below 1 where they are clipped.
    ///   - step: number of the step, from 0.
    func update(_ values: ParameterStorage, gradients: ParameterStorage, rate: Float, gradientScale: Float, step: Int)
}

extension OptimizerConfiguration {
    /// The optimizer for these parameters, with its state at zero.
    package func makeOptimizer(for storage: ParameterStorage) throws -> any Optimizer {
        switch self {
        case .sgd(let momentum, let nesterov, let decay):
            try StochasticGradientDescent(storage, momentum: momentum, nesterov: nesterov, weightDecay: decay)
        case .adamW(let beta1, let beta2, let epsilon, let decay):
            try AdamW(storage, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
        case .muon(let momentum, let decay, let gainRate):
            try Muon(storage, momentum: momentum, weightDecay: decay, gainRate: gainRate)
        }
    }
}
