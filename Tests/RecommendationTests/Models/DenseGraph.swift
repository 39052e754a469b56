import Foundation
import Recommendation

/// Who met what, as full matrices of doubles: what filters over the graph are compared with.
struct DenseGraph {
    /// `[users][items]`: divided by powers of how much each user and each item met.
    var met: [[Double]] = []
    /// How much each item was met.
    var frequencies: [Double] = []
    /// `[items][items]`: the products of the columns of `met`.
    var products: [[Double]] = []

    init(_ data: TrainingData, userPower: Double) {
        let matrix = InteractionMatrix(data), items = matrix.columns
        var dense = (0..<matrix.rows).map { _ in [Double](repeating: 0, count: items) }
        for user in 0..<matrix.rows {
            for position in matrix.range(of: user) { dense[user][Int(matrix.indices[position])] = Double(matrix.values[position]) }
        }
        let frequencies = (0..<items).map { item in dense.reduce(0) { $0 + $1[item] } }
        for user in dense.indices {
            let amount = dense[user].reduce(0, +)
            for item in 0..<items where dense[user][item] > 0 { dense[user][item] *= pow(amount, -userPower / 2) / frequencies[item].squareRoot() }
        }
        (met, self.frequencies) = (dense, frequencies)
        products = (0..<items).map { left in (0..<items).map { right in dense.reduce(0) { $0 + $1[left] * $1[right] } } }
    }

    /// Of the products.
    var eigenvectors: [(value: Double, vector: [Double])] { Self.eigenvectors(of: products) }

    /// Eigenvalues, descending, and vectors of a symmetric matrix, by Jacobi's rotations.
    static func eigenvectors(of matrix: [[Double]]) -> [(value: Double, vector: [Double])] {
        let count = matrix.count
        var matrix = matrix, vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
        for _ in 0..<30 {
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) where abs(matrix[p][q]) > 1e-14 {
                    let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
                    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot(), sine = tangent * cosine
                    for k in 0..<count {
                        (matrix[k][p], matrix[k][q]) = (cosine * matrix[k][p] - sine * matrix[k][q], sine * matrix[k][p] + cosine * matrix[k][q])
                    }
                    for k in 0..<count {
                        (matrix[p][k], matrix[q][k]) = (cosine * matrix[p][k] - sine * matrix[q][k], sine * matrix[p][k] + cosine * matrix[q][k])
                        (vectors[p][k], vectors[q][k]) = (cosine * vectors[p][k] - sine * vectors[q][k], sine * vectors[p][k] + cosine * vectors[q][k])
                    }
                }
            }
        }
        return (0..<count).map { (matrix[$0][$0], vectors[$0]) }.sorted { $0.0 > $1.0 }
    }
}
