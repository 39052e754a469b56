import CKernels
import ComputeGraph

/// Moves rows of a parameter by the steps of their groups.
final class GroupSteps {
    private let index: Int
    private let byRow: RowGroups
    private let byGroup: RowGroups
    /// The step of each group, from zero: what decays are the rows as a whole.
    private let values: ParameterStorage
    private let gradients: ParameterStorage
    private let optimizer: any Optimizer

    /// - Parameter parameters: among which the groups' parameter is.
    /// - Throws: `KernelError` when memory is short.
    init(_ groups: RowGroups, in parameters: [Parameter], optimizer: OptimizerConfiguration) throws {
        guard let index = parameters.firstIndex(where: { $0.name == groups.parameter }) else {
            preconditionFailure("there is no parameter \(groups.parameter) whose rows could have groups")
        }
        let shape = parameters[index].shape
        precondition(
            shape.rank == 2 && shape[0] == groups.rowCount, "\(groups.parameter) has the shape \(shape), and \(groups.rowCount) rows have groups")
        self.index = index
        byRow = groups
        byGroup = groups.transposed
        let parameter = Parameter(name: "groups", shape: [groups.groupCount, shape[1]], initializer: .zeros, role: parameters[index].role)
        values = try ParameterStorage([parameter], for: "groups")
        gradients = try ParameterStorage([parameter], for: "gradients of groups")
        self.optimizer = try optimizer.makeOptimizer(for: values)
    }

    /// Moves the rows by one step of their groups, as `Optimizer.update` does.
    func update(_ rows: ParameterStorage, gradients rowGradients: ParameterStorage, rate: Float, gradientScale: Float, step: Int) {
        gradients.all.update(repeating: 0)
        byGroup.addProduct(with: rowGradients[index], to: gradients[0])
        values.all.update(repeating: 0)
        optimizer.update(values, gradients: gradients, rate: rate * byRow.rate, gradientScale: gradientScale, step: step)
        byRow.addProduct(with: values[0], to: rows[index])
    }
}

extension RowGroups {
    /// Adds to each row its shares of what its groups have.
    fileprivate func addProduct(with source: UnsafeMutableBufferPointer<Float>, to rows: UnsafeMutableBufferPointer<Float>) {
        guard rowCount > 0, groupCount > 0 else { return }
        tk_add_sparse_product(offsets, groups, shares, rowCount, source.baseAddress, rows.count / rowCount, rows.baseAddress)
    }
}
