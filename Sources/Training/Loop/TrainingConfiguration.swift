import ComputeGraph
import Kernels

/// A stretch of a run on inputs of one shape: small photos first are most of the learning at a quarter of the cost.
public struct InputPhase: Hashable, Codable, Sendable {
    /// Share of the run at which the phase ends, up to 1.
    public var until: Double
    public var shape: Shape
    /// Shape for validation during the phase. Crops enlarge what they show, so that photos seen whole want
    /// 1.15 to 1.25 times the training size (Touvron et al., 2019).
    public var evaluationShape: Shape

    public init(until: Double, shape: Shape, evaluationShape: Shape? = nil) {
        self.until = until
        self.shape = shape
        self.evaluationShape = evaluationShape ?? shape
    }
}

/// Everything that decides the course of a run, stored beside its results.
public struct TrainingConfiguration: Hashable, Codable, Sendable {
    public var epochs: Int
    public var batchSize: Int
    public var loss: Loss
    public var optimizer: OptimizerConfiguration
    public var schedule: Schedule
    /// The rate at the schedule's peak.
    public var peakLearningRate: Float
    public var phases: [InputPhase]
    /// Share of the old value that the moving average of the parameters keeps at each step; nil for no average.
    public var averaging: Float?
    /// Largest Euclidean norm of all gradients together; nil for no clipping.
    public var gradientClipping: Float?
    /// Batches whose gradients are averaged before a step.
    public var accumulation: Int
    public var precision: Precision
    public var seed: UInt64
    /// Epochs without a better validation result after which the run ends; nil to go on to the end.
    public var patience: Int?
    /// Epochs between evaluations in the first four fifths of the run; later every epoch is evaluated.
    public var evaluationInterval: Int
    /// Batches over which batch norm statistics are measured anew for the averaged parameters.
    public var statisticsBatches: Int

    public init(
        epochs: Int, batchSize: Int = 64, loss: Loss = .crossEntropy(labelSmoothing: 0.05), optimizer: OptimizerConfiguration = .defaultSGD,
        schedule: Schedule = .oneCycle(warmUp: 0.15), peakLearningRate: Float = 0.1, phases: [InputPhase],
        averaging: Float? = 0.998, gradientClipping: Float? = nil, accumulation: Int = 1, precision: Precision, seed: UInt64 = 1,
        patience: Int? = nil, evaluationInterval: Int = 1, statisticsBatches: Int = 16
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = schedule
        self.peakLearningRate = peakLearningRate
        self.phases = phases
        self.averaging = averaging
        self.gradientClipping = gradientClipping
        self.accumulation = accumulation
        self.precision = precision
        self.seed = seed
        self.patience = patience
        self.evaluationInterval = evaluationInterval
        self.statisticsBatches = statisticsBatches
    }

    /// The phase that an epoch belongs to.
    public func phase(epoch: Int) -> InputPhase {
        let progress = (Double(epoch) + 0.5) / Double(max(epochs, 1))
        guard let phase = phases.first(where: { progress < $0.until }) ?? phases.last else {
            preconditionFailure("a training configuration needs at least one input phase")
        }
        return phase
    }

    /// Whether validation is measured at the end of an epoch.
    public func evaluates(epoch: Int) -> Bool {
        epoch == epochs - 1 || epoch * 5 >= epochs * 4 || (epoch + 1) % max(evaluationInterval, 1) == 0
    }
}
