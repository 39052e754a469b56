import COneDNN

/// Products of small float32 matrices outside a program, for optimizers and solvers.
public enum MatrixMultiply {
    /// `result = left · right`, all row-major.
    ///
    /// - Parameters:
    ///   - left: `[rows, inner]`, or `[inner, rows]` when transposed.
    ///   - right: `[inner, columns]`, or `[columns, inner]` when transposed.
    ///   - result: `[rows, columns]`.
    public static func run(
        _ left: UnsafeMutableBufferPointer<Float>, transposingLeft: Bool = false, _ right: UnsafeMutableBufferPointer<Float>,
        transposingRight: Bool = false, into result: UnsafeMutableBufferPointer<Float>, rows: Int, inner: Int, columns: Int
    ) {
        precondition(left.count >= rows * inner && right.count >= inner * columns && result.count >= rows * columns, "matrices are smaller than \(rows)x\(inner)x\(columns)")
        let yes = CChar(UInt8(ascii: "T")), no = CChar(UInt8(ascii: "N"))
        let status = dnnl_sgemm(
            transposingLeft ? yes : no, transposingRight ? yes : no, dnnl_dim_t(rows), dnnl_dim_t(columns), dnnl_dim_t(inner), 1,
            left.baseAddress, dnnl_dim_t(transposingLeft ? rows : inner), right.baseAddress,
            dnnl_dim_t(transposingRight ? inner : columns), 0, result.baseAddress, dnnl_dim_t(columns))
        precondition(status == dnnl_success, "oneDNN refused a matrix product of \(rows)x\(inner)x\(columns)")
    }
}
