import Foundation

/// Times of one thing measured several times, in seconds.
public struct Timing: Sendable, Hashable, Codable {
    public var median: Double
    public var lowest: Double
    public var highest: Double
    public var runs: Int

    /// - Precondition: `seconds` is not empty.
    public init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty, "a timing of no runs")
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        lowest = sorted[0]
        highest = sorted[sorted.count - 1]
        runs = sorted.count
    }

    public static func exactly(_ seconds: Double, runs: Int = 1) -> Timing {
        var timing = Timing([seconds])
        timing.runs = runs
        return timing
    }

    /// The time that a share of the runs does not exceed.
    ///
    /// - Precondition: `seconds` is not empty.
    public static func percentile(_ share: Double, of seconds: [Double]) -> Double {
        BootstrapInterval.quantile(share, ofSorted: seconds.sorted())
    }

    /// Runs `body` once unmeasured, then until both limits are reached.
    public static func samples(runs: Int, seconds: Double, warmUp: Int = 1, _ body: () throws -> Void) rethrows -> [Double] {
        for _ in 0..<warmUp { try body() }
        let clock = ContinuousClock()
        let start = clock.now
        var result: [Double] = []
        while result.count < max(runs, 1) || ((clock.now - start) / .seconds(1) < seconds && result.count < 20_000) {
            let began = clock.now
            try body()
            result.append((clock.now - began) / .seconds(1))
        }
        return result
    }
}
