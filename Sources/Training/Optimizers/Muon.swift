import CKernels
import ComputeGraph
import Kernels

/// Momentum whose direction is orthogonalized for every filter and matrix, so that all directions of a
/// layer learn at one pace (Jordan et al., "Muon: An optimizer for hidden layers", 2024). Other parameters
/// take SGD steps.
final class Muon: Optimizer {
    private let momentum, weightDecay, gainRate: Float
    private let velocity: ParameterStorage
    private let orthogonalizer = Orthogonalizer()
    private var direction: [Float] = []

    init(_ values: ParameterStorage, momentum: Float, weightDecay: Float, gainRate: Float) throws {
        (self.momentum, self.weightDecay, self.gainRate) = (momentum, weightDecay, gainRate)
        velocity = try ParameterStorage(values.parameters, for: "momentum")
    }

    var state: [(name: String, storage: ParameterStorage)] { [("velocity", velocity)] }

    func update(_ values: ParameterStorage, gradients: ParameterStorage, rate: Float, gradientScale: Float, step: Int) {
        for (index, parameter) in values.parameters.enumerated() where parameter.role != .statistic {
            let (w, g, m) = (values[index], gradients[index], velocity[index])
            let rows = parameter.shape[0]
            let columns = parameter.shape.elementCount / max(rows, 1)
            guard parameter.role == .weight, rows > 1, columns > 1 else {
                tk_sgd(w.baseAddress, g.baseAddress, m.baseAddress, w.count, rate * gainRate, momentum, 1, 0, gradientScale)
                continue
            }
            if direction.count < w.count { direction = [Float](repeating: 0, count: w.count) }
            tk_nesterov_direction(&direction, g.baseAddress, m.baseAddress, w.count, momentum, gradientScale)
            orthogonalizer.orthogonalize(&direction, rows: rows, columns: columns)
            // Updates of equal root mean square for layers of any shape (Liu et al., 2025).
            let size = 0.2 * Float(max(rows, columns)).squareRoot()
            tk_decayed_step(w.baseAddress, direction, w.count, rate * size, rate * weightDecay)
        }
    }
}
