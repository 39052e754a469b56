/// One function an operation, for building a graph by hand. All throw `GraphError` when shapes do not fit.
extension Graph {
    public mutating func input(_ shape: Shape, named name: String = "input") throws -> Value {
        try append(.input(shape: shape, index: false), named: name)
    }

    /// An input of 32-bit indices.
    public mutating func indices(_ shape: Shape, named name: String = "indices") throws -> Value {
        try append(.input(shape: shape, index: true), named: name)
    }

    /// - Parameter padding: zeros on every side; by default as many as keep the size at stride 1.
    public mutating func convolution(
        _ value: Value, channels: Int, kernel: Int, stride: Int = 1, padding: Int? = nil, bias: Bool = false,
        initializer: Initializer? = nil, named name: String
    ) throws -> Value {
        try append(
            .convolution(channels: channels, kernel: kernel, stride: stride, padding: padding ?? kernel / 2, bias: bias),
            to: [value], named: name, initializer: initializer)
    }

    public mutating func dense(
        _ value: Value, units: Int, bias: Bool = true, sharing layer: String? = nil, initializer: Initializer? = nil,
        named name: String
    ) throws -> Value {
        try append(.dense(units: units, bias: bias), to: [value], named: name, sharing: layer, initializer: initializer)
    }

    public mutating func matmul(_ left: Value, _ right: Value, transposeRight: Bool = false, named name: String) throws -> Value {
        try append(.matmul(transposeRight: transposeRight), to: [left, right], named: name)
    }

    /// - Parameter scale: how the scale begins; zeros make a residual block start as the identity.
    public mutating func batchNorm(
        _ value: Value, epsilon: Float = 1e-5, momentum: Float = 0.1, scale: Initializer = .ones, named name: String
    ) throws -> Value {
        try append(.batchNorm(epsilon: epsilon, momentum: momentum), to: [value], named: name, initializer: scale)
    }

    public mutating func layerNorm(_ value: Value, epsilon: Float = 1e-5, named name: String) throws -> Value {
        try append(.layerNorm(epsilon: epsilon), to: [value], named: name)
    }

    public mutating func rmsNorm(_ value: Value, epsilon: Float = 1e-6, named name: String) throws -> Value {
        try append(.rmsNorm(epsilon: epsilon), to: [value], named: name)
    }

    public mutating func activation(_ value: Value, _ function: ActivationFunction, named name: String) throws -> Value {
        try append(.activation(function), to: [value], named: name)
    }

    public mutating func relu(_ value: Value, named name: String) throws -> Value {
        try activation(value, .relu, named: name)
    }

    public mutating func dropout(_ value: Value, rate: Float, named name: String) throws -> Value {
        try append(.dropout(rate: rate), to: [value], named: name)
    }

    public mutating func softmax(_ value: Value, named name: String) throws -> Value {
        try append(.softmax, to: [value], named: name)
    }

    /// - Parameter mask: `[length]` of keys, 1 to see and 0 to hide.
    public mutating func attention(
        query: Value, key: Value, value: Value, mask: Value? = nil, heads: Int, causal: Bool, named name: String
    ) throws -> Value {
        try append(.attention(heads: heads, causal: causal), to: [query, key, value] + (mask.map { [$0] } ?? []), named: name)
    }

    public mutating func embedding(_ indices: Value, count: Int, width: Int, named name: String) throws -> Value {
        try append(.embedding(count: count, width: width), to: [indices], named: name)
    }

    public mutating func maxPool(_ value: Value, kernel: Int, stride: Int, named name: String) throws -> Value {
        try append(.maxPool(kernel: kernel, stride: stride), to: [value], named: name)
    }

    public mutating func averagePool(_ value: Value, kernel: Int, stride: Int, named name: String) throws -> Value {
        try append(.averagePool(kernel: kernel, stride: stride), to: [value], named: name)
    }

    public mutating func globalAveragePool(_ value: Value, named name: String) throws -> Value {
        try append(.globalAveragePool, to: [value], named: name)
    }

    public mutating func concat(_ values: [Value], axis: Int, named name: String) throws -> Value {
        try append(.concat(axis: axis), to: values, named: name)
    }

    public mutating func add(_ left: Value, _ right: Value, named name: String) throws -> Value {
        try append(.add, to: [left, right], named: name)
    }

    public mutating func multiply(_ left: Value, _ right: Value, named name: String) throws -> Value {
        try append(.multiply, to: [left, right], named: name)
    }

    public mutating func scale(_ value: Value, by factor: Float, named name: String) throws -> Value {
        try append(.scale(by: factor), to: [value], named: name)
    }

    /// Adds a learned table to the value's last `axes` axes.
    public mutating func offset(_ value: Value, axes: Int, named name: String) throws -> Value {
        try append(.offset(axes: axes), to: [value], named: name)
    }

    /// Multiplies the value's last `axes` axes by a learned table, which may be another layer's.
    public mutating func gain(
        _ value: Value, axes: Int, sharing layer: String? = nil, initializer: Initializer? = nil, named name: String
    ) throws -> Value {
        try append(.gain(axes: axes), to: [value], named: name, sharing: layer, initializer: initializer)
    }

    /// Multiplies `[length, width]` from the left by a constant `[rows, length]`, row-major.
    public mutating func linearMap(_ value: Value, rows: Int, matrix: [Float], named name: String) throws -> Value {
        try append(.linearMap(rows: rows, matrix: matrix), to: [value], named: name)
    }

    /// The positions `from..<from + count` of an axis.
    public mutating func slice(_ value: Value, axis: Int, from: Int, count: Int, named name: String) throws -> Value {
        try append(.slice(axis: axis, from: from, count: count), to: [value], named: name)
    }

    public mutating func reshape(_ value: Value, to shape: Shape, named name: String) throws -> Value {
        try append(.reshape(to: shape), to: [value], named: name)
    }

    public mutating func transpose(_ value: Value, _ permutation: [Int], named name: String) throws -> Value {
        try append(.transpose(permutation: permutation), to: [value], named: name)
    }
}
