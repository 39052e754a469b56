import ComputeGraph

extension ProgramBuilder {
    /// Adds the forward steps of an operation.
    ///
    /// - Parameters:
    ///   - operation: what to compute; inputs, sums and reshapes need no kernel and are the compilers' own business.
    ///   - inputs: tensors of one activation type, except indices and masks.
    ///   - parameters: float32, in the order in which the operation names them.
    ///   - output: where the result goes.
    /// - Returns: the rule that adds the backward steps.
    /// - Throws: `KernelError` naming the layer when there is no kernel for the shapes.
    public mutating func lower(
        _ operation: Operation, inputs: [Tensor], parameters: [Tensor], into output: Tensor, mode: LoweringMode, layer: String
    ) throws -> BackwardRule {
        switch operation {
        case .convolution(_, _, let stride, let padding, _):
            return try convolution(
                inputs[0], weights: parameters[0], bias: parameters.count > 1 ? parameters[1] : nil, stride: stride,
                padding: padding, into: output, mode: mode, layer: layer)
        case .dense:
            return try dense(
                inputs[0], weights: parameters[0], bias: parameters.count > 1 ? parameters[1] : nil, into: output, layer: layer)
        case .batchNorm(let epsilon, let momentum):
            guard mode == .training else {
                batchNormByRunningStatistics(inputs[0], parameters: parameters, epsilon: epsilon, into: output, layer: layer)
                return Self.noGradient(layer)
            }
            return batchNorm(inputs[0], parameters: parameters, epsilon: epsilon, momentum: momentum, into: output, layer: layer)
        case .activation(let function):
            return activation(function, inputs[0], into: output, layer: layer)
        case .averagePool(let kernel, let stride):
            return averagePool(inputs[0], kernel: kernel, stride: stride, into: output, layer: layer)
        case .maxPool(let kernel, let stride):
            return maxPool(inputs[0], kernel: kernel, stride: stride, into: output, layer: layer)
        case .globalAveragePool:
            return globalAveragePool(inputs[0], into: output, layer: layer)
        case .add:
            return addition(inputs[0], inputs[1], into: output, layer: layer)
        case .multiply:
            return multiplication(inputs[0], inputs[1], into: output, layer: layer)
        case .scale(let factor):
            return scaling(inputs[0], by: factor, into: output, layer: layer)
        case .layerNorm(let epsilon):
            return layerNorm(
                inputs[0], parameters: parameters, epsilon: epsilon, centered: true, into: output, mode: mode, layer: layer)
        case .rmsNorm(let epsilon):
            return layerNorm(
                inputs[0], parameters: parameters, epsilon: epsilon, centered: false, into: output, mode: mode, layer: layer)
        case .softmax:
            return softmax(inputs[0], into: output, layer: layer)
        case .matmul(let transposeRight):
            return try product(inputs[0], inputs[1], transposingRight: transposeRight, into: output, layer: layer)
        case .attention(let heads, let causal):
            return try attention(
                query: inputs[0], key: inputs[1], value: inputs[2], mask: inputs.count > 3 ? inputs[3] : nil, heads: heads,
                causal: causal, into: output, layer: layer)
        case .embedding:
            return embedding(inputs[0], table: parameters[0], into: output, layer: layer)
        case .offset:
            return offset(inputs[0], table: parameters[0], into: output, layer: layer)
        case .gain:
            return gain(inputs[0], table: parameters[0], into: output, layer: layer)
        case .linearMap(let rows, let matrix):
            return linearMap(inputs[0], rows: rows, matrix: matrix, into: output, layer: layer)
        case .slice(let axis, let from, _):
            return slice(inputs[0], axis: axis, from: from, into: output, layer: layer)
        case .dropout(let rate):
            return dropout(inputs[0], rate: rate, into: output, mode: mode, layer: layer)
        case .concat(let axis):
            return concat(inputs, axis: axis, into: output, layer: layer)
        case .transpose(let permutation):
            return transpose(inputs[0], permutation, into: output, layer: layer)
        case .input, .reshape:
            throw KernelError(step: layer, problem: "no kernel for \(operation.name)", remedy: "use another operation")
        }
    }

    /// For operations whose gradients the training compiler passes on without a kernel.
    static func noGradient(_ layer: String) -> BackwardRule {
        { _, _ in
            throw KernelError(step: layer, problem: "has no backward step in this mode", remedy: "compile the graph for training")
        }
    }
}
