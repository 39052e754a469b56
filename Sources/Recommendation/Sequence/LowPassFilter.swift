#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The lowest frequencies of a sequence: its discrete Fourier transform with all others set to zero, transformed back
/// (Shin et al., "An attentive inductive bias for sequential recommendation beyond the self-attention", 2024).
///
/// Sequences shorter than `period` count as if zeros stood before them, so that a frequency means the same at every
/// length. The filter is then one constant symmetric Toeplitz matrix for each length.
package struct LowPassFilter: Hashable, Sendable {
    /// Length of the transform.
    package let period: Int
    /// Frequencies kept, zero among them: at most `period / 2 + 1`, which keeps all.
    package let frequencies: Int

    package init(period: Int, frequencies: Int) {
        self.period = period
        self.frequencies = frequencies
    }

    /// What an element contributes to the one `distance` away.
    package func weight(distance: Int) -> Double {
        (0..<min(frequencies, period / 2 + 1)).reduce(0) { sum, frequency in
            // All but zero and the highest of an even period stand for themselves and their mirror image.
            let images = frequency == 0 || 2 * frequency == period ? 1.0 : 2.0
            return sum + images * cos(2 * .pi * Double(frequency * distance % period) / Double(period))
        } / Double(period)
    }

    /// The rows of the filter's matrix for sequences of a length, `[rows.count, length]`.
    package func matrix(length: Int, rows: Range<Int>) -> [Float] {
        let weights = (0..<length).map(weight(distance:))
        return rows.flatMap { row in (0..<length).map { Float(weights[abs(row - $0)]) } }
    }

    /// What the filter leaves, the identity less `matrix`.
    package func complement(length: Int, rows: Range<Int>) -> [Float] {
        let weights = (0..<length).map(weight(distance:))
        return rows.flatMap { row in (0..<length).map { Float((row == $0 ? 1 : 0) - weights[abs(row - $0)]) } }
    }
}
