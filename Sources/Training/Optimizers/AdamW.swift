import CKernels
import ComputeGraph
import Foundation

/// Adam with bias correction and decoupled weight decay (Loshchilov and Hutter, 2019).
final class AdamW: Optimizer {
    private let beta1, beta2, epsilon, weightDecay: Float
    private let mean: ParameterStorage
    private let square: ParameterStorage

    init(_ values: ParameterStorage, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float) throws {
        (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
        mean = try ParameterStorage(values.parameters, for: "first moment")
        square = try ParameterStorage(values.parameters, for: "second moment")
    }

    var state: [(name: String, storage: ParameterStorage)] { [("mean", mean), ("square", square)] }

    func update(_ values: ParameterStorage, gradients: ParameterStorage, rate: Float, gradientScale: Float, step: Int) {
        let correction1 = Float(1 / (1 - pow(Double(beta1), Double(step + 1))))
        let correction2 = Float(1 / (1 - pow(Double(beta2), Double(step + 1))))
        for (index, parameter) in values.parameters.enumerated() where parameter.role != .statistic {
            tk_adamw(
                values[index].baseAddress, gradients[index].baseAddress, mean[index].baseAddress, square[index].baseAddress,
                values[index].count, rate, beta1, beta2, epsilon, parameter.role == .weight ? weightDecay : 0, correction1,
                correction2, gradientScale)
        }
    }
}
