import Foundation
import Recommendation
import Testing

@Suite struct LowPassFilterTests {
    /// The definition: transform, keep the lowest frequencies, transform back.
    private static func filtered(_ signal: [Double], frequencies: Int) -> [Double] {
        let count = signal.count
        var result = [Double](repeating: 0, count: count)
        for frequency in 0...count / 2 where frequency < frequencies {
            var (real, imaginary) = (0.0, 0.0)
            for (position, value) in signal.enumerated() {
                let angle = 2 * Double.pi * Double(frequency * position) / Double(count)
                real += value * cos(angle)
                imaginary -= value * sin(angle)
            }
            // A real signal's spectrum is mirrored: all but the two ends count twice.
            let share = (frequency == 0 || 2 * frequency == count ? 1 : 2) / Double(count)
            for position in 0..<count {
                let angle = 2 * Double.pi * Double(frequency * position) / Double(count)
                result[position] += share * (real * cos(angle) - imaginary * sin(angle))
            }
        }
        return result
    }

    private static func signal(_ count: Int) -> [Double] { (0..<count).map { sin(Double($0 * $0) * 1.7) + Double($0 % 3) } }

    @Test(arguments: [(1, 50), (7, 50), (50, 50), (9, 9), (5, 12)], [1, 2, 3, 5, 99])
    func agreesWithTheTransform(_ extents: (length: Int, period: Int), frequencies: Int) {
        let signal = Self.signal(extents.length)
        let padded = [Double](repeating: 0, count: extents.period - extents.length) + signal
        let expected = Self.filtered(padded, frequencies: frequencies).suffix(extents.length)
        let matrix = LowPassFilter(period: extents.period, frequencies: frequencies)
            .matrix(length: extents.length, rows: 0..<extents.length)
        for (row, value) in expected.enumerated() {
            let own = signal.indices.reduce(0) { $0 + Double(matrix[row * extents.length + $1]) * signal[$1] }
            #expect(abs(own - value) < 1e-5)
        }
    }

    @Test func rowsArePartsOfTheWholeAndComplementsAddToTheIdentity() {
        let filter = LowPassFilter(period: 20, frequencies: 3)
        let whole = filter.matrix(length: 11, rows: 0..<11)
        #expect(filter.matrix(length: 11, rows: 10..<11) == Array(whole.suffix(11)))
        for (position, (low, high)) in zip(whole, filter.complement(length: 11, rows: 0..<11)).enumerated() {
            #expect(abs(low + high - (position % 12 == 0 ? 1 : 0)) < 1e-6)
        }
    }

    @Test func filteringTwiceChangesNothingMore() {
        let length = 16
        let matrix = LowPassFilter(period: length, frequencies: 4).matrix(length: length, rows: 0..<length).map(Double.init)
        for row in 0..<length {
            for column in 0..<length {
                let square = (0..<length).reduce(0) { $0 + matrix[row * length + $1] * matrix[$1 * length + column] }
                #expect(abs(square - matrix[row * length + column]) < 1e-6)
            }
        }
    }
}
