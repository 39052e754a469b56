import CKernels

extension ProgramBuilder {
    /// Adds scaled dot-product attention.
    ///
    /// - Parameters:
    ///   - query: `[batch, queries, width]`.
    ///   - key: `[batch, keys, width]`, as `value`.
    ///   - mask: float32 `[batch, keys]`, zero for keys to hide.
    mutating func attention(
        query: Tensor, key: Tensor, value: Tensor, mask: Tensor?, heads: Int, causal: Bool, into destination: Tensor, layer: String
    ) throws -> BackwardRule {
        if let mask, mask.type.elementType != .float32 {
            throw KernelError(
                step: layer, problem: "the mask is \(mask.type)", remedy: "feed the mask from an input, which is float32")
        }
        let (q, k) = (query.type.dimensions, key.type.dimensions)
        let shape = tk_attention(
            batch: q[0], queries: q[1], keys: k[1], heads: heads, head_width: q[2] / heads, causal: causal ? 1 : 0)
        let type = query.type.elementType.kernelType
        let masks = mask.map { [$0] } ?? []
        let scratchType = TensorType([withUnsafePointer(to: shape) { tk_attention_scratch($0) }], .float32)
        let scratch = tensor(scratchType, named: layer + " scratch")
        step(layer + " forward", touching: [query, key, value, destination, scratch] + masks) { at in
            let (q, k, v, y) = (at[query], at[key], at[value], at[destination])
            let (hidden, work) = (mask.map { at.floats($0) }, at.floats(scratch))
            return { withUnsafePointer(to: shape) { tk_attention_forward(type, $0, q, k, v, hidden, y, work) } }
        }
        return { builder, request in
            let targets = request.inputs.prefix(3)
            guard targets.contains(where: { $0 != nil }) else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            let scratch = builder.tensor(scratchType, named: layer + " scratch")
            builder.step(
                layer + " backward", touching: [query, key, value, gradient, scratch] + masks + targets.compactMap { $0 }
            ) { at in
                let (q, k, v, dy) = (at[query], at[key], at[value], at[gradient])
                let (hidden, work) = (mask.map { at.floats($0) }, at.floats(scratch))
                let d = targets.map { $0.map { at[$0] } }
                return {
                    withUnsafePointer(to: shape) { tk_attention_backward(type, $0, q, k, v, hidden, dy, d[0], d[1], d[2], work) }
                }
            }
        }
    }

    /// Adds the batched product of two values along their two innermost axes.
    mutating func product(
        _ left: Tensor, _ right: Tensor, transposingRight: Bool, into destination: Tensor, layer: String
    ) throws -> BackwardRule {
        func batched(_ tensor: Tensor) -> Tensor {
            let extents = tensor.type.dimensions
            return tensor.viewed(as: [extents.dropLast(2).reduce(1, *), extents[extents.count - 2], extents[extents.count - 1]])
        }
        let (a, b) = (batched(left), batched(right))
        try matrixProduct(a, b, transposingRight: transposingRight, into: batched(destination), named: layer + " forward")
        return { builder, request in
            let gradient = batched(builder.sum(request.outputs, named: layer + " gradient"))
            if let target = request.inputs[0] {
                try builder.matrixProduct(
                    gradient, b, transposingRight: !transposingRight, into: batched(target), named: layer + " backward left")
            }
            if let target = request.inputs[1] {
                try builder.matrixProduct(
                    transposingRight ? gradient : a, transposingRight ? a : gradient, transposingLeft: true, into: batched(target),
                    named: layer + " backward right")
            }
        }
    }
}
