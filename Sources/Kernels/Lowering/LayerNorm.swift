import CKernels

extension ProgramBuilder {
    /// Adds layer norm, or RMS norm, of each innermost vector.
    ///
    /// - Parameters:
    ///   - parameters: scale and, for layer norm, shift, float32 `[width]`.
    ///   - centered: subtracts the mean first.
    mutating func layerNorm(
        _ source: Tensor, parameters: [Tensor], epsilon: Float, centered: Bool, into destination: Tensor, mode: LoweringMode,
        layer: String
    ) -> BackwardRule {
        let (rows, width) = (source.type.rows, source.type.last)
        let type = source.type.elementType.kernelType
        let scale = parameters[0]
        let shift = parameters.count > 1 ? parameters[1] : nil
        let statistics = mode == .training ? tensor(TensorType([rows, 2], .float32), named: layer + " statistics") : nil
        step(layer + " forward", touching: [source, destination] + parameters + (statistics.map { [$0] } ?? [])) { at in
            let (x, y, gain, bias) = (at[source], at[destination], at.floats(scale), shift.map { at.floats($0) })
            let kept = statistics.map { at.floats($0) }
            return { tk_layer_norm_forward(type, x, y, rows, width, gain, bias, epsilon, centered ? 1 : 0, kept) }
        }
        guard let statistics else { return Self.noGradient(layer) }
        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            let scratch = builder.bytes(8 * tk_layer_norm_scratch(width), named: layer + " scratch")
            let target = request.inputs[0]
            let scaleTarget = request.parameters[0]
            let shiftTarget = shift == nil ? nil : request.parameters[1]
            let written = [target, scaleTarget, shiftTarget].compactMap { $0 }
            builder.step(layer + " backward", touching: [source, gradient, scale, statistics, scratch] + written) { at in
                let (x, dy, dx) = (at[source], at[gradient], target.map { at[$0] })
                let (gain, kept) = (at.floats(scale), at.floats(statistics))
                let (ds, db) = (scaleTarget.map { at.floats($0) }, shiftTarget.map { at.floats($0) })
                let sums = at[scratch].assumingMemoryBound(to: Double.self)
                return { tk_layer_norm_backward(type, x, dy, dx, rows, width, gain, centered ? 1 : 0, kept, ds, db, sums) }
            }
        }
    }

    /// Adds the softmax of each innermost vector.
    mutating func softmax(_ source: Tensor, into destination: Tensor, layer: String) -> BackwardRule {
        let (rows, width) = (source.type.rows, source.type.last)
        let type = source.type.elementType.kernelType
        step(layer + " forward", touching: [source, destination]) { at in
            let (x, y) = (at[source], at[destination])
            return { tk_softmax_forward(type, x, y, rows, width) }
        }
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [destination, gradient, target]) { at in
                let (y, dy, dx) = (at[destination], at[gradient], at[target])
                return { tk_softmax_backward(type, y, dy, dx, rows, width) }
            }
        }
    }
}
