import ComputeGraph

/// Every operation in plain loops over doubles: what the kernels are held to. Nothing here is fast, and
/// nothing is shared with the kernels but the definition of each operation.
///
/// Values are flat arrays in row-major order with the batch outermost; images are `[batch, height, width, channels]`.
package enum ReferenceKernels {
    /// Numbers that fix what a dropout draws.
    package struct Draw: Sendable {
        package var seed: UInt64
        package var runNumber: UInt64

        package init(seed: UInt64, runNumber: UInt64) {
            self.seed = seed
            self.runNumber = runNumber
        }
    }

    /// The result of an operation.
    ///
    /// - Parameters:
    ///   - inputs: one array a value, indices as whole numbers.
    ///   - inputShapes: shapes of one sample.
    ///   - outputShape: shape of one sample of the result, as a graph derives it.
    ///   - parameters: in the order in which the operation names them.
    ///   - draw: seed and run number of a dropout.
    package static func forward(
        _ operation: Operation, inputs: [[Double]], inputShapes: [Shape], outputShape: Shape, parameters: [[Double]],
        batch: Int, mode: LoweringMode, draw: Draw = Draw(seed: 0, runNumber: 0)
    ) -> [Double] {
        switch operation {
        case .input, .reshape:
            return inputs.first ?? []
        case .convolution(_, let kernel, let stride, let padding, let bias):
            return convolution(
                inputs[0], inputShapes[0], weights: parameters[0], bias: bias ? parameters[1] : nil, kernel: kernel,
                stride: stride, padding: padding, outputShape, batch: batch)
        case .dense(let units, let bias):
            return dense(inputs[0], width: inputShapes[0].last, weights: parameters[0], bias: bias ? parameters[1] : nil, units: units)
        case .matmul(let transposeRight):
            return matmul(inputs[0], inputShapes[0], inputs[1], outputShape, transposeRight: transposeRight)
        case .batchNorm(let epsilon, _):
            let statistics = mode == .training
                ? batchStatistics(inputs[0], channels: outputShape.last) : (mean: parameters[2], variance: parameters[3])
            return batchNorm(inputs[0], statistics, scale: parameters[0], shift: parameters[1], epsilon: Double(epsilon))
        case .layerNorm(let epsilon):
            return layerNorm(inputs[0], scale: parameters[0], shift: parameters[1], epsilon: Double(epsilon))
        case .rmsNorm(let epsilon):
            return rmsNorm(inputs[0], scale: parameters[0], epsilon: Double(epsilon))
        case .activation(let function):
            return inputs[0].map { activation(function, $0) }
        case .dropout(let rate):
            return mode == .training ? dropout(inputs[0], rate: rate, draw) : inputs[0]
        case .softmax:
            return softmax(inputs[0], width: outputShape.last)
        case .attention(let heads, let causal):
            return attention(
                query: inputs[0], key: inputs[1], value: inputs[2], mask: inputs.count > 3 ? inputs[3] : nil,
                queryLength: inputShapes[0][0], keyLength: inputShapes[1][0], width: outputShape.last, heads: heads,
                causal: causal, batch: batch)
        case .embedding(let count, let width):
            return embedding(inputs[0], table: parameters[0], count: count, width: width)
        case .maxPool(let kernel, let stride):
            return pool(inputs[0], inputShapes[0], kernel: kernel, stride: stride, outputShape, batch: batch) { window in
                window.reduce(-.infinity, max)
            }
        case .averagePool(let kernel, let stride):
            return pool(inputs[0], inputShapes[0], kernel: kernel, stride: stride, outputShape, batch: batch) { window in
                window.reduce(0, +) / Double(window.count)
            }
        case .globalAveragePool:
            return globalAveragePool(inputs[0], inputShapes[0], batch: batch)
        case .concat(let axis):
            return concat(inputs, inputShapes, axis: axis, outputShape, batch: batch)
        case .add:
            return zip(inputs[0], inputs[1]).map { $0 + $1 }
        case .multiply:
            return zip(inputs[0], inputs[1]).map { $0 * $1 }
        case .scale(let factor):
            return inputs[0].map { $0 * Double(factor) }
        case .offset:
            let table = parameters[0]
            return inputs[0].enumerated().map { position, value in value + table[position % table.count] }
        case .gain:
            let table = parameters[0]
            return inputs[0].enumerated().map { position, value in value * table[position % table.count] }
        case .linearMap(let rows, let matrix):
            return linearMap(inputs[0], rows: rows, matrix: matrix, width: outputShape.last)
        case .slice(let axis, let from, _):
            return slice(inputs[0], inputShapes[0], axis: axis, from: from, outputShape, batch: batch)
        case .transpose(let permutation):
            return transpose(inputs[0], inputShapes[0], permutation, outputShape, batch: batch)
        }
    }
}
