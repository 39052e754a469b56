import ComputeGraph

/// Pooling, and operations that only move values.
extension ReferenceKernels {
    /// `summary` of each square window of each channel.
    static func pool(
        _ source: [Double], _ shape: Shape, kernel: Int, stride: Int, _ output: Shape, batch: Int, _ summary: ([Double]) -> Double
    ) -> [Double] {
        let (height, width, channels) = (shape[0], shape[1], shape[2])
        var result: [Double] = []
        for sample in 0..<batch {
            for outRow in 0..<output[0] {
                for outColumn in 0..<output[1] {
                    for channel in 0..<channels {
                        let window = (0..<kernel * kernel).map { position -> Double in
                            let row = outRow * stride + position / kernel
                            let column = outColumn * stride + position % kernel
                            return source[((sample * height + row) * width + column) * channels + channel]
                        }
                        result.append(summary(window))
                    }
                }
            }
        }
        return result
    }

    static func globalAveragePool(_ source: [Double], _ shape: Shape, batch: Int) -> [Double] {
        let channels = shape.last
        let positions = shape.elementCount / channels
        var result = [Double](repeating: 0, count: batch * channels)
        for (index, value) in source.enumerated() {
            result[index / shape.elementCount * channels + index % channels] += value / Double(positions)
        }
        return result
    }

    static func concat(_ inputs: [[Double]], _ shapes: [Shape], axis: Int, _ output: Shape, batch: Int) -> [Double] {
        let outer = batch * output.dimensions.prefix(axis).reduce(1, *)
        let inner = output.dimensions.dropFirst(axis + 1).reduce(1, *)
        var result: [Double] = []
        for block in 0..<outer {
            for (values, shape) in zip(inputs, shapes) {
                let count = shape[axis] * inner
                result += values[block * count..<(block + 1) * count]
            }
        }
        return result
    }

    static func slice(_ source: [Double], _ shape: Shape, axis: Int, from: Int, _ output: Shape, batch: Int) -> [Double] {
        let outer = batch * shape.dimensions.prefix(axis).reduce(1, *)
        let inner = shape.dimensions.dropFirst(axis + 1).reduce(1, *)
        return (0..<outer).flatMap { block -> ArraySlice<Double> in
            let first = (block * shape[axis] + from) * inner
            return source[first..<first + output[axis] * inner]
        }
    }

    static func transpose(_ source: [Double], _ shape: Shape, _ permutation: [Int], _ output: Shape, batch: Int) -> [Double] {
        var strides = [Int](repeating: 1, count: shape.rank)
        for axis in (0..<max(shape.rank - 1, 0)).reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return (0..<batch).flatMap { sample in
            (0..<output.elementCount).map { position -> Double in
                var rest = position
                var place = sample * shape.elementCount
                for axis in (0..<output.rank).reversed() {
                    place += rest % output[axis] * strides[permutation[axis]]
                    rest /= output[axis]
                }
                return source[place]
            }
        }
    }
}
