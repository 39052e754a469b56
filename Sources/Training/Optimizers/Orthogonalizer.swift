import Kernels

/// The nearest semi-orthogonal matrix, approximately: five steps of a quintic Newton-Schulz iteration,
/// whose coefficients bring every singular value near 1 (Jordan et al., 2024).
package final class Orthogonalizer {
    private static let coefficients: (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
    private static let steps = 5

    package init() {}

    /// - Parameters:
    ///   - matrix: row-major `[rows, columns]`, replaced by the result.
    package func orthogonalize(_ matrix: inout [Float], rows: Int, columns: Int) {
        let norm = matrix.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot() + 1e-7
        for index in matrix.indices { matrix[index] /= norm }
        // The Gram matrix of the shorter side is the cheaper one.
        let tall = rows > columns
        let side = min(rows, columns)
        let (a, b, c) = Self.coefficients
        var gram = [Float](repeating: 0, count: side * side)
        var polynomial = gram
        var next = matrix
        for _ in 0..<Self.steps {
            if tall {
                MatrixMultiply.run(matrix, transposingLeft: true, matrix, into: &gram, rows: side, inner: rows, columns: side)
            } else {
                MatrixMultiply.run(matrix, matrix, transposingRight: true, into: &gram, rows: side, inner: columns, columns: side)
            }
            MatrixMultiply.run(gram, gram, into: &polynomial, rows: side, inner: side, columns: side)
            for index in gram.indices { polynomial[index] = b * gram[index] + c * polynomial[index] }
            if tall {
                MatrixMultiply.run(matrix, polynomial, into: &next, rows: rows, inner: side, columns: side)
            } else {
                MatrixMultiply.run(polynomial, matrix, into: &next, rows: side, inner: side, columns: columns)
            }
            for index in matrix.indices { matrix[index] = a * matrix[index] + next[index] }
        }
    }
}
