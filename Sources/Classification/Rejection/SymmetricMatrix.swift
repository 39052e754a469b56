/// A symmetric positive definite matrix, and the factor that whitens what it is the covariance of.
struct SymmetricMatrix {
    let size: Int
    /// Row-major, in double precision: the sums are over thousands of photos.
    var values: [Double]

    init(size: Int) {
        self.size = size
        values = [Double](repeating: 0, count: size * size)
    }

    subscript(row: Int, column: Int) -> Double {
        get { values[row * size + column] }
        set { values[row * size + column] = newValue }
    }

    /// Adds `weight` times the product of a vector with itself.
    mutating func addProduct(of vector: [Double], weight: Double = 1) {
        values.withUnsafeMutableBufferPointer { values in
            for row in 0..<size where vector[row] != 0 {
                let factor = vector[row] * weight
                for column in 0...row { values[row * size + column] += factor * vector[column] }
            }
        }
    }

    /// Copies the lower triangle to the upper one.
    mutating func symmetrize() {
        for row in 0..<size { for column in 0..<row { self[column, row] = self[row, column] } }
    }

    /// The inverse of the lower Cholesky factor `L`, row-major: with it, `values` becomes the identity. Uses the lower
    /// triangle only.
    ///
    /// - Returns: nil when the matrix is not positive definite.
    func inverseCholeskyFactor() -> [Double]? {
        var factor = values
        let n = size
        for column in 0..<n {
            for row in column..<n {
                var sum = factor[row * n + column]
                for k in 0..<column { sum -= factor[row * n + k] * factor[column * n + k] }
                if row == column {
                    guard sum > 0 else { return nil }
                    factor[row * n + column] = sum.squareRoot()
                } else {
                    factor[row * n + column] = sum / factor[column * n + column]
                }
            }
        }
        var inverse = [Double](repeating: 0, count: n * n)
        for column in 0..<n {
            inverse[column * n + column] = 1 / factor[column * n + column]
            for row in (column + 1)..<max(n, column + 1) {
                var sum = 0.0
                for k in column..<row { sum -= factor[row * n + k] * inverse[k * n + column] }
                inverse[row * n + column] = sum / factor[row * n + row]
            }
        }
        return inverse
    }
}
