import ComputeGraph

extension OperationCase {
    /// Every operation at several shapes: sizes that nets use, and odd sizes and channel counts that no
    /// vector length divides.
    public static let all: [OperationCase] =
        convolutions + dense + batchNorms + elementwise + pools

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
}
