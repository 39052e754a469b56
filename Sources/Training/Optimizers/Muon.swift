import CKernels
import ComputeGraph
import Kernels

/// Momentum whose direction is orthogonalized for every filter and matrix, so that all directions of a
/// layer learn at one pace (Jordan et al., "Muon: An optimizer for hidden layers", 2024). Other parameters
/// take SGD steps.
final class Muon: Optimizer {
    private let momentum, weightDecay, gainRate: Float
    private let velocity: ParameterStorage
    private let orthogonalizer: Orthogonalizer
    // Of the largest filter or matrix: where the momentum leads, and the same orthogonalized.
    private let direction, orthogonal: UnsafeMutableBufferPointer<Float>

    init(_ values: ParameterStorage, momentum: Float, weightDecay: Float, gainRate: Float) throws {
        (self.momentum, self.weightDecay, self.gainRate) = (momentum, weightDecay, gainRate)
        velocity = try ParameterStorage(values.parameters, for: "momentum")
        let matrices = values.parameters.compactMap(Self.matrix)
        orthogonalizer = Orthogonalizer(side: matrices.map { min($0.rows, $0.columns) }.max() ?? 0)
        let count = matrices.map { $0.rows * $0.columns }.max() ?? 0
        direction = .allocate(capacity: count)
        orthogonal = .allocate(capacity: count)
    }

    deinit {
        direction.deallocate()
        orthogonal.deallocate()
    }

    var state: [(name: String, storage: ParameterStorage)] { [("velocity", velocity)] }

    func update(_ values: ParameterStorage, gradients: ParameterStorage, rate: Float, gradientScale: Float, step: Int) {
        for (index, parameter) in values.parameters.enumerated() where parameter.role != .statistic {
            let (w, g, m) = (values[index], gradients[index], velocity[index])
            guard let (rows, columns) = Self.matrix(parameter) else {
                tk_sgd(w.baseAddress, g.baseAddress, m.baseAddress, w.count, rate * gainRate, momentum, 1, 0, gradientScale)
                continue
            }
            tk_nesterov_direction(direction.baseAddress, g.baseAddress, m.baseAddress, w.count, momentum, gradientScale)
            orthogonalizer.orthogonalize(direction, into: orthogonal, rows: rows, columns: columns)
            // Updates of equal root mean square for layers of any shape (Liu et al., 2025).
            let size = 0.2 * Float(max(rows, columns)).squareRoot()
            tk_decayed_step(w.baseAddress, orthogonal.baseAddress, w.count, rate * size, rate * weightDecay)
        }
    }

    /// A parameter as a matrix of one row per output, where it is a filter or a matrix.
    private static func matrix(_ parameter: Parameter) -> (rows: Int, columns: Int)? {
        let rows = parameter.shape[0], columns = parameter.shape.elementCount / max(rows, 1)
        return parameter.role == .weight && rows > 1 && columns > 1 ? (rows, columns) : nil
    }
}
