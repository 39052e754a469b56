#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Which of what waits is brought to a good end next: a conditional logit of what was done with an item, what became of it
/// elsewhere, and what else its user met and ended well.
///
/// Without anything to learn from, it is the rule that is expected beforehand: the weight of what was done with the item times
/// the share of its waits that ended well.
struct WaitingChoice: Hashable, Codable, Sendable {
    /// What is known of one waiting item, as logarithms.
    struct Features {
        /// Shares, which count in the first power only; the first is that of the item's waits that ended well.
        var shares: [Double]
        /// Amounts, which count in the first and second powers; the first is the weight of what was done with the item.
        var amounts: [Double]

        static let (shares, amounts) = (4, 7)
        var all: [Double] { amounts + shares }
    }

    /// What was taken of what waited, and what was left.
    struct Occasion {
        var taken: [Features]
        var left: [Features]
    }

    private var means: [Double]
    private var scales: [Double]
    /// The least and the largest that were learned from: second powers do not reach beyond.
    private var least: [Double]
    private var most: [Double]
    private var logit: ConditionalLogit

    private static let size = Features.shares + Features.amounts + Features.amounts * (Features.amounts + 1) / 2
    /// One over the variance of the weights that is expected, in units of the spread of what they weigh.
    private static let strength = 10.0

    /// The rule that is expected beforehand.
    init() { self.init([]) }

    /// - Parameter occasions: those on which nothing was taken or nothing left say nothing.
    init(_ all: [Occasion]) {
        let occasions = all.filter { !$0.taken.isEmpty && !$0.left.isEmpty }
        let rows = occasions.flatMap { ($0.taken + $0.left).map(\.all) }, columns = 0..<Features.amounts + Features.shares
        let count = Double(max(rows.count, 1))
        let means = columns.map { column in rows.reduce(0) { $0 + $1[column] } / count }
        scales = columns.map { column in
            let variance = rows.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) } / count
            return variance > 1e-9 ? variance.squareRoot() : 1
        }
        self.means = means
        least = columns.map { column in rows.map { $0[column] }.min() ?? 0 }
        most = columns.map { column in rows.map { $0[column] }.max() ?? 0 }
        var expected = [Double](repeating: 0, count: Self.size)
        // Both in units of their spread.
        expected[0] = scales[0]
        expected[Features.amounts] = scales[Features.amounts]
        logit = ConditionalLogit(weights: expected)
        var choices = ConditionalLogit.Occasions(size: Self.size)
        for occasion in occasions { choices.add(taken: occasion.taken.map(expanded), left: occasion.left.map(expanded)) }
        if choices.count > 0 { logit = ConditionalLogit(choices, expected: expected, strength: Self.strength) }
    }

    /// The logarithm of how likely an item is the one, up to what all that wait with it share.
    func score(_ features: Features) -> Double { logit.score(expanded(features)) }

    private func expanded(_ features: Features) -> [Double] {
        let all = features.all
        var row = all.indices.map { (all[$0] - means[$0]) / scales[$0] }
        let bounded = (0..<Features.amounts).map { (min(max(all[$0], least[$0]), most[$0]) - means[$0]) / scales[$0] }
        for column in bounded.indices {
            for other in 0...column { row.append(bounded[column] * bounded[other]) }
        }
        return row
    }

    /// Whether it has as many numbers as it must, and none that makes no sense.
    var isWhole: Bool {
        [means, scales, least, most].allSatisfy { $0.count == Features.amounts + Features.shares && $0.allSatisfy(\.isFinite) }
            && scales.allSatisfy { $0 > 0 } && logit.weights.count == Self.size && logit.weights.allSatisfy(\.isFinite)
    }
}
