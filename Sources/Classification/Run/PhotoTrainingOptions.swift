import ComputeGraph
import Imaging
import Kernels
import Training

/// What a user decides about a training run; the rest follows from the photos and the machine.
public struct PhotoTrainingOptions: Codable, Hashable, Sendable {
    /// Folder or CSV of the photos.
    public var source: String
    public var network: ResidualNetwork
    /// Side of the square training photos in the last phase, in pixels.
    public var size: Int
    /// Passes over the photos; nil plans them by `seconds`, or takes the default.
    public var epochs: Int?
    /// Time for the whole run; nil for no limit.
    public var seconds: Double?
    public var batchSize: Int
    public var optimizer: OptimizerConfiguration
    /// Nil for what is usual for the optimizer, a tenth of it from a starting model.
    public var peakLearningRate: Float?
    public var labelSmoothing: Float
    public var augmentation: Augmentation
    public var testPhotos: PhotoSplit.Amount
    public var validationPhotos: PhotoSplit.Amount
    public var precision: Precision
    public var threads: Int
    public var seed: UInt64
    public var patience: Int?
    /// Model file to begin from instead of random values.
    public var startingModel: String?
    /// Folder of photos of none of the classes, half of which weight the rule for *neither*, and half measure it.
    public var others: String?
    /// Side of the pictures in the cache, in pixels.
    public var cacheSide: Int

    /// Passes where neither a number nor a time is given.
    public static let defaultEpochs = 40

    public init(
        source: String, network: ResidualNetwork = .standard, size: Int = 128, epochs: Int? = nil, seconds: Double? = nil,
        batchSize: Int = 64, optimizer: OptimizerConfiguration = .defaultMuon, peakLearningRate: Float? = nil,
        labelSmoothing: Float = 0.05, augmentation: Augmentation = Augmentation(), testPhotos: PhotoSplit.Amount = .fraction(0.1),
        validationPhotos: PhotoSplit.Amount = .fraction(0.05), precision: Precision = InstructionSet.current.preferredPrecision,
        threads: Int, seed: UInt64 = 1, patience: Int? = nil, startingModel: String? = nil,
        others: String? = nil, cacheSide: Int = PhotoCache.defaultSide
    ) {
        self.source = source
        self.network = network
        self.size = size
        self.epochs = epochs
        self.seconds = seconds
        self.batchSize = batchSize
        self.optimizer = optimizer
        self.peakLearningRate = peakLearningRate
        self.labelSmoothing = labelSmoothing
        self.augmentation = augmentation
        self.testPhotos = testPhotos
        self.validationPhotos = validationPhotos
        self.precision = precision
        self.threads = threads
        self.seed = seed
        self.patience = patience
        self.startingModel = startingModel
        self.others = others
        self.cacheSide = cacheSide
    }

    /// Side at which photos are seen whole: crops enlarge what they show, so 1.25 times the training size.
    public var evaluationSize: Int { Self.rounded(Double(size) * 1.25) }

    /// The learning rate at its peak.
    public var learningRate: Float { peakLearningRate ?? optimizer.usualRate * (startingModel == nil ? 1 : 0.1) }

    /// Half size for the first 35 % of the run, three quarters up to 78 %, full size for the rest. A fine-tuned
    /// network needs no small photos first.
    var phases: [InputPhase] {
        func phase(until: Double, scale: Double) -> InputPhase {
            let side = Self.rounded(Double(size) * scale), seen = Self.rounded(Double(side) * 1.25)
            return InputPhase(until: until, shape: [side, side, 3], evaluationShape: [seen, seen, 3])
        }
        if startingModel != nil { return [phase(until: 1, scale: 1)] }
        return [phase(until: 0.35, scale: 0.5), phase(until: 0.78, scale: 0.75), phase(until: 1, scale: 1)]
    }

    /// To a multiple of 16, which the network's strides divide.
    private static func rounded(_ side: Double) -> Int { max(32, Int((side / 16).rounded()) * 16) }

    /// The engine's configuration for a number of epochs.
    func configuration(epochs: Int, batchSize: Int) -> TrainingConfiguration {
        TrainingConfiguration(
            epochs: epochs, batchSize: batchSize, loss: .crossEntropy(labelSmoothing: labelSmoothing), optimizer: optimizer,
            schedule: .oneCycle(warmUp: startingModel == nil ? 0.15 : 0.1), peakLearningRate: learningRate, phases: phases,
            precision: precision, seed: seed, patience: patience, evaluationInterval: 2)
    }
}
