/// Layers composed from operations.
extension Graph {
    /// Convolution, batch norm and ReLU.
    public mutating func convolutionBatchNormReLU(
        _ value: Value, channels: Int, kernel: Int, stride: Int = 1, named name: String
    ) throws -> Value {
        let filtered = try convolution(value, channels: channels, kernel: kernel, stride: stride, named: name + ".convolution")
        let normalized = try batchNorm(filtered, named: name + ".norm")
        return try relu(normalized, named: name + ".relu")
    }

    /// A basic residual block of two 3x3 convolutions (He et al., 2015), whose short cut is average-pooled
    /// before its 1x1 projection when the stride is 2 (He et al., 2019, "ResNet-D"), and whose last norm
    /// starts at zero, so that the block begins as the identity.
    public mutating func residualBlock(_ value: Value, channels: Int, stride: Int = 1, named name: String) throws -> Value {
        let inner = try convolutionBatchNormReLU(value, channels: channels, kernel: 3, stride: stride, named: name + ".1")
        let filtered = try convolution(inner, channels: channels, kernel: 3, named: name + ".2.convolution")
        let branch = try batchNorm(filtered, scale: .zeros, named: name + ".2.norm")
        var shortcut = value
        if stride > 1 {
            shortcut = try averagePool(shortcut, kernel: stride, stride: stride, named: name + ".shortcut.pool")
        }
        if shape(of: shortcut).last != channels {
            shortcut = try convolution(shortcut, channels: channels, kernel: 1, named: name + ".shortcut.convolution")
            shortcut = try batchNorm(shortcut, named: name + ".shortcut.norm")
        }
        let sum = try add(branch, shortcut, named: name + ".add")
        return try relu(sum, named: name + ".relu")
    }

    /// A transformer block with normalization before each branch: self-attention, then a feed-forward
    /// network four times as wide (Vaswani et al., 2017; pre-norm after Xiong et al., 2020).
    ///
    /// - Parameters:
    ///   - value: `[length, width]`.
    ///   - mask: `[length]`, 1 for tokens to see and 0 for padding.
    public mutating func transformerBlock(
        _ value: Value, mask: Value? = nil, heads: Int, causal: Bool, dropout rate: Float = 0, named name: String
    ) throws -> Value {
        let width = shape(of: value).last
        let first = try layerNorm(value, named: name + ".norm1")
        let query = try dense(first, units: width, named: name + ".query")
        let key = try dense(first, units: width, named: name + ".key")
        let content = try dense(first, units: width, named: name + ".value")
        let mixed = try attention(
            query: query, key: key, value: content, mask: mask, heads: heads, causal: causal, named: name + ".attention")
        var branch = try dense(mixed, units: width, named: name + ".projection")
        if rate > 0 { branch = try dropout(branch, rate: rate, named: name + ".dropout1") }
        let middle = try add(value, branch, named: name + ".add1")
        let second = try layerNorm(middle, named: name + ".norm2")
        let wide = try dense(second, units: 4 * width, named: name + ".expand")
        let active = try activation(wide, .gelu, named: name + ".gelu")
        var narrow = try dense(active, units: width, named: name + ".contract")
        if rate > 0 { narrow = try dropout(narrow, rate: rate, named: name + ".dropout2") }
        return try add(middle, narrow, named: name + ".add2")
    }

    /// Scaled dot-product attention whose shares are dropped at random while training (Vaswani et al., 2017).
    ///
    /// It answers as the one operation `attention` does, from which it differs only while training: that one never keeps
    /// the shares.
    ///
    /// - Parameters:
    ///   - query: `[queries, width]`.
    ///   - key: `[keys, width]`, as `value`.
    ///   - rate: share of the weights that are dropped; nothing but `attention` is needed at 0.
    public mutating func attention(
        query: Value, key: Value, value: Value, heads: Int, dropout rate: Float, named name: String
    ) throws -> Value {
        let width = shape(of: query).last
        guard rate > 0, heads >= 1, width % heads == 0 else {
            return try attention(query: query, key: key, value: value, heads: heads, causal: false, named: name)
        }
        let part = width / heads
        func split(_ value: Value, _ suffix: String) throws -> Value {
            let length = shape(of: value)[0]
            if heads == 1 { return try reshape(value, to: [1, length, width], named: "\(name).\(suffix)") }
            let parts = try reshape(value, to: [length, heads, part], named: "\(name).\(suffix).parts")
            return try transpose(parts, [1, 0, 2], named: "\(name).\(suffix)")
        }
        let products = try matmul(
            try split(query, "queries"), try split(key, "keys"), transposeRight: true, named: name + ".products")
        let scores = try scale(products, by: 1 / Float(part).squareRoot(), named: name + ".scores")
        let shares = try dropout(try softmax(scores, named: name + ".shares"), rate: rate, named: name + ".shares.dropout")
        var mixed = try matmul(shares, try split(value, "values"), named: name + ".mixed")
        if heads > 1 { mixed = try transpose(mixed, [1, 0, 2], named: name + ".joined") }
        return try reshape(mixed, to: [shape(of: query)[0], width], named: name)
    }
}
