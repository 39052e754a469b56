import Classification
import ComputeGraph
import Testing
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct CalibrationTests {
    /// Labels are drawn from `softmax(z)`, and the network is made to say `3 z`: the temperature is 3.
    @Test func findsTheTemperatureThatDistortedTheLogits() {
        var random = RandomSource(seed: 4)
        var observations = Observations(classCount: 2, views: 1, featureCount: 0)
        var labels: [Int] = []
        for _ in 0..<20_000 {
            let margin = 6 * random.uniform() - 3
            labels.append(random.uniform() < 1 / (1 + exp(-margin)) ? 1 : 0)
            observations.append(logits: [0, 3 * margin], features: [])
        }
        let fit = TemperatureFit(observations, labels: labels)
        #expect(abs(fit.calibration.temperature - 3) < 0.15)
        #expect(fit.lossAfter < fit.lossBefore)
    }

    @Test func evaluationCountsWhatWasAnswered() {
        func photo(_ label: Int, _ probability: Float, _ path: String) -> Evaluation.Photo {
            Evaluation.Photo(path: path, label: label, answer: Answer(probabilities: [1 - probability, probability]))
        }
        let evaluation = Evaluation(
            [photo(0, 0.1, "a"), photo(0, 0.2, "b"), photo(1, 0.9, "c"), photo(1, 0.45, "d"), photo(0, 0.99, "e")],
            classes: ["cat", "dog"])
        #expect(evaluation.correct == 3)
        #expect(evaluation.confusion == [[2, 1], [1, 1]])
        #expect(evaluation.byClass[0].precision == 2.0 / 3 && evaluation.byClass[1].recall == 0.5)
        #expect(evaluation.mistakes.map(\.path) == ["e", "d"])
        #expect(evaluation.suspectedLabels.map(\.path) == ["e"])
        // Of the six pairs of a dog and a cat, the dog scores higher in four.
        #expect(abs((evaluation.areaUnderCurve ?? 0) - 4.0 / 6) < 1e-9)
    }
}
