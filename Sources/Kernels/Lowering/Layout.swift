import CKernels

extension ProgramBuilder {
    /// Adds the concatenation of values along an axis of the sample.
    mutating func concat(_ sources: [Tensor], axis: Int, into destination: Tensor, layer: String) -> BackwardRule {
        let size = destination.type.elementType.size
        // The tensors' axis 0 is the batch.
        let outer = destination.type.dimensions.prefix(axis + 1).reduce(1, *)
        let whole = destination.type.elementCount / outer * size
        var parts: [(offset: Int, byteCount: Int)] = []
        for source in sources { parts.append((parts.last.map { $0.offset + $0.byteCount } ?? 0, source.type.elementCount / outer * size)) }
        let places = parts
        step(layer + " forward", touching: sources + [destination]) { at in
            let (from, to) = (sources.map { at[$0] }, at[destination])
            return {
                for (source, part) in zip(from, places) {
                    tk_copy_blocks(source, part.byteCount, to + part.offset, whole, part.byteCount, outer)
                }
            }
        }
        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            for (target, part) in zip(request.inputs, places) {
                guard let target else { continue }
                builder.step(layer + " backward", touching: [gradient, target]) { at in
                    let (from, to) = (at[gradient], at[target])
                    return { tk_copy_blocks(from + part.offset, whole, to, part.byteCount, part.byteCount, outer) }
                }
            }
        }
    }

    /// Adds a copy of a stretch of one axis of the sample.
    mutating func slice(_ source: Tensor, axis: Int, from: Int, into destination: Tensor, layer: String) -> BackwardRule {
        let outer = source.type.dimensions.prefix(axis + 1).reduce(1, *)
        let row = source.type.dimensions.dropFirst(axis + 2).reduce(source.type.elementType.size, *)
        let (whole, part) = (source.type.dimensions[axis + 1] * row, destination.type.dimensions[axis + 1] * row)
        step(layer + " forward", touching: [source, destination]) { at in
            let (x, y) = (at[source] + from * row, at[destination])
            return { tk_copy_blocks(x, whole, y, part, part, outer) }
        }
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [gradient, target]) { at in
                let (dy, dx) = (at[gradient], at[target])
                return {
                    dx.initializeMemory(as: UInt8.self, repeating: 0, count: outer * whole)
                    tk_copy_blocks(dy, part, dx + from * row, whole, part, outer)
                }
            }
        }
    }

    /// Adds a copy with the sample's axes reordered.
    mutating func transpose(_ source: Tensor, _ permutation: [Int], into destination: Tensor, layer: String) -> BackwardRule {
        let axes = [0] + permutation.map { $0 + 1 }
        var inverse = axes
        for (position, axis) in axes.enumerated() { inverse[axis] = position }
        reorderAxes(source, axes, into: destination, named: layer + " forward")
        return { [inverse] builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.reorderAxes(gradient, inverse, into: target, named: layer + " backward")
        }
    }

    private mutating func reorderAxes(_ source: Tensor, _ axes: [Int], into destination: Tensor, named name: String) {
        let extents = source.type.dimensions
        var strides = [Int](repeating: 1, count: extents.count)
        for axis in (0..<extents.count - 1).reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
        let steps = axes.map { strides[$0] }
        let result = destination.type.dimensions
        let size = source.type.elementType.size
        step(name, touching: [source, destination]) { at in
            let (from, to) = (at[source], at[destination])
            return { tk_transpose(size, from, to, Int32(result.count), result, steps) }
        }
    }
}
