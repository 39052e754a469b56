import ComputeGraph
import Parallelism
import Reporting

/// Intervals of means over cases by drawing users again, all of a user's cases with them, for many numbers at once.
///
/// Percentile method (Efron, 1979); cases of one person are not independent, so persons are drawn, not cases. Two models that
/// are asked the same cases with the same seed meet the same draws.
public struct UserBootstrap: Sendable {
    public var resamples: Int
    public var seed: UInt64
    public var threads: Int
    /// For each case, its user from 0.
    private let places: [Int]
    private let userCount: Int

    /// - Parameters:
    ///   - users: whose each case is; equal numbers are one person.
    public init(users: [Int], resamples: Int = 1_000, seed: UInt64 = 1, threads: Int = 1) {
        var numbers: [Int: Int] = [:]
        places = users.map { user in
            let number = numbers[user] ?? numbers.count
            numbers[user] = number
            return number
        }
        userCount = numbers.count
        self.resamples = resamples
        self.seed = seed
        self.threads = threads
    }

    /// - Parameter rows: for each case, the same count of numbers.
    /// - Returns: for each of the numbers, its mean over the cases with a 95 % interval.
    public func intervals(of rows: [[Double]]) throws -> [ConfidenceInterval] {
        precondition(rows.count == places.count, "one row for each case")
        guard let width = rows.first?.count, width > 0 else { return [] }
        // A user's sums, and at the end of the row the count of cases.
        let stride = width + 1
        var sums = [Double](repeating: 0, count: userCount * stride)
        for (place, row) in zip(places, rows) {
            for column in 0..<width { sums[place * stride + column] += row[column] }
            sums[place * stride + width] += 1
        }
        let means = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        let (userCount, seed) = (userCount, seed)
        let resampled = try WorkerThreads.map(resamples, threads: threads) { [sums] in
            { draw in
                var random = RandomSource(seed, 0x626F6F74, UInt64(draw))
                var total = [Double](repeating: 0, count: stride)
                sums.withUnsafeBufferPointer { sums in
                    total.withUnsafeMutableBufferPointer { total in
                        for _ in 0..<userCount {
                            let user = Int(((random.next() >> 32) &* UInt64(userCount)) >> 32)
                            for column in 0..<stride { total[column] += sums[user * stride + column] }
                        }
                    }
                }
                return (0..<width).map { total[$0] / total[width] }
            }
        }
        return (0..<width).map { column in
            let values = resampled.map { $0[column] }.sorted()
            return ConfidenceInterval(
                estimate: means[column], lower: min(BootstrapInterval.quantile(0.025, ofSorted: values), means[column]),
                upper: max(BootstrapInterval.quantile(0.975, ofSorted: values), means[column]))
        }
    }
}
