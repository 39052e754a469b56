import Testing
import Training

@Suite struct EarlyStoppingTests {
    /// A run with these validation losses, nil where an epoch was not evaluated.
    private func store(_ losses: [Double?]) -> MetricStore {
        MetricStore(losses.enumerated().map { epoch, loss in
            EpochMetrics(
                epoch: epoch, step: epoch, shape: [8, 8, 3], learningRate: 0.1, trainingLoss: 1, trainingAccuracy: 0.5, validationLoss: loss,
                validationAccuracy: loss.map { 1 - $0 }, seconds: 1, cpuSeconds: 1, samplesPerSecond: 1, dataWait: 0)
        })
    }

    @Test func goesOnWhileItImproves() {
        #expect(!EarlyStopping(patience: 2).shouldStop(store([])))
        #expect(!EarlyStopping(patience: 2).shouldStop(store([0.9, 0.8, 0.7])))
        #expect(!EarlyStopping(patience: 2).shouldStop(store([0.9, 0.7, 0.8])))
    }

    @Test func stopsAfterItsPatience() {
        #expect(EarlyStopping(patience: 2).shouldStop(store([0.9, 0.7, 0.8, 0.75])))
        // Equal is not better.
        #expect(EarlyStopping(patience: 2).shouldStop(store([0.7, 0.7, 0.7])))
    }

    @Test func whatWasNotMeasuredIsNotTheBest() {
        let store = store([0.9, nil, 0.6, .nan, 0.8])
        #expect(store.best?.epoch == 2)
        #expect(store.evaluationsSinceBest == 2)
        #expect(EarlyStopping(patience: 2).shouldStop(store))
        #expect(!EarlyStopping(patience: 3).shouldStop(store))
        #expect(self.store([nil, nil, nil]).best == nil)
        #expect(!EarlyStopping(patience: 1).shouldStop(self.store([nil, nil, nil])))
    }
}
