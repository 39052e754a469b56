import ComputeGraph
import Reporting

/// Whether one model is better than another on the same users, or whether chance alone would make such a difference.
///
/// The interval is that of the paired bootstrap; the p-value that of the sign-flip permutation test (Fisher, 1935; for rankings
/// Smucker, Allan and Carterette, "A comparison of statistical significance tests for information retrieval evaluation", 2007):
/// if the models were alike, each user's difference might as well have had the other sign.
public struct PairedTest: Hashable, Codable, Sendable {
    public var first: String
    public var second: String
    /// What was compared, such as "NDCG@10".
    public var metric: String
    /// The first's mean less the second's.
    public var difference: ConfidenceInterval
    /// The share of sign flips whose difference is at least as large either way; never below `1 / (flips + 1)`.
    public var pValue: Double
    /// Permutations that were drawn.
    public var flips: Int

    /// - Parameters:
    ///   - values: one for each case of each model.
    ///   - users: whose each case is; one sign is drawn for each.
    public init(
        _ first: (name: String, values: [Double]), _ second: (name: String, values: [Double]), metric: String, users: [Int],
        flips: Int = 2_000, seed: UInt64 = 1, threads: Int = 1
    ) throws {
        (self.first, self.second, self.metric, self.flips) = (first.name, second.name, metric, flips)
        let differences = zip(first.values, second.values).map { $0 - $1 }
        difference = try UserBootstrap(users: users, seed: seed, threads: threads).intervals(of: differences.map { [$0] }).first
            ?? ConfidenceInterval(estimate: 0, lower: 0, upper: 0)
        var byUser: [Int: Double] = [:]
        for (user, value) in zip(users, differences) { byUser[user, default: 0] += value }
        // Who has no difference has no sign; in an order of their own, so that a run can be repeated.
        let sums = byUser.sorted { $0.key < $1.key }.map(\.value).filter { $0 != 0 }
        // Sums of the same numbers in another order may differ in the last bits.
        let observed = abs(sums.reduce(0, +)) - 1e-9
        var random = RandomSource(seed, 0x666C6970), reached = 0
        for _ in 0..<flips {
            var total = 0.0, bits: UInt64 = 0
            for (place, sum) in sums.enumerated() {
                if place & 63 == 0 { bits = random.next() }
                total += bits & 1 == 0 ? sum : -sum
                bits >>= 1
            }
            if abs(total) >= observed { reached += 1 }
        }
        pValue = Double(reached + 1) / Double(flips + 1)
    }

    /// In plain words.
    public var sentence: String {
        let signed = HumanReadable.decimal(difference.estimate, places: 4)
        let size = HumanReadable.decimal(abs(difference.estimate), places: 4)
        let range = "95 % of the draws lie between \(HumanReadable.decimal(difference.lower, places: 4)) and \(HumanReadable.decimal(difference.upper, places: 4))"
        guard pValue < 0.05 else {
            return "Between \(first) and \(second) no difference in \(metric) is proven: \(signed), \(range), p = \(HumanReadable.decimal(pValue, places: 3))."
        }
        let p = pValue <= 1.5 / Double(flips + 1) ? "p < \(HumanReadable.significant(1 / Double(flips), digits: 2))" : "p = \(HumanReadable.decimal(pValue, places: 3))"
        let word = difference.estimate > 0 ? "better" : "worse"
        return "\(first) is \(word) than \(second) by \(size) \(metric); \(range), \(p)."
    }
}
