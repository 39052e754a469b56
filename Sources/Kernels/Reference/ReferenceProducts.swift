import ComputeGraph

/// Sums of products: convolution, dense, batched matrix product.
extension ReferenceKernels {
    static func convolution(
        _ source: [Double], _ shape: Shape, weights: [Double], bias: [Double]?, kernel: Int, stride: Int, padding: Int,
        _ output: Shape, batch: Int
    ) -> [Double] {
        let (height, width, channels) = (shape[0], shape[1], shape[2])
        let (outHeight, outWidth, filters) = (output[0], output[1], output[2])
        var result: [Double] = []
        result.reserveCapacity(batch * output.elementCount)
        for sample in 0..<batch {
            for outRow in 0..<outHeight {
                for outColumn in 0..<outWidth {
                    for filter in 0..<filters {
                        var sum = bias?[filter] ?? 0
                        for kernelRow in 0..<kernel {
                            let row = outRow * stride + kernelRow - padding
                            if row < 0 || row >= height { continue }
                            for kernelColumn in 0..<kernel {
                                let column = outColumn * stride + kernelColumn - padding
                                if column < 0 || column >= width { continue }
                                let pixel = ((sample * height + row) * width + column) * channels
                                for channel in 0..<channels {
                                    let weight = ((filter * channels + channel) * kernel + kernelRow) * kernel + kernelColumn
                                    sum += source[pixel + channel] * weights[weight]
                                }
                            }
                        }
                        result.append(sum)
                    }
                }
            }
        }
        return result
    }

    static func dense(_ source: [Double], width: Int, weights: [Double], bias: [Double]?, units: Int) -> [Double] {
        var result: [Double] = []
        for row in stride(from: 0, to: source.count, by: width) {
            for unit in 0..<units {
                var sum = bias?[unit] ?? 0
                for index in 0..<width { sum += source[row + index] * weights[unit * width + index] }
                result.append(sum)
            }
        }
        return result
    }

    static func matmul(
        _ left: [Double], _ leftShape: Shape, _ right: [Double], _ output: Shape, transposeRight: Bool
    ) -> [Double] {
        let (rows, inner) = (leftShape[leftShape.rank - 2], leftShape.last)
        let columns = output.last
        var result: [Double] = []
        for matrix in 0..<left.count / (rows * inner) {
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = 0.0
                    for index in 0..<inner {
                        let place = transposeRight ? column * inner + index : index * columns + column
                        sum += left[(matrix * rows + row) * inner + index] * right[matrix * inner * columns + place]
                    }
                    result.append(sum)
                }
            }
        }
        return result
    }

    /// A constant matrix times each `[length, width]`.
    static func linearMap(_ source: [Double], rows: Int, matrix: [Float], width: Int) -> [Double] {
        let length = matrix.count / rows
        return (0..<source.count / (length * width)).flatMap { block in
            (0..<rows * width).map { position -> Double in
                (0..<length).reduce(0) { sum, column in
                    sum + Double(matrix[position / width * length + column])
                        * source[(block * length + column) * width + position % width]
                }
            }
        }
    }
}
