import CKernels
import ComputeGraph

/// SGD with momentum, in Sutskever's form of Nesterov's method (Sutskever et al., 2013).
final class StochasticGradientDescent: Optimizer {
    private let momentum: Float
    private let nesterov: Bool
    private let weightDecay: Float
    private let velocity: ParameterStorage

    init(_ values: ParameterStorage, momentum: Float, nesterov: Bool, weightDecay: Float) throws {
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        velocity = try ParameterStorage(values.parameters, for: "momentum")
    }

    var state: [(name: String, storage: ParameterStorage)] { [("velocity", velocity)] }

    func update(_ values: ParameterStorage, gradients: ParameterStorage, rate: Float, gradientScale: Float, step: Int) {
        for (index, parameter) in values.parameters.enumerated() where parameter.role != .statistic {
            tk_sgd(
                values[index].baseAddress, gradients[index].baseAddress, velocity[index].baseAddress, values[index].count, rate,
                momentum, nesterov ? 1 : 0, parameter.role == .weight ? weightDecay : 0, gradientScale)
        }
    }
}
