import Reporting
import TestSupport
import Testing

/// Expected values were computed with SciPy 1 and NumPy.
@Suite struct StatisticsTests {
    @Test(arguments: [
        (1e-10, -6.361340902404056), (0.001, -3.090232306167813), (0.02, -2.053748910631823),
        (0.025, -1.9599639845400545), (0.3, -0.5244005127080409), (0.5, 0.0), (0.9, 1.2815515655446004),
        (0.975, 1.959963984540054), (0.999999, 4.753424308817087),
    ])
    func normalQuantile(_ p: Double, _ z: Double) {
        #expect(abs(NormalDistribution.quantile(p) - z) < 1e-11)
    }

    @Test func normalDistributionEnds() {
        #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
        #expect(NormalDistribution.quantile(-0.1).isNaN && NormalDistribution.quantile(.nan).isNaN)
        #expect(abs(NormalDistribution.cumulative(-5) - 2.866515718791933e-07) < 1e-20)
        #expect(abs(NormalDistribution.cumulative(0.3) - 0.6179114221889526) < 1e-15)
    }

    @Test(arguments: [
        (1_956, 2_000, 0.95, 0.9705962109134401, 0.9835710918856824), (0, 10, 0.95, 0.0, 0.27753279986288926),
        (10, 10, 0.95, 0.7224672001371109, 1.0), (3, 7, 0.99, 0.11637368051613817, 0.8102850959116125),
        (3_906, 4_000, 0.95, 0.9713283715943783, 0.9807572789505361),
    ])
    func wilsonInterval(_ successes: Int, _ trials: Int, _ confidence: Double, _ lower: Double, _ upper: Double) {
        let interval = WilsonInterval.proportion(successes: successes, trials: trials, confidence: confidence)
        #expect(abs(interval.lower - lower) < 1e-11 && abs(interval.upper - upper) < 1e-11)
        #expect(interval.estimate == Double(successes) / Double(trials))
    }

    @Test func wilsonIntervalHoldsItsEstimateAndNeverLeavesZeroToOne() {
        for trials in 1...60 {
            for successes in -1...(trials + 1) {
                let interval = WilsonInterval.proportion(successes: successes, trials: trials)
                #expect(0 <= interval.lower && interval.lower <= interval.estimate)
                #expect(interval.estimate <= interval.upper && interval.upper <= 1)
            }
        }
        let none = WilsonInterval.proportion(successes: 0, trials: 0)
        #expect(none.estimate.isNaN && none.lower == 0 && none.upper == 1)
    }

    @Test func quantilesAreThoseOfNumPy() {
        let values = [3.1, 0.2, 5.5, 2.2, 9.0, 4.4].sorted()
        for (share, expected) in [(0, 0.2), (0.025, 0.45), (0.33, 2.785), (0.5, 3.75), (0.975, 8.5625), (1, 9)] {
            #expect(abs(BootstrapInterval.quantile(share, ofSorted: values) - expected) < 1e-12)
        }
    }

    /// 200,000 resamples in NumPy give [0.43898, 0.55132]; 4,000 are within a thousandth or two of that.
    @Test func bootstrapIntervalOfAMean() {
        let values = (0..<101).map { Double(($0 * 37) % 101) / 101 }
        var generator = SeededGenerator(seed: 1)
        let interval = BootstrapInterval.estimate(count: 101, resamples: 4_000, using: &generator) { indices in
            indices.reduce(0) { $0 + values[$1] } / Double(indices.count)
        }
        #expect(abs(interval.estimate - 0.4950495049504952) < 1e-12)
        #expect(abs(interval.lower - 0.43898) < 0.005 && abs(interval.upper - 0.55132) < 0.005)
    }

    @Test func bootstrapRepeatsWithItsSeedAndLeavesOutWhatCannotBeComputed() {
        func interval(seed: UInt64) -> ConfidenceInterval {
            var generator = SeededGenerator(seed: seed)
            return BootstrapInterval.estimate(count: 9, resamples: 200, using: &generator) { indices in
                indices.contains(0) ? Double(indices.reduce(0, +)) : .nan
            }
        }
        #expect(interval(seed: 3) == interval(seed: 3) && interval(seed: 3) != interval(seed: 4))
        #expect(interval(seed: 3).lower.isFinite)
        var generator = SeededGenerator(seed: 1)
        #expect(BootstrapInterval.estimate(count: 0, using: &generator) { _ in 1 }.estimate.isNaN)
    }

    @Test(arguments: [
        (10, 0.2657142857142857, 0.62), (15, 0.2885714285714286, 0.62), (4, 0.14571428571428563, 0.5),
    ])
    func calibrationError(_ binCount: Int, _ expected: Double, _ maximum: Double) {
        let confidences = [0.55, 0.62, 0.71, 0.78, 0.83, 0.86, 0.91, 0.93, 0.95, 0.97, 0.99, 1.0, 0.2, 0.5]
        let right = [1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1]
        let bins = ReliabilityBins(confidences: confidences, isRight: right.map { $0 == 1 }, binCount: binCount)
        #expect(bins.bins.count == binCount && bins.count == 14)
        #expect(abs(bins.expectedCalibrationError - expected) < 1e-12)
        #expect(abs(bins.maximumCalibrationError - maximum) < 1e-12)
    }

    @Test func calibrationOfOddAnswers() {
        let odd = ReliabilityBins(confidences: [.nan, 7, -1, 0], isRight: [true, true, false, false], binCount: 0)
        #expect(odd.bins.count == 1 && odd.count == 3)
        let none = ReliabilityBins(confidences: [], isRight: [])
        #expect(none.expectedCalibrationError.isNaN && none.maximumCalibrationError.isNaN)
        let sure = ReliabilityBins(confidences: (0..<10).map { _ in 0.9 }, isRight: (0..<10).map { $0 < 6 })
        #expect(abs(sure.meanOverconfidence - 0.3) < 1e-12)
    }

    @Test func areaUnderTheCurveCountsTiesHalf() throws {
        let positives = [0.9, 0.8, 0.8, 0.55, 0.4, 0.4, 0.7]
        let negatives = [0.8, 0.5, 0.4, 0.3, 0.1, 0.4]
        let curve = try #require(ReceiverOperatingCurve(positives: positives, negatives: negatives))
        #expect(abs(curve.area - 0.7857142857142857) < 1e-12)
        #expect(curve.points.first?.truePositiveRate == 0 && curve.points.last?.truePositiveRate == 1)
        let turned = try #require(ReceiverOperatingCurve(positives: negatives, negatives: positives))
        #expect(abs(curve.area + turned.area - 1) < 1e-12)
    }

    @Test func areaUnderTheCurveIsTheChanceOfTheRightOrder() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let positives = (0..<17).map { _ in Double(Int.random(in: 2..<12, using: &generator)) }
            let negatives = (0..<23).map { _ in Double(Int.random(in: 0..<9, using: &generator)) }
            var wins = 0.0
            for p in positives { for n in negatives { wins += p > n ? 1 : p == n ? 0.5 : 0 } }
            let curve = try #require(ReceiverOperatingCurve(positives: positives, negatives: negatives))
            #expect(abs(curve.area - wins / Double(17 * 23)) < 1e-12)
        }
    }

    @Test func curveNeedsBothGroupsAndNumbers() throws {
        #expect(ReceiverOperatingCurve(positives: [], negatives: [1]) == nil)
        #expect(ReceiverOperatingCurve(positives: [1], negatives: []) == nil)
        #expect(ReceiverOperatingCurve(positives: [1, .nan], negatives: [0]) == nil)
        #expect(ReceiverOperatingCurve(positives: [.infinity], negatives: [-.infinity])?.area == 1)
    }

    @Test func thresholdKeepsTheShareAskedFor() throws {
        let positives = (1...100).map(Double.init)
        let curve = try #require(ReceiverOperatingCurve(positives: positives, negatives: [0.5]))
        let threshold = curve.threshold(findingPositives: 0.98)
        #expect(threshold == 3)
        #expect(positives.filter { $0 >= threshold }.count == 98)
    }
}
