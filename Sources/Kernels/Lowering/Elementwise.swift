import CKernels
import ComputeGraph

extension ProgramBuilder {
    /// Adds `result = left + right`.
    public mutating func add(_ left: Tensor, _ right: Tensor, into result: Tensor, named name: String) {
        let (type, count) = (result.type.elementType.kernelType, result.type.elementCount)
        step(name, touching: [left, right, result]) { at in
            let (a, b, c) = (at[left], at[right], at[result])
            return { tk_add(type, a, b, c, count) }
        }
    }

    /// Adds a conversion between element types.
    public mutating func convert(_ source: Tensor, into destination: Tensor, named name: String) {
        let (from, to) = (source.type.elementType.kernelType, destination.type.elementType.kernelType)
        let count = source.type.elementCount
        step(name, touching: [source, destination]) { at in
            let (x, y) = (at[source], at[destination])
            return { tk_convert(from, x, to, y, count) }
        }
    }

    /// Adds `result = left * right`, element by element.
    mutating func multiply(_ left: Tensor, _ right: Tensor, into result: Tensor, named name: String) {
        let (type, count) = (result.type.elementType.kernelType, result.type.elementCount)
        step(name, touching: [left, right, result]) { at in
            let (a, b, c) = (at[left], at[right], at[result])
            return { tk_multiply(type, a, b, c, count) }
        }
    }

    /// Adds `result = source * factor`.
    mutating func scale(_ source: Tensor, by factor: Float, into result: Tensor, named name: String) {
        let (type, count) = (result.type.elementType.kernelType, result.type.elementCount)
        step(name, touching: [source, result]) { at in
            let (x, y) = (at[source], at[result])
            return { tk_scale(type, x, factor, y, count) }
        }
    }

    mutating func activation(_ function: ActivationFunction, _ source: Tensor, into destination: Tensor, layer: String) -> BackwardRule {
        let (type, kind, count) = (source.type.elementType.kernelType, function.kernelFunction, source.type.elementCount)
        step(layer + " forward", touching: [source, destination]) { at in
            let (x, y) = (at[source], at[destination])
            return { tk_activation_forward(type, kind, x, y, count) }
        }
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.step(layer + " backward", touching: [source, gradient, target]) { at in
                let (x, dy, dx) = (at[source], at[gradient], at[target])
                return { tk_activation_backward(type, kind, x, dy, dx, count) }
            }
        }
    }

    /// Adds a sum, whose rule copies the gradient to both sides; a compiler that passes gradients on without
    /// copying need not call it.
    mutating func addition(_ left: Tensor, _ right: Tensor, into result: Tensor, layer: String) -> BackwardRule {
        add(left, right, into: result, named: layer + " forward")
        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            for target in request.inputs.compactMap({ $0 }) { builder.convert(gradient, into: target, named: layer + " backward") }
        }
    }

    mutating func multiplication(_ left: Tensor, _ right: Tensor, into result: Tensor, layer: String) -> BackwardRule {
        multiply(left, right, into: result, named: layer + " forward")
        return { builder, request in
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            if let target = request.inputs[0] { builder.multiply(gradient, right, into: target, named: layer + " backward left") }
            if let target = request.inputs[1] { builder.multiply(gradient, left, into: target, named: layer + " backward right") }
        }
    }

    mutating func scaling(_ source: Tensor, by factor: Float, into result: Tensor, layer: String) -> BackwardRule {
        scale(source, by: factor, into: result, named: layer + " forward")
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.scale(gradient, by: factor, into: target, named: layer + " backward")
        }
    }
}

extension ActivationFunction {
    var kernelFunction: tk_activation {
        switch self {
        case .relu: TK_RELU
        case .gelu: TK_GELU
        case .silu: TK_SILU
        case .sigmoid: TK_SIGMOID
        case .tanh: TK_TANH
        }
    }
}

extension Tensor {
    /// The same bytes seen as another type of no greater size.
    func reinterpreted(as type: TensorType) -> Tensor { Tensor(buffer: buffer, type: type) }
}
