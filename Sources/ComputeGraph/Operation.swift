/// A non-linearity applied element by element.
public enum ActivationFunction: String, Codable, Sendable, CaseIterable {
    case relu
    /// Gaussian error linear unit, exact form with the error function (Hendrycks and Gimpel, 2016).
    case gelu
    /// Sigmoid-weighted linear unit, `x * sigmoid(x)` (Elfwing et al., 2017).
    case silu
    case sigmoid
    case tanh
}

/// What a node of a graph computes, with everything that fixes its result except its inputs and
/// parameters. Nothing here says how it runs.
public enum Operation: Hashable, Codable, Sendable {
    /// A value given by the caller, one sample of `shape`. `index` inputs hold 32-bit integers
    /// (tokens, item numbers), the others real numbers.
    case input(shape: Shape, index: Bool)

    /// Two-dimensional cross-correlation of `[height, width, in]` with square kernels and zero
    /// padding on all sides. Parameters: `weight [channels, in, kernel, kernel]`, `bias [channels]`.
    case convolution(channels: Int, kernel: Int, stride: Int, padding: Int, bias: Bool)
    /// `x · weightᵀ + bias` along the innermost axis. Parameters: `weight [units, in]`, `bias [units]`.
    case dense(units: Int, bias: Bool)
    /// Product of two values along their two innermost axes, batched over the outer ones.
    case matmul(transposeRight: Bool)

    /// Normalization by the statistics of the batch while training and by running statistics
    /// afterwards (Ioffe and Szegedy, 2015). Parameters: `scale`, `shift`, `mean`, `variance`, all `[channels]`.
    /// `momentum` is the share of the new batch in the running statistics.
    case batchNorm(epsilon: Float, momentum: Float)
    /// Normalization of each innermost vector (Ba et al., 2016). Parameters: `scale`, `shift`.
    case layerNorm(epsilon: Float)
    /// Division by the root mean square of each innermost vector (Zhang and Sennrich, 2019). Parameter: `scale`.
    case rmsNorm(epsilon: Float)

    case activation(ActivationFunction)
    /// Zeroes a share `rate` of the elements while training and scales the rest by `1 / (1 - rate)`.
    case dropout(rate: Float)
    /// Normalized exponentials along the innermost axis.
    case softmax

    /// Scaled dot-product attention over `heads` equal slices of the innermost axis (Vaswani et al., 2017).
    /// Inputs: query, key, value `[length, width]`, and optionally a mask `[length]` of keys, 1 to see and
    /// 0 to hide. A causal attention also hides every later key. A query that sees no key answers zero.
    case attention(heads: Int, causal: Bool)
    /// Rows of a table by number. Input: indices. Parameter: `weight [count, width]`.
    case embedding(count: Int, width: Int)

    case maxPool(kernel: Int, stride: Int)
    case averagePool(kernel: Int, stride: Int)
    /// Mean over height and width.
    case globalAveragePool

    case concat(axis: Int)
    case add
    case multiply
    /// Multiplication by a constant.
    case scale(by: Float)
    /// Addition of a learned constant to every sample, such as a position table. Parameter: `weight`, of the
    /// input's trailing axes.
    case offset(axes: Int)
    /// Multiplication of every sample by a learned constant, such as one factor a channel. Parameter: `weight`, of
    /// the input's trailing axes.
    case gain(axes: Int)
    /// Product of a constant matrix with a value along its two innermost axes: `[rows, length] · [length, width]`.
    /// `matrix` is row-major. Fixed filters along a sequence are such maps.
    case linearMap(rows: Int, matrix: [Float])
    /// A stretch of one axis.
    case slice(axis: Int, from: Int, count: Int)
    case reshape(to: Shape)
    /// Reorders the axes: axis `i` of the result is axis `permutation[i]` of the input.
    case transpose(permutation: [Int])

    /// The field's name of the operation, for messages and tables.
    public var name: String {
        switch self {
        case .input: "input"
        case .convolution(_, let kernel, let stride, _, _): "convolution \(kernel)x\(kernel)" + (stride > 1 ? " /\(stride)" : "")
        case .dense: "dense"
        case .matmul: "matmul"
        case .batchNorm: "batch norm"
        case .layerNorm: "layer norm"
        case .rmsNorm: "RMS norm"
        case .activation(let function): function.rawValue
        case .dropout(let rate): "dropout \(rate)"
        case .softmax: "softmax"
        case .attention(let heads, let causal): "\(causal ? "causal " : "")attention, \(heads) heads"
        case .embedding: "embedding"
        case .maxPool(let kernel, _): "max pool \(kernel)x\(kernel)"
        case .averagePool(let kernel, _): "average pool \(kernel)x\(kernel)"
        case .globalAveragePool: "global average pool"
        case .concat: "concat"
        case .add: "add"
        case .multiply: "multiply"
        case .scale(let factor): "scale by \(factor)"
        case .offset: "offset"
        case .gain: "gain"
        case .linearMap: "linear map"
        case .slice: "slice"
        case .reshape: "reshape"
        case .transpose: "transpose"
        }
    }
}
