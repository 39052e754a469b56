import COpenBLAS
import ComputeGraph

/// The largest eigenvalues of `RᵀR` and their vectors, for a sparse matrix `R` of users by items: subspace iteration from
/// random vectors (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011).
struct LeadingEigenvectors {
    /// Descending.
    private(set) var values: [Float]
    /// `[items, width]`: the vectors as columns, in the order of the values.
    private(set) var vectors: [Float]
    /// How many there are.
    let width: Int

    /// More vectors than are asked for, which makes the last of those exact sooner.
    private static let spare = 32

    /// - Parameters:
    ///   - rank: eigenvalues that must be good; there may be more.
    ///   - transposed: the same matrix, items by users.
    init(_ matrix: SparseMatrix, transposed: SparseMatrix, rank: Int, iterations: Int = 12, seed: UInt64, threads: Int) throws {
        let items = matrix.columns
        // A multiple of 16 for the loops in C. Where that is more than there are items, the rest comes out as zeros.
        width = (rank + Self.spare + 15) / 16 * 16
        values = []
        var random = RandomSource(seed, 0x617)
        vectors = (0..<items * width).map { _ in random.uniform() - 0.5 }
        var met = [Float](repeating: 0, count: matrix.rows * width)
        for _ in 0..<iterations {
            orthonormalize()
            try matrix.multiply(vectors, into: &met, width: width, threads: threads)
            try transposed.multiply(met, into: &vectors, width: width, threads: threads)
        }
        orthonormalize()
        // Within the subspace exactly (Rayleigh and Ritz).
        try matrix.multiply(vectors, into: &met, width: width, threads: threads)
        let (eigenvalues, rotation) = Self.eigenvectors(of: Self.gram(met, width: width), size: width)
        values = eigenvalues
        vectors = Self.product(vectors, rotation, width: width)
    }

    /// Turns the vectors into orthonormal ones of the same span, or zero.
    private mutating func orthonormalize() {
        // Twice, because the first time loses what the vectors have in common.
        for _ in 0..<2 {
            var (values, rotation) = Self.eigenvectors(of: Self.gram(vectors, width: width), size: width)
            let least = max(values.first ?? 0, 1e-30) * 1e-10
            values = values.map { $0 > least ? 1 / $0.squareRoot() : 0 }
            for row in 0..<width {
                for column in 0..<width { rotation[row * width + column] *= values[column] }
            }
            vectors = Self.product(vectors, rotation, width: width)
        }
    }

    private static func gram(_ matrix: [Float], width: Int) -> [Float] {
        var gram = [Float](repeating: 0, count: width * width)
        let size = Int32(width)
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, size, size, Int32(matrix.count / width), 1, matrix, size, matrix, size, 0, &gram, size)
        return gram
    }

    private static func product(_ matrix: [Float], _ right: [Float], width: Int) -> [Float] {
        var product = [Float](repeating: 0, count: matrix.count)
        let size = Int32(width)
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(matrix.count / width), size, size, 1, matrix, size, right, size, 0, &product, size)
        return product
    }

    /// Of a symmetric matrix: eigenvalues, descending, and their vectors as columns.
    private static func eigenvectors(of matrix: [Float], size: Int) -> (values: [Float], vectors: [Float]) {
        var columns = matrix, values = [Float](repeating: 0, count: size)
        var job = Int8(UInt8(ascii: "V")), triangle = Int8(UInt8(ascii: "U")), count = Int32(size), status: Int32 = 0
        var room = Int32(34 * size)
        var work = [Float](repeating: 0, count: Int(room))
        ssyev_(&job, &triangle, &count, &columns, &count, &values, &work, &room, &status)
        precondition(status == 0, "a symmetric matrix of finite numbers has eigenvectors")
        // They come ascending, one after the other.
        var vectors = [Float](repeating: 0, count: size * size)
        for place in 0..<size {
            for row in 0..<size { vectors[row * size + place] = columns[(size - 1 - place) * size + row] }
        }
        return (values.reversed(), vectors)
    }
}
