import CKernels
import COneDNN
import ComputeGraph

extension ProgramBuilder {
    /// Adds `result = left · right + bias`.
    ///
    /// Each matrix is seen as `[rows, columns]` or, batched, `[batch, rows, columns]`, after the
    /// transposition named for it.
    ///
    /// - Parameters:
    ///   - left: `[m, k]`, or `[k, m]` in memory when transposed.
    ///   - right: `[k, n]`, or `[n, k]` in memory when transposed.
    ///   - bias: float32 `[n]`.
    ///   - accumulating: adds to what the result already holds.
    ///   - activation: applied last.
    public mutating func matrixProduct(
        _ left: Tensor, _ right: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false,
        bias: Tensor? = nil, accumulating: Bool = false, activation: ActivationFunction? = nil, into result: Tensor, named name: String
    ) throws {
        func layout(_ tensor: Tensor, _ transposed: Bool) throws -> MemoryDescriptor {
            var extents = tensor.type.dimensions
            var strides = [Int](repeating: 1, count: extents.count)
            for axis in (0..<extents.count - 1).reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
            if transposed {
                extents.swapAt(extents.count - 1, extents.count - 2)
                strides.swapAt(strides.count - 1, strides.count - 2)
            }
            return try MemoryDescriptor(extents, strides: strides, tensor.type.elementType, step: name)
        }
        let a = try layout(left, transposingLeft)
        let b = try layout(right, transposingRight)
        let c = try layout(result, false)
        let columns = result.type.last
        let rank = result.type.dimensions.count
        let shift = try MemoryDescriptor(
            [Int](repeating: 1, count: rank - 1) + [columns], strides: [Int](repeating: columns, count: rank - 1) + [1], .float32, step: name)
        var descriptor = dnnl_matmul_desc_t()
        let status = withUnsafePointer(to: a.raw) { a in
            withUnsafePointer(to: b.raw) { b in
                withUnsafePointer(to: c.raw) { c in
                    withUnsafePointer(to: shift.raw) { shift in
                        dnnl_matmul_desc_init(&descriptor, a, b, bias == nil ? nil : shift, c)
                    }
                }
            }
        }
        try check(status, "dnnl_matmul_desc_init", step: name)
        let product = try PrimitiveDescriptor(&descriptor, postOperations: .fused(accumulating, activation), step: name)
        var arguments = [(DNNL_ARG_SRC, a, left), (DNNL_ARG_WEIGHTS, b, right), (DNNL_ARG_DST, c, result)]
        if let bias { arguments.append((DNNL_ARG_BIAS, shift, bias)) }
        primitive(product, arguments)
    }

    /// Adds `destination = source · weightsᵀ + bias` along the innermost axis.
    ///
    /// - Parameters:
    ///   - source: `[..., in]`.
    ///   - weights: float32 `[units, in]`.
    ///   - bias: float32 `[units]`.
    ///   - accumulating: adds to what the destination already holds, for inference.
    ///   - activation: applied last, for inference.
    ///   - destination: `[..., units]`, of the source's type or float32.
    public mutating func dense(
        _ source: Tensor, weights: Tensor, bias: Tensor?, accumulating: Bool = false, activation: ActivationFunction? = nil, into destination: Tensor, layer: String
    ) throws -> BackwardRule {
        let (units, width) = (weights.type.dimensions[0], weights.type.dimensions[1])
        let type = source.type.elementType
        let rows = source.type.rows
        let plain = try MemoryDescriptor([units, width], .float32, dnnl_ab, step: layer)
        let typed = try MemoryDescriptor([units, width], type, dnnl_ab, step: layer)
        let packed = try pack(weights, plain, as: typed, named: layer + " weights").reinterpreted(as: TensorType([units, width], type))
        let flat = source.viewed(as: [rows, width])
        try matrixProduct(
            flat, packed, transposingRight: true, bias: bias, accumulating: accumulating, activation: activation,
            into: destination.viewed(as: [rows, units]), named: layer + " forward")

        return { builder, request in
            var gradient = builder.sum(request.outputs, named: layer + " gradient")
            if gradient.type.elementType != type {
                let converted = builder.tensor(TensorType(gradient.type.dimensions, type), named: layer + " gradient")
                builder.convert(gradient, into: converted, named: layer + " gradient")
                gradient = converted
            }
            let g = gradient.viewed(as: [rows, units])
            if let target = request.parameters[0] {
                try builder.matrixProduct(g, flat, transposingLeft: true, into: target, named: layer + " backward weights")
            }
            if bias != nil, let target = request.parameters[1] {
                builder.columnSums(of: g, into: target, named: layer + " bias gradient")
            }
            if let target = request.inputs[0] {
                try builder.matrixProduct(g, packed, into: target.viewed(as: [rows, width]), named: layer + " backward data")
            }
        }
    }

    /// Adds `destination = matrix · source` along the two innermost axes of every sample, for a constant matrix.
    ///
    /// - Parameters:
    ///   - source: `[..., length, width]`.
    ///   - matrix: `[rows, length]`, row-major.
    ///   - destination: `[..., rows, width]`.
    mutating func linearMap(
        _ source: Tensor, rows: Int, matrix: [Float], into destination: Tensor, layer: String
    ) -> BackwardRule {
        let (length, width) = (matrix.count / rows, source.type.last)
        let blocks = source.type.elementCount / (length * width)
        map(
            source, matrix, rows: rows, length: length, width: width, blocks: blocks, into: destination, named: layer + " forward")
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            let transposed = (0..<length).flatMap { column in (0..<rows).map { matrix[$0 * length + column] } }
            builder.map(
                gradient, transposed, rows: length, length: rows, width: width, blocks: blocks, into: target,
                named: layer + " backward")
        }
    }

    private mutating func map(
        _ source: Tensor, _ matrix: [Float], rows: Int, length: Int, width: Int, blocks: Int, into destination: Tensor,
        named name: String
    ) {
        let type = source.type.elementType.kernelType
        step(name, touching: [source, destination]) { at in
            let (x, y) = (at[source], at[destination])
            return { matrix.withUnsafeBufferPointer { tk_linear_map(type, $0.baseAddress, x, blocks, rows, length, width, y) } }
        }
    }
}
