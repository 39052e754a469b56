import CKernels

extension ProgramBuilder {
    /// Adds a look-up of rows; an index outside the table gives zeros and no gradient.
    ///
    /// - Parameters:
    ///   - indices: int32.
    ///   - table: float32 `[count, width]`.
    mutating func embedding(_ indices: Tensor, table: Tensor, into destination: Tensor, layer: String) -> BackwardRule {
        let (rows, width, count) = (table.type.dimensions[0], table.type.dimensions[1], indices.type.elementCount)
        let type = destination.type.elementType.kernelType
        step(layer + " forward", touching: [indices, table, destination]) { at in
            let (numbers, from, y) = (at[indices].assumingMemoryBound(to: Int32.self), at.floats(table), at[destination])
            return { tk_embedding_forward(type, from, numbers, rows, width, count, y) }
        }
        return { builder, request in
            guard let target = request.parameters[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [indices, gradient, target]) { at in
                let (numbers, dy, to) = (at[indices].assumingMemoryBound(to: Int32.self), at[gradient], at.floats(target))
                return { tk_embedding_backward(type, dy, numbers, rows, width, count, to) }
            }
        }
    }

    /// Adds a learned table, float32 and of the source's trailing axes, to every block of the source.
    mutating func offset(_ source: Tensor, table: Tensor, into destination: Tensor, layer: String) -> BackwardRule {
        let width = table.type.elementCount
        let rows = source.type.elementCount / width
        let type = source.type.elementType.kernelType
        step(layer + " forward", touching: [source, table, destination]) { at in
            let (x, shift, y) = (at[source], at.floats(table), at[destination])
            return { tk_offset(type, x, shift, rows, width, y) }
        }
        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            if let target = request.parameters[0] {
                builder.columnSums(of: gradient.viewed(as: [rows, width]), into: target, named: layer + " backward table")
            }
            if let target = request.inputs[0] { builder.convert(gradient, into: target, named: layer + " backward") }
        }
    }

    /// Multiplies every block of the source by a learned table, float32 and of the source's trailing axes.
    mutating func gain(_ source: Tensor, table: Tensor, into destination: Tensor, layer: String) -> BackwardRule {
        let width = table.type.elementCount
        multiply(source, byTable: table, into: destination, named: layer + " forward")
        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            if let target = request.parameters[0] {
                let products = builder.tensor(source.type, named: layer + " products")
                builder.multiply(gradient, source, into: products, named: layer + " products")
                let rows = products.viewed(as: [source.type.elementCount / width, width])
                builder.columnSums(of: rows, into: target, named: layer + " backward table")
            }
            if let target = request.inputs[0] {
                builder.multiply(gradient, byTable: table, into: target, named: layer + " backward")
            }
        }
    }

    private mutating func multiply(_ source: Tensor, byTable table: Tensor, into destination: Tensor, named name: String) {
        let width = table.type.elementCount
        let rows = source.type.elementCount / width
        let type = source.type.elementType.kernelType
        step(name, touching: [source, table, destination]) { at in
            let (x, factors, y) = (at[source], at.floats(table), at[destination])
            return { tk_gain(type, x, factors, rows, width, y) }
        }
    }
}
