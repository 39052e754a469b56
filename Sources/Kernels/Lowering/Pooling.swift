import CKernels

extension ProgramBuilder {
    private func poolShape(_ source: Tensor, _ destination: Tensor, kernel: Int, stride: Int) -> tk_pool {
        let (s, d) = (source.type.dimensions, destination.type.dimensions)
        return tk_pool(
            batch: s[0], height: s[1], width: s[2], channels: s[3], kernel: kernel, stride: stride, out_height: d[1], out_width: d[2])
    }

    /// Adds a mean over square windows of `[batch, height, width, channels]`.
    mutating func averagePool(_ source: Tensor, kernel: Int, stride: Int, into destination: Tensor, layer: String) -> BackwardRule {
        let shape = poolShape(source, destination, kernel: kernel, stride: stride)
        let type = source.type.elementType.kernelType
        step(layer + " forward", touching: [source, destination]) { at in
            let (x, y) = (at[source], at[destination])
            return { withUnsafePointer(to: shape) { tk_average_pool_forward(type, $0, x, y) } }
        }
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [gradient, target]) { at in
                let (dy, dx) = (at[gradient], at[target])
                return { withUnsafePointer(to: shape) { tk_average_pool_backward(type, $0, dy, dx) } }
            }
        }
    }

    /// Adds a maximum over square windows of `[batch, height, width, channels]`.
    mutating func maxPool(_ source: Tensor, kernel: Int, stride: Int, into destination: Tensor, layer: String) -> BackwardRule {
        let shape = poolShape(source, destination, kernel: kernel, stride: stride)
        let type = source.type.elementType.kernelType
        let chosen = tensor(TensorType(destination.type.dimensions, .uint8), named: layer + " positions")
        step(layer + " forward", touching: [source, destination, chosen]) { at in
            let (x, y, positions) = (at[source], at[destination], at[chosen].assumingMemoryBound(to: UInt8.self))
            return { withUnsafePointer(to: shape) { tk_max_pool_forward(type, $0, x, y, positions) } }
        }
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [gradient, target, chosen]) { at in
                let (dy, dx, positions) = (at[gradient], at[target], at[chosen].assumingMemoryBound(to: UInt8.self))
                return { withUnsafePointer(to: shape) { tk_max_pool_backward(type, $0, dy, positions, dx) } }
            }
        }
    }

    /// Adds the mean over all positions: `[batch, ..., channels]` to `[batch, channels]`.
    mutating func globalAveragePool(_ source: Tensor, into destination: Tensor, layer: String) -> BackwardRule {
        let (batch, channels) = (source.type.dimensions[0], source.type.last)
        let positions = source.type.elementCount / (batch * channels)
        let type = source.type.elementType.kernelType
        step(layer + " forward", touching: [source, destination]) { at in
            let (x, y) = (at[source], at[destination])
            return { tk_global_pool_forward(type, x, y, batch, positions, channels) }
        }
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [gradient, target]) { at in
                let (dy, dx) = (at[gradient], at[target])
                return { tk_global_pool_backward(type, dy, dx, batch, positions, channels) }
            }
        }
    }
}
