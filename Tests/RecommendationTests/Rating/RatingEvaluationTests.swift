import ComputeGraph
import Interactions
import Recommendation
import Testing

@Suite struct RatingEvaluationTests {
    @Test func foldsDivideAllRatings() throws {
        let data = RatingData(try PlantedRatings().log)
        let folds = try RatingEvaluation.division(of: data, into: 5, seed: 1)
        let sizes = (0..<5).map { fold in folds.count { $0 == fold } }
        #expect(sizes.reduce(0, +) == data.ratings.count)
        #expect(sizes.max()! - sizes.min()! <= 1)
        #expect(try RatingEvaluation.division(of: data, into: 5, seed: 1) == folds)
        #expect(try RatingEvaluation.division(of: data, into: 5, seed: 2) != folds)
        let training = try RatingEvaluation.training(of: data, fold: 2, folds: 5)
        #expect(training.ratings.count == data.ratings.count - sizes[2])
    }

    @Test func errorsAreNearTheNoise() throws {
        let data = RatingData(try PlantedRatings(noise: 0.3, share: 0.6).log)
        let evaluation = try RatingEvaluation(crossValidating: data, folds: 3, configuration: .small())
        #expect(evaluation.folds.count == 3)
        #expect(evaluation.rmse > 0.27 && evaluation.rmse < 0.4)
        // Of a normal distribution, the mean absolute error is the square root of 2 / pi of the deviation.
        #expect(abs(evaluation.mae / evaluation.rmse - 0.798) < 0.05)
    }

    @Test func distributions() {
        var random = RandomSource(seed: 1)
        let normals = (0..<20_000).map { _ in random.normal() }
        let mean = normals.reduce(0, +) / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.04)
        for shape in [1.0, 3.5, 400] {
            let draws = (0..<20_000).map { _ in random.gamma(shape) }
            let mean = draws.reduce(0, +) / 20_000, variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
            #expect(draws.allSatisfy { $0 > 0 })
            #expect(abs(mean / shape - 1) < 0.03)
            #expect(abs(variance / shape - 1) < 0.08)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 7, 8, 1_000]) func frequencyBinsArePowersOfTwo(count: Int) {
        let bin = RatingClock.frequencyBin(count)
        #expect(1 << bin <= count && count < 2 << bin)
    }

    @Test func timesOutsideTheClockCountAsItsEnds() {
        let clock = RatingClock(first: 0, last: 99 * RatingClock.millisecondsPerDay, stretches: 10)
        #expect(clock.day(.min) == 0 && clock.day(.max) == 99)
        #expect(clock.stretch(.min) == 0 && clock.stretch(.max) == 9)
        #expect(RatingClock.deviation(day: 3, usual: 5) == -RatingClock.deviation(day: 7, usual: 5))
    }
}
