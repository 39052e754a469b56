import ComputeGraph

/// Normalizations, along the batch and along the innermost axis.
extension ReferenceKernels {
    /// Mean and biased variance of each channel.
    package static func batchStatistics(_ source: [Double], channels: Int) -> (mean: [Double], variance: [Double]) {
        let rows = Double(source.count / channels)
        var mean = [Double](repeating: 0, count: channels)
        var variance = mean
        for (index, value) in source.enumerated() { mean[index % channels] += value / rows }
        for (index, value) in source.enumerated() {
            let difference = value - mean[index % channels]
            variance[index % channels] += difference * difference / rows
        }
        return (mean, variance)
    }

    static func batchNorm(
        _ source: [Double], _ statistics: (mean: [Double], variance: [Double]), scale: [Double], shift: [Double], epsilon: Double
    ) -> [Double] {
        source.enumerated().map { index, value in
            let channel = index % scale.count
            let deviation = (statistics.variance[channel] + epsilon).squareRoot()
            return (value - statistics.mean[channel]) / deviation * scale[channel] + shift[channel]
        }
    }

    static func layerNorm(_ source: [Double], scale: [Double], shift: [Double], epsilon: Double) -> [Double] {
        vectors(source, width: scale.count) { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            let deviation = (variance + epsilon).squareRoot()
            return row.enumerated().map { ($1 - mean) / deviation * scale[$0] + shift[$0] }
        }
    }

    static func rmsNorm(_ source: [Double], scale: [Double], epsilon: Double) -> [Double] {
        vectors(source, width: scale.count) { row in
            let deviation = (row.reduce(0) { $0 + $1 * $1 } / Double(row.count) + epsilon).squareRoot()
            return row.enumerated().map { $1 / deviation * scale[$0] }
        }
    }

    static func softmax(_ source: [Double], width: Int) -> [Double] {
        vectors(source, width: width, softmax)
    }

    /// The softmax of one vector; zeros when nothing in it is finite.
    static func softmax(_ row: [Double]) -> [Double] {
        let top = row.reduce(-.infinity, max)
        guard top > -.infinity else { return row.map { _ in 0 } }
        let powers = row.map { exponential($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// Maps each innermost vector.
    private static func vectors(_ source: [Double], width: Int, _ body: ([Double]) -> [Double]) -> [Double] {
        stride(from: 0, to: source.count, by: width).flatMap { body(Array(source[$0..<$0 + width])) }
    }
}
