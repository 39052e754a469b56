import COneDNN
import ComputeGraph

/// The extents of a convolution and the primitive descriptors that follow from them.
struct ConvolutionShape {
    var source: TensorType
    var destination: TensorType
    var kernel: Int
    var stride: Int
    var padding: Int

    var inputChannels: Int { source.last }
    var outputChannels: Int { destination.last }
    var weightDimensions: [Int] { [outputChannels, inputChannels, kernel, kernel] }

    /// Zeros behind the last row that keep oneDNN's size formula true; negative where a stride leaves rows over.
    private func trailingPadding(_ input: Int, _ output: Int) -> Int { (output - 1) * stride + kernel - input - padding }

    /// Calls `body` with strides, leading and trailing padding as oneDNN takes them.
    private func withGeometry<Result>(
        _ body: (_ strides: UnsafePointer<dnnl_dim_t>, _ before: UnsafePointer<dnnl_dim_t>, _ after: UnsafePointer<dnnl_dim_t>) throws -> Result
    ) rethrows -> Result {
        let strides = [dnnl_dim_t(stride), dnnl_dim_t(stride)]
        let before = [dnnl_dim_t(padding), dnnl_dim_t(padding)]
        let after = [
            dnnl_dim_t(trailingPadding(source.dimensions[1], destination.dimensions[1])),
            dnnl_dim_t(trailingPadding(source.dimensions[2], destination.dimensions[2])),
        ]
        return try body(strides, before, after)
    }

    func forward(_ mode: LoweringMode, bias: Bool, postOperations: [PostOperation], step: String) throws -> PrimitiveDescriptor {
        let from = try MemoryDescriptor(image: source, step: step)
        let to = try MemoryDescriptor(image: destination, step: step)
        let weights = try MemoryDescriptor(weightDimensions, source.elementType, dnnl_format_tag_any, step: step)
        let shift = try MemoryDescriptor([outputChannels], .float32, dnnl_a, step: step)
        let kind = mode == .training ? dnnl_forward_training : dnnl_forward_inference
        var descriptor = dnnl_convolution_desc_t()
        let status = withGeometry { strides, before, after in
            withUnsafePointer(to: from.raw) { from in
                withUnsafePointer(to: to.raw) { to in
                    withUnsafePointer(to: weights.raw) { weights in
                        withUnsafePointer(to: shift.raw) { shift in
                            dnnl_convolution_forward_desc_init(
                                &descriptor, kind, dnnl_convolution_direct, from, weights, bias ? shift : nil, to, strides, before, after)
                        }
                    }
                }
            }
        }
        try check(status, "dnnl_convolution_forward_desc_init", step: step)
        return try PrimitiveDescriptor(&descriptor, postOperations: postOperations, step: step)
    }

    func backwardData(hint: PrimitiveDescriptor, step: String) throws -> PrimitiveDescriptor {
        let from = try MemoryDescriptor(image: source, step: step)
        let to = try MemoryDescriptor(image: destination, step: step)
        let weights = try MemoryDescriptor(weightDimensions, source.elementType, dnnl_format_tag_any, step: step)
        var descriptor = dnnl_convolution_desc_t()
        let status = withGeometry { strides, before, after in
            withUnsafePointer(to: from.raw) { from in
                withUnsafePointer(to: to.raw) { to in
                    withUnsafePointer(to: weights.raw) { weights in
                        dnnl_convolution_backward_data_desc_init(
                            &descriptor, dnnl_convolution_direct, from, weights, to, strides, before, after)
                    }
                }
            }
        }
        try check(status, "dnnl_convolution_backward_data_desc_init", step: step)
        return try PrimitiveDescriptor(&descriptor, hint: hint, step: step)
    }

    /// Weight gradients are float32 whatever the activations are.
    func backwardWeights(hint: PrimitiveDescriptor, step: String) throws -> PrimitiveDescriptor {
        let from = try MemoryDescriptor(image: source, step: step)
        let to = try MemoryDescriptor(image: destination, step: step)
        let weights = try MemoryDescriptor(weightDimensions, .float32, dnnl_format_tag_any, step: step)
        var descriptor = dnnl_convolution_desc_t()
        let status = withGeometry { strides, before, after in
            withUnsafePointer(to: from.raw) { from in
                withUnsafePointer(to: to.raw) { to in
                    withUnsafePointer(to: weights.raw) { weights in
                        dnnl_convolution_backward_weights_desc_init(
                            &descriptor, dnnl_convolution_direct, from, weights, nil, to, strides, before, after)
                    }
                }
            }
        }
        try check(status, "dnnl_convolution_backward_weights_desc_init", step: step)
        return try PrimitiveDescriptor(&descriptor, hint: hint, step: step)
    }
}

extension ProgramBuilder {
    /// Adds a convolution, with what follows it fused where asked.
    ///
    /// - Parameters:
    ///   - source: `[batch, height, width, in]`.
    ///   - weights: float32 `[out, in, kernel, kernel]`.
    ///   - bias: float32 `[out]`.
    ///   - accumulating: adds to what the destination already holds, as for the sum of a residual block.
    ///   - activation: applied last.
    ///   - destination: `[batch, height, width, out]`, of the source's type.
    public mutating func convolution(
        _ source: Tensor, weights: Tensor, bias: Tensor?, stride: Int, padding: Int, accumulating: Bool = false,
        activation: ActivationFunction? = nil, into destination: Tensor, mode: LoweringMode, layer: String
    ) throws -> BackwardRule {
        let shape = ConvolutionShape(
            source: source.type, destination: destination.type, kernel: weights.type.last, stride: stride, padding: padding)
        let forward = try shape.forward(mode, bias: bias != nil, postOperations: .fused(accumulating, activation), step: layer + " forward")
        let plain = try MemoryDescriptor(shape.weightDimensions, .float32, dnnl_oihw, step: layer)
        let packed = try pack(weights, plain, as: forward.layout(dnnl_query_weights_md), named: layer + " weights")
        var arguments = [
            (DNNL_ARG_SRC, forward.layout(dnnl_query_src_md), source),
            (DNNL_ARG_WEIGHTS, forward.layout(dnnl_query_weights_md), packed),
            (DNNL_ARG_DST, forward.layout(dnnl_query_dst_md), destination),
        ]
        if let bias {
            arguments.append((DNNL_ARG_BIAS, try MemoryDescriptor([shape.outputChannels], .float32, dnnl_a, step: layer), bias))
        }
        primitive(forward, arguments)

        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            if let target = request.parameters[0] {
                let backward = try shape.backwardWeights(hint: forward, step: layer + " backward weights")
                let layout = backward.layout(dnnl_query_diff_weights_md)
                let raw = layout == plain ? target : builder.bytes(layout.byteCount, named: layer + " weight gradient")
                builder.primitive(backward, [
                    (DNNL_ARG_SRC, backward.layout(dnnl_query_src_md), source),
                    (DNNL_ARG_DIFF_DST, backward.layout(dnnl_query_diff_dst_md), gradient),
                    (DNNL_ARG_DIFF_WEIGHTS, layout, raw),
                ])
                if raw != target { try builder.reorder(raw, layout, target, plain, named: layer + " weight gradient") }
            }
            if request.parameters.count > 1, let target = request.parameters[1] {
                builder.columnSums(of: gradient, into: target, named: layer + " bias gradient")
            }
            if let target = request.inputs[0] {
                let backward = try shape.backwardData(hint: forward, step: layer + " backward data")
                let layout = backward.layout(dnnl_query_weights_md)
                let repacked = layout == forward.layout(dnnl_query_weights_md)
                    ? packed : try builder.pack(weights, plain, as: layout, named: layer + " backward weights")
                builder.primitive(backward, [
                    (DNNL_ARG_DIFF_DST, backward.layout(dnnl_query_diff_dst_md), gradient),
                    (DNNL_ARG_WEIGHTS, layout, repacked),
                    (DNNL_ARG_DIFF_SRC, backward.layout(dnnl_query_diff_src_md), target),
                ])
            }
        }
    }
}

extension ActivationFunction {
    var oneDNN: dnnl_alg_kind_t {
        switch self {
        case .relu: dnnl_eltwise_relu
        case .gelu: dnnl_eltwise_gelu_erf
        case .silu: dnnl_eltwise_swish
        case .sigmoid: dnnl_eltwise_logistic
        case .tanh: dnnl_eltwise_tanh
        }
    }
}
