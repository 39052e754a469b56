import ComputeGraph

/// What was measured in one epoch.
public struct EpochMetrics: Hashable, Codable, Sendable {
    /// From 0.
    public var epoch: Int
    public var step: Int
    /// Extents of the training inputs.
    public var shape: Shape
    public var learningRate: Double
    public var trainingLoss: Double
    /// Share of training samples classified right, as augmented.
    public var trainingAccuracy: Double
    /// Nil in epochs that were not evaluated.
    public var validationLoss: Double?
    public var validationAccuracy: Double?
    /// Seconds since the run began, earlier sessions of a resumed run included.
    public var seconds: Double
    /// Processor time over all threads.
    public var cpuSeconds: Double
    public var samplesPerSecond: Double
    /// Share of the epoch that compute waited for data.
    public var dataWait: Double

    public init(
        epoch: Int, step: Int, shape: Shape, learningRate: Double, trainingLoss: Double, trainingAccuracy: Double,
        validationLoss: Double? = nil, validationAccuracy: Double? = nil, seconds: Double, cpuSeconds: Double,
        samplesPerSecond: Double, dataWait: Double
    ) {
        self.epoch = epoch
        self.step = step
        self.shape = shape
        self.learningRate = learningRate
        self.trainingLoss = trainingLoss
        self.trainingAccuracy = trainingAccuracy
        self.validationLoss = validationLoss
        self.validationAccuracy = validationAccuracy
        self.seconds = seconds
        self.cpuSeconds = cpuSeconds
        self.samplesPerSecond = samplesPerSecond
        self.dataWait = dataWait
    }
}

/// The epochs of a run so far.
public struct MetricStore: Hashable, Codable, Sendable {
    public private(set) var epochs: [EpochMetrics] = []

    public init(_ epochs: [EpochMetrics] = []) { self.epochs = epochs }

    public mutating func append(_ metrics: EpochMetrics) { epochs.append(metrics) }

    /// The evaluated epoch with the lowest validation loss; of equal ones the first.
    public var best: EpochMetrics? {
        epochs.filter { ($0.validationLoss ?? .nan).isFinite }.min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
    }

    /// Evaluations since the best one.
    public var evaluationsSinceBest: Int {
        guard let best else { return 0 }
        return epochs.filter { $0.epoch > best.epoch && $0.validationLoss != nil }.count
    }
}
