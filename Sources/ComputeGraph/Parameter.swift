/// How the values of a parameter begin.
public enum Initializer: Hashable, Codable, Sendable {
    case zeros
    case ones
    /// Normal with the given standard deviation.
    case normal(deviation: Float)
    /// Normal with variance `2 / fanIn`, for layers followed by ReLU (He et al., 2015).
    case heNormal(fanIn: Int)
    /// Uniform within `±1 / sqrt(fanIn)`.
    case uniform(fanIn: Int)

    var isFinite: Bool {
        if case .normal(let deviation) = self { deviation.isFinite } else { true }
    }
}

/// What training may do with a parameter.
public enum ParameterRole: String, Hashable, Codable, Sendable {
    /// A matrix or filter: learned, and subject to weight decay.
    case weight
    /// A bias, or the scale or shift of a normalization: learned, without weight decay.
    case gain
    /// A running statistic: measured, not learned.
    case statistic
}

/// A named tensor that a layer owns.
public struct Parameter: Hashable, Codable, Sendable {
    /// The layer's name and the parameter's own, joined by a dot: `stage1.block1.convolution1.weight`.
    public let name: String
    public let shape: Shape
    public let initializer: Initializer
    public let role: ParameterRole

    package init(name: String, shape: Shape, initializer: Initializer, role: ParameterRole) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.role = role
    }
}

extension Operation {
    /// The parameters of this operation on inputs of the given shapes, in the order in which kernels take
    /// them, named without their layer.
    func parameters(inputs: [Shape]) -> [Parameter] {
        let channels = inputs.first?.last ?? 0
        func gain(_ name: String, _ initializer: Initializer, _ count: Int) -> Parameter {
            Parameter(name: name, shape: [count], initializer: initializer, role: .gain)
        }
        switch self {
        case .convolution(let outputs, let kernel, _, _, let bias):
            let weight = Parameter(
                name: "weight", shape: [outputs, channels, kernel, kernel],
                initializer: .heNormal(fanIn: channels * kernel * kernel), role: .weight)
            return bias ? [weight, gain("bias", .zeros, outputs)] : [weight]
        case .dense(let units, let bias):
            let weight = Parameter(
                name: "weight", shape: [units, channels], initializer: .uniform(fanIn: channels), role: .weight)
            return bias ? [weight, gain("bias", .zeros, units)] : [weight]
        case .batchNorm:
            return [
                gain("scale", .ones, channels), gain("shift", .zeros, channels),
                Parameter(name: "mean", shape: [channels], initializer: .zeros, role: .statistic),
                Parameter(name: "variance", shape: [channels], initializer: .ones, role: .statistic),
            ]
        case .layerNorm:
            return [gain("scale", .ones, channels), gain("shift", .zeros, channels)]
        case .rmsNorm:
            return [gain("scale", .ones, channels)]
        case .embedding(let count, let width):
            return [Parameter(name: "weight", shape: [count, width], initializer: .normal(deviation: 0.02), role: .weight)]
        case .offset(let axes):
            let shape = Shape(Array(inputs[0].dimensions.suffix(axes)))
            return [Parameter(name: "weight", shape: shape, initializer: .normal(deviation: 0.02), role: .gain)]
        case .gain(let axes):
            let shape = Shape(Array(inputs[0].dimensions.suffix(axes)))
            return [Parameter(name: "weight", shape: shape, initializer: .ones, role: .gain)]
        default:
            return []
        }
    }
}
