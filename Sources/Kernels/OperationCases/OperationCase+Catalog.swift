import ComputeGraph

extension OperationCase {
    /// Every operation at several shapes: sizes that nets use, and odd sizes and channel counts that no
    /// vector length divides.
    public static let all: [OperationCase] =
        convolutions + dense + batchNorms + elementwise + pools + rowwise + attentions + tables + layouts

    private static func convolution(
        _ size: Int, _ width: Int, _ from: Int, _ to: Int, kernel: Int, stride: Int = 1, bias: Bool = false, batch: Int = 2,
        timedBatch: Int? = nil
    ) -> OperationCase {
        OperationCase(
            .convolution(channels: to, kernel: kernel, stride: stride, padding: kernel / 2, bias: bias),
            .image(height: size, width: width, channels: from), batch: batch, timedBatch: timedBatch)
    }

    static let convolutions: [OperationCase] = [
        // The stem, the blocks and the short cuts of a residual net on small photos.
        convolution(16, 16, 3, 32, kernel: 3, batch: 2, timedBatch: 64),
        convolution(8, 8, 32, 32, kernel: 3, timedBatch: 64),
        convolution(16, 16, 64, 64, kernel: 3, batch: 1, timedBatch: 64),
        convolution(8, 8, 64, 128, kernel: 3, stride: 2, batch: 1, timedBatch: 64),
        convolution(4, 4, 256, 256, kernel: 3, batch: 1, timedBatch: 64),
        convolution(8, 8, 64, 128, kernel: 1, batch: 2, timedBatch: 64),
        convolution(7, 9, 32, 64, kernel: 1, stride: 2),
        convolution(8, 8, 64, 64, kernel: 1, stride: 2),
        // Tails: channels that are no multiples of 16, odd sizes, batch 1, bias.
        convolution(9, 7, 3, 20, kernel: 3, stride: 2, bias: true, batch: 1),
        convolution(8, 8, 20, 33, kernel: 3),
        convolution(7, 5, 33, 48, kernel: 3, stride: 2, batch: 3),
        convolution(6, 6, 48, 20, kernel: 1, bias: true),
        convolution(5, 5, 33, 33, kernel: 1, stride: 2, batch: 1),
        convolution(5, 5, 1, 1, kernel: 3, bias: true),
        convolution(11, 11, 3, 24, kernel: 5, stride: 2, bias: true),
        convolution(12, 12, 3, 16, kernel: 7, stride: 2, batch: 1),
        convolution(3, 3, 40, 8, kernel: 3),
        convolution(1, 1, 16, 16, kernel: 1, batch: 1),
        OperationCase(.convolution(channels: 17, kernel: 2, stride: 2, padding: 0, bias: true), [6, 8, 5]),
        OperationCase(.convolution(channels: 32, kernel: 4, stride: 4, padding: 0, bias: true), [16, 16, 3]),
        OperationCase(.convolution(channels: 16, kernel: 3, stride: 1, padding: 0, bias: false), [6, 5, 16]),
        OperationCase(.convolution(channels: 16, kernel: 3, stride: 1, padding: 2, bias: false), [5, 6, 16]),
        OperationCase(.convolution(channels: 32, kernel: 3, stride: 2, padding: 0, bias: false), [8, 8, 16]),
    ]

    static let dense: [OperationCase] = [
        OperationCase(.dense(units: 2, bias: true), [256], batch: 3, timedBatch: 64),
        OperationCase(.dense(units: 128, bias: true), [16, 64], batch: 2, timedBatch: 64),
        OperationCase(.dense(units: 64, bias: false), [16, 33], batch: 2),
        OperationCase(.dense(units: 20, bias: true), [3], batch: 1),
        OperationCase(.dense(units: 1, bias: true), [48], batch: 5),
        OperationCase(.dense(units: 33, bias: true), [20], batch: 17, uses: 2),
    ]

    static let batchNorms: [OperationCase] = {
        let operation = Operation.batchNorm(epsilon: 1e-5, momentum: 0.1)
        return [
            OperationCase(operation, [4, 4, 32], batch: 3, timedBatch: 64),
            OperationCase(operation, [5, 3, 20], batch: 2, uses: 2),
            OperationCase(operation, [33], batch: 7, uses: 3),
            OperationCase(operation, [7, 7, 3], batch: 5),
            OperationCase(operation, [16, 16, 64], batch: 2, timedBatch: 64, fusion: Fusion(residual: false, relu: true)),
            OperationCase(operation, [3, 5, 20], batch: 4, fusion: Fusion(residual: false, relu: true), uses: 2),
            OperationCase(operation, [16, 16, 64], batch: 2, timedBatch: 64, fusion: Fusion(residual: true, relu: true), uses: 2),
            OperationCase(operation, [3, 3, 33], batch: 4, fusion: Fusion(residual: true, relu: true)),
            OperationCase(operation, [3, 3, 48], batch: 4, fusion: Fusion(residual: true, relu: false)),
            OperationCase(operation, [2, 3, 16], batch: 1, fusion: Fusion(residual: true, relu: true), uses: 3),
        ]
    }()

    static let elementwise: [OperationCase] =
        ActivationFunction.allCases.flatMap { function in
            [
                OperationCase(.activation(function), [33], batch: 3),
                OperationCase(.activation(function), [16, 16, 64], batch: 1, timedBatch: 64),
            ]
        } + [
            OperationCase(.add, [7, 5, 3], [7, 5, 3]),
            OperationCase(.add, [16, 16, 64], [16, 16, 64], batch: 1, timedBatch: 64, uses: 2),
            OperationCase(.multiply, [7, 5, 3], [7, 5, 3]),
            OperationCase(.multiply, [16, 64], [16, 64], uses: 2),
            OperationCase(.scale(by: -0.37), [5, 33]),
        ]

    static let pools: [OperationCase] = [
        OperationCase(.averagePool(kernel: 2, stride: 2), [16, 16, 64], batch: 1, timedBatch: 64),
        OperationCase(.averagePool(kernel: 2, stride: 2), [7, 5, 20]),
        OperationCase(.averagePool(kernel: 3, stride: 1), [5, 6, 3]),
        OperationCase(.averagePool(kernel: 2, stride: 3), [8, 7, 33], uses: 2),
        OperationCase(.maxPool(kernel: 2, stride: 2), [16, 16, 64], batch: 1, timedBatch: 64),
        OperationCase(.maxPool(kernel: 3, stride: 2), [9, 7, 20]),
        OperationCase(.maxPool(kernel: 3, stride: 1), [5, 5, 33], uses: 2),
        OperationCase(.globalAveragePool, [4, 4, 256], timedBatch: 64),
        OperationCase(.globalAveragePool, [3, 5, 20], batch: 1, uses: 2),
    ]

    static let rowwise: [OperationCase] = [
        OperationCase(.layerNorm(epsilon: 1e-5), [16, 64], timedBatch: 64),
        OperationCase(.layerNorm(epsilon: 1e-5), [5, 33], batch: 3, uses: 2),
        OperationCase(.layerNorm(epsilon: 1e-5), [3], batch: 70),
        OperationCase(.rmsNorm(epsilon: 1e-6), [16, 64], timedBatch: 64),
        OperationCase(.rmsNorm(epsilon: 1e-6), [7, 20], batch: 1, uses: 2),
        OperationCase(.softmax, [16, 64], timedBatch: 64),
        OperationCase(.softmax, [5, 33], batch: 3, uses: 2),
        OperationCase(.softmax, [2], batch: 1),
    ]

    /// Numbers of either sign that are exact in every precision.
    private static func exactNumbers(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 37 + 11) % 61 - 30) / 32 } }

    static let attentions: [OperationCase] = [
        OperationCase(.attention(heads: 4, causal: false), [48, 64], [48, 64], [48, 64], batch: 1, timedBatch: 64),
        OperationCase(.attention(heads: 2, causal: true), [20, 40], [20, 40], [20, 40], uses: 2),
        OperationCase(.attention(heads: 2, causal: true), [33, 32], [33, 32], [33, 32], [33], batch: 3),
        OperationCase(.attention(heads: 1, causal: false), [5, 17], [9, 17], [9, 17], [9], batch: 3),
        OperationCase(.attention(heads: 3, causal: false), [1, 48], [20, 48], [20, 48]),
        OperationCase(.matmul(transposeRight: false), [5, 7], [7, 20], batch: 3),
        OperationCase(.matmul(transposeRight: true), [5, 33], [20, 33], uses: 2),
        OperationCase(.matmul(transposeRight: false), [4, 32, 16], [4, 16, 48], batch: 2, timedBatch: 64),
        OperationCase(.matmul(transposeRight: true), [4, 32, 16], [4, 48, 16], batch: 2, timedBatch: 64),
        OperationCase(.linearMap(rows: 16, matrix: exactNumbers(256)), [16, 64], timedBatch: 64),
        OperationCase(.linearMap(rows: 3, matrix: exactNumbers(15)), [5, 33], batch: 3, uses: 2),
        OperationCase(.linearMap(rows: 1, matrix: exactNumbers(7)), [2, 7, 20]),
        OperationCase(.linearMap(rows: 6, matrix: exactNumbers(6)), [1, 3], batch: 1),
    ]

    static let tables: [OperationCase] = [
        OperationCase(.embedding(count: 100, width: 64), [20], timedBatch: 64),
        OperationCase(.embedding(count: 7, width: 20), [11], batch: 3, uses: 2),
        OperationCase(.embedding(count: 40, width: 3), [2, 5]),
        OperationCase(.offset(axes: 2), [16, 64], batch: 5, timedBatch: 64),
        OperationCase(.offset(axes: 1), [5, 20], batch: 3, uses: 2),
        OperationCase(.gain(axes: 1), [16, 64], batch: 3, timedBatch: 64),
        OperationCase(.gain(axes: 2), [5, 20], batch: 3, uses: 2),
        OperationCase(.dropout(rate: 0.3), [16, 64], batch: 3, timedBatch: 64),
        OperationCase(.dropout(rate: 0.5), [5, 33], uses: 2),
        OperationCase(.dropout(rate: 0), [7]),
    ]

    static let layouts: [OperationCase] = [
        OperationCase(.concat(axis: 2), [4, 5, 20], [4, 5, 33], [4, 5, 3]),
        OperationCase(.concat(axis: 0), [4, 20], [1, 20], uses: 2),
        OperationCase(.concat(axis: 1), [4, 5, 3], [4, 2, 3], batch: 3),
        OperationCase(.slice(axis: 0, from: 15, count: 1), [16, 64], timedBatch: 64),
        OperationCase(.slice(axis: 1, from: 2, count: 3), [4, 6, 5], batch: 3, uses: 2),
        OperationCase(.slice(axis: 2, from: 0, count: 33), [2, 3, 40]),
        OperationCase(.transpose(permutation: [1, 0]), [16, 64], timedBatch: 64),
        OperationCase(.transpose(permutation: [1, 0, 2]), [5, 4, 33], uses: 2),
        OperationCase(.transpose(permutation: [2, 0, 1]), [5, 4, 3], batch: 3),
    ]
}
