import CRanking
import Parallelism

/// An interaction matrix as the loops in C take it.
struct SparseMatrix: Sendable {
    let rows: Int
    let columns: Int
    let offsets: [Int64]
    let indices: [UInt32]
    let values: [Float]

    init(_ matrix: InteractionMatrix) {
        rows = matrix.rows
        columns = matrix.columns
        offsets = matrix.offsets.map(Int64.init)
        indices = matrix.indices
        values = matrix.values
    }

    func range(of row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }

    /// Multiplies with a dense matrix, `[columns, width]`, into `[rows, width]`.
    ///
    /// - Parameter width: a multiple of 16.
    func multiply(_ dense: UnsafePointer<Float>, into products: UnsafeMutablePointer<Float>, width: Int, threads: Int) throws {
        let rowsAtOnce = 512, rows = rows
        // Proof: pieces are rows of their own of the products, and the dense matrix is only read.
        nonisolated(unsafe) let (source, destination) = (dense, products)
        try WorkerThreads.forEach((rows + rowsAtOnce - 1) / rowsAtOnce, threads: threads) {
            { piece in
                offsets.withUnsafeBufferPointer { offsets in
                    indices.withUnsafeBufferPointer { indices in
                        values.withUnsafeBufferPointer { values in
                            var matrix = cr_sparse_matrix(
                                rows: rows, offsets: offsets.baseAddress, columns: indices.baseAddress, values: values.baseAddress)
                            cr_sparse_products(&matrix, source, destination, width, piece * rowsAtOnce, min((piece + 1) * rowsAtOnce, rows))
                        }
                    }
                }
            }
        }
    }
}
