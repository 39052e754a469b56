import CKernels

extension ProgramBuilder {
    /// Adds batch norm by the batch's own statistics, with the sum with a short cut and the ReLU that may
    /// follow it in the same pass, and tracks the running statistics.
    ///
    /// - Parameters:
    ///   - source: `[..., channels]`.
    ///   - parameters: scale, shift, running mean and running variance, float32 `[channels]`.
    ///   - residual: added before the ReLU.
    /// - Returns: a rule whose inputs are the source and, if there is one, the residual.
    public mutating func batchNorm(
        _ source: Tensor, parameters: [Tensor], residual: Tensor? = nil, relu: Bool = false, epsilon: Float, momentum: Float,
        into destination: Tensor, layer: String
    ) -> BackwardRule {
        let channels = source.type.last
        let rows = source.type.rows
        let type = source.type.elementType.kernelType
        let mean = tensor(TensorType([channels], .float32), named: layer + " mean")
        let variance = tensor(TensorType([channels], .float32), named: layer + " variance")
        let scratch = bytes(8 * tk_batchnorm_scratch(channels), named: layer + " scratch")
        let factors = tensor(TensorType([3 * channels], .float32), named: layer + " factors")

        let touched = [source, destination, mean, variance, scratch, factors] + parameters + (residual.map { [$0] } ?? [])
        step(layer + " forward", touching: touched) { at in
            let (x, y, r) = (at[source], at[destination], residual.map { UnsafeRawPointer(at[$0]) })
            let sums = at[scratch].assumingMemoryBound(to: Double.self)
            let (m, v, f) = (at.floats(mean), at.floats(variance), at.floats(factors))
            let p = parameters.map { at.floats($0) }
            let override = at.statisticsMomentum
            return {
                let momentum = override.pointee > 0 ? override.pointee : momentum
                tk_batchnorm_statistics(type, x, rows, channels, sums, m, v)
                tk_batchnorm_track(m, v, rows, channels, momentum, p[2], p[3])
                tk_batchnorm_forward(type, x, r, y, rows, channels, m, v, p[0], p[1], epsilon, relu ? 1 : 0, f)
            }
        }

        return { builder, request in
            var gradients = request.outputs
            if gradients.count > 2 { gradients = [builder.sum(gradients, named: layer + " gradient")] }
            let target = request.inputs[0]
            let residualTarget = residual == nil ? nil : request.inputs[1]
            let scratch = builder.bytes(8 * tk_batchnorm_scratch(channels), named: layer + " scratch")
            let factors = builder.tensor(TensorType([3 * channels], .float32), named: layer + " factors")
            func gain(_ index: Int, _ builder: inout ProgramBuilder) -> Tensor {
                request.parameters[index] ?? builder.tensor(TensorType([channels], .float32), named: layer + " unused gradient")
            }
            let scaleGradient = gain(0, &builder)
            let shiftGradient = gain(1, &builder)
            var touched = [source, destination, mean, variance, scratch, factors, parameters[0], scaleGradient, shiftGradient]
            touched += gradients + [target, residualTarget].compactMap { $0 }
            builder.step(layer + " backward", touching: touched) { at in
                let (x, y) = (at[source], at[destination])
                let (dy, dy2) = (at[gradients[0]], gradients.count > 1 ? UnsafeRawPointer(at[gradients[1]]) : nil)
                let (dx, dr) = (target.map { at[$0] }, residualTarget.map { at[$0] })
                let (m, v, scale) = (at.floats(mean), at.floats(variance), at.floats(parameters[0]))
                let (ds, db) = (at.floats(scaleGradient), at.floats(shiftGradient))
                let (sums, f) = (at[scratch].assumingMemoryBound(to: Double.self), at.floats(factors))
                return {
                    tk_batchnorm_backward(
                        type, x, y, dy, dy2, dx, dr, rows, channels, m, v, scale, epsilon, relu ? 1 : 0, ds, db, sums, f)
                }
            }
        }
    }

    /// Adds batch norm by running statistics.
    ///
    /// - Parameter parameters: scale, shift, mean and variance, float32 `[channels]`.
    public mutating func batchNormByRunningStatistics(
        _ source: Tensor, parameters: [Tensor], epsilon: Float, into destination: Tensor, layer: String
    ) {
        let channels = source.type.last
        let rows = source.type.rows
        let type = source.type.elementType.kernelType
        let factors = tensor(TensorType([2 * channels], .float32), named: layer + " factors")
        step(layer, touching: [source, destination, factors] + parameters) { at in
            let (x, y, f) = (at[source], at[destination], at.floats(factors))
            let p = parameters.map { at.floats($0) }
            return { tk_batchnorm_forward(type, x, nil, y, rows, channels, p[2], p[3], p[0], p[1], epsilon, 0, f) }
        }
    }

    /// Adds the sum over all rows of each column.
    ///
    /// - Parameters:
    ///   - source: `[..., columns]`.
    ///   - sums: float32 `[columns]`.
    mutating func columnSums(of source: Tensor, into sums: Tensor, named name: String) {
        let (rows, columns) = (source.type.rows, source.type.last)
        let type = source.type.elementType.kernelType
        let scratch = bytes(8 * tk_batchnorm_scratch(columns), named: name + " scratch")
        step(name, touching: [source, sums, scratch]) { at in
            let (x, to, s) = (at[source], at.floats(sums), at[scratch].assumingMemoryBound(to: Double.self))
            return { tk_column_sums(type, x, rows, columns, s, to) }
        }
    }
}

extension ElementType {
    /// The type as the C kernels name it; activations are float32 or bfloat16.
    var kernelType: tk_type { self == .bfloat16 ? TK_BFLOAT16 : TK_FLOAT32 }
}
