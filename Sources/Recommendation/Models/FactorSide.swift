import COpenBLAS
import CRanking
import Parallelism

/// The users or the items of a factorization: their entries, and factors that are solved in place.
final class FactorSide {
    private let offsets: [Int64]
    private let columns: [UInt32]
    private let confidences: [Float]
    let width: Int
    /// `[rows, width]`.
    let factors: UnsafeMutableBufferPointer<Float>

    var rows: Int { offsets.count - 1 }

    init(_ matrix: InteractionMatrix, confidence: Float, width: Int) {
        offsets = matrix.offsets.map(Int64.init)
        columns = matrix.indices
        confidences = matrix.values.map { confidence * $0 }
        self.width = width
        factors = .allocate(capacity: matrix.rows * width)
        factors.initialize(repeating: 0)
    }

    deinit { factors.deallocate() }

    /// Solves all rows for the factors of the other side.
    func solve(against other: FactorSide, _ configuration: AlternatingLeastSquares.Configuration, threads: Int) throws {
        let gram = other.gram(penalty: configuration.penalty)
        let rowsAtOnce = 256
        // Proof: pieces are rows of their own, nobody else touches the factors meanwhile, and everything else is only read.
        nonisolated(unsafe) let (own, fixed) = (factors.baseAddress!, UnsafePointer(other.factors.baseAddress!))
        let (offsets, columns, confidences, width, rows) = (offsets, columns, confidences, width, rows)
        try WorkerThreads.forEach((rows + rowsAtOnce - 1) / rowsAtOnce, threads: threads) {
            { piece in
                Self.withProblem(
                    offsets: offsets, columns: columns, confidences: confidences, fixed: fixed, gram: gram, width: width,
                    steps: configuration.steps
                ) { cr_solve_factors(&$0, own, piece * rowsAtOnce, min((piece + 1) * rowsAtOnce, rows)) }
            }
        }
    }

    /// Hands the C loop its pointers.
    static func withProblem(
        offsets: [Int64], columns: [UInt32], confidences: [Float], fixed: UnsafePointer<Float>, gram: [Float], width: Int, steps: Int,
        _ body: (inout cr_factor_problem) -> Void
    ) {
        guard !columns.isEmpty else { return }
        offsets.withUnsafeBufferPointer { offsets in
            columns.withUnsafeBufferPointer { columns in
                confidences.withUnsafeBufferPointer { confidences in
                    gram.withUnsafeBufferPointer { gram in
                        var problem = cr_factor_problem(
                            offsets: offsets.baseAddress!, columns: columns.baseAddress!, confidences: confidences.baseAddress!,
                            fixed: fixed, gram: gram.baseAddress!, width: width, steps: steps)
                        body(&problem)
                    }
                }
            }
        }
    }

    /// Replaces vectors by those whose products with a symmetric matrix they are; false where the matrix is not positive
    /// definite. The matrix is overwritten.
    static func solve(_ matrix: UnsafeMutableBufferPointer<Float>, width: Int, _ vectors: inout [Float]) -> Bool {
        var triangle = Int8(UInt8(ascii: "L")), size = Int32(width), stride = Int32(width), status: Int32 = 0
        var columns = Int32(vectors.count / width)
        spotrf_(&triangle, &size, matrix.baseAddress!, &stride, &status)
        guard status == 0 else { return false }
        spotrs_(&triangle, &size, &columns, matrix.baseAddress!, &stride, &vectors, &stride, &status)
        return status == 0
    }

    /// The sum of the factors' outer products, with the penalty on the diagonal.
    func gram(penalty: Float) -> [Float] {
        var gram = [Float](repeating: 0, count: width * width)
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(width), Int32(width), Int32(rows), 1, factors.baseAddress!, Int32(width),
            factors.baseAddress!, Int32(width), 0, &gram, Int32(width))
        for index in 0..<width { gram[index * width + index] += penalty }
        return gram
    }
}
