/// Normal equations of a few unknowns, solved by Cholesky's decomposition.
struct NormalEquations {
    let size: Int
    /// Symmetric and positive definite; the lower half is read.
    var matrix: [Double]
    var right: [Double]

    init(size: Int) {
        self.size = size
        matrix = [Double](repeating: 0, count: size * size)
        right = [Double](repeating: 0, count: size)
    }

    /// Adds what one observation asks for.
    mutating func add(_ features: [Double], _ target: Double, weight: Double) {
        for row in 0..<size { right[row] += weight * features[row] * target }
        addProduct(features, weight: weight)
    }

    /// Adds the product of a column and itself to the matrix.
    mutating func addProduct(_ column: [Double], weight: Double) {
        matrix.withUnsafeMutableBufferPointer { matrix in
            column.withUnsafeBufferPointer { column in
                for row in 0..<size {
                    let scaled = weight * column[row], first = row * size
                    for other in 0...row { matrix[first + other] += scaled * column[other] }
                }
            }
        }
    }

    consuming func solution() -> [Double] {
        for row in 0..<size {
            for column in 0...row {
                var sum = matrix[row * size + column]
                for k in 0..<column { sum -= matrix[row * size + k] * matrix[column * size + k] }
                matrix[row * size + column] = row == column ? sum.squareRoot() : sum / matrix[column * size + column]
            }
            for k in 0..<row { right[row] -= matrix[row * size + k] * right[k] }
            right[row] /= matrix[row * size + row]
        }
        for row in (0..<size).reversed() {
            for k in (row + 1)..<max(size, row + 1) { right[row] -= matrix[k * size + row] * right[k] }
            right[row] /= matrix[row * size + row]
        }
        return right
    }
}
