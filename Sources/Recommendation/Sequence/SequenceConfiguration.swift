import Kernels
import Training

/// Everything that decides what a sequence model is and how it is trained. The defaults are one recipe for all shops.
public struct SequenceConfiguration: Codable, Hashable, Sendable {
    // The network
    /// Numbers of an item's embedding and of every state, a multiple of `heads`.
    public var width = 64
    public var layers = 2
    public var heads = 1
    /// Events of a history that are looked at, the latest ones.
    public var maximumLength = 50
    /// Share of the low-pass branch beside attention, from 0 to 1.
    public var filterShare: Float = 0.7
    /// Frequencies of the Fourier transform that the low-pass filter keeps, counting zero, of `maximumLength / 2 + 1`.
    public var frequencies = 3
    /// Of the input and of every branch.
    public var dropout: Float = 0.5
    /// Of the shares of attention. It costs time and brought nothing measurable beside the other.
    public var attentionDropout: Float = 0

    // Training
    /// Networks that begin at different values and answer by the mean of what they say: each costs as much time as the first,
    /// in training and in answers.
    public var networks = 2
    /// Samples of a full step.
    public var batchSize = 256
    /// Passes over the samples at most.
    public var epochs = 16
    /// Samples of an epoch at most; of more, each epoch takes others.
    public var samplesPerEpoch = 1_000_000
    public var optimizer = OptimizerConfiguration.adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05)
    /// The rate at the schedule's peak.
    public var learningRate: Float = 0.002
    public var schedule = Schedule.constant
    /// Learning rate of the terms that describe items, as a share of `learningRate`; 0: descriptions are not used.
    public var descriptionRate: Float = 0.5
    /// Share of the target that is spread over all items.
    public var labelSmoothing: Float = 0
    /// Share of the old value that the moving average of the parameters keeps at each step; nil for no average.
    public var averaging: Float? = 0.999
    /// Largest Euclidean norm of all gradients together; nil for no clipping.
    public var gradientClipping: Float?
    /// Epochs without a better validation result after which training ends; nil to go on to the end.
    public var patience: Int? = 4
    /// Catalogs of more items are trained by sampled softmax.
    public var fullSoftmaxLimit = 25_000
    /// Items that a step of sampled softmax draws.
    public var negatives = 4096
    /// Of activations and products while training; nil for the fastest of this processor, which learns as well.
    public var precision: Precision?

    public init() {}

    /// A setting that no model can be made with.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public let setting: String
        public let problem: String

        public var description: String { "sequence model: \(setting) \(problem)" }
    }

    /// - Throws: `Invalid` naming the first setting out of its range.
    public func validate() throws(Invalid) {
        func require(_ holds: Bool, _ setting: String, _ problem: String) throws(Invalid) {
            if !holds { throw Invalid(setting: setting, problem: problem) }
        }
        try require((1...4096).contains(width), "width", "is \(width); give 1 to 4096")
        try require((1...64).contains(layers), "layers", "is \(layers); give 1 to 64")
        try require(
            heads >= 1 && heads <= width && width % heads == 0, "heads", "is \(heads) and must divide the width of \(width)")
        try require((1...1024).contains(maximumLength), "maximumLength", "is \(maximumLength); give 1 to 1024")
        try require(filterShare >= 0 && filterShare <= 1, "filterShare", "is \(filterShare); give 0 to 1")
        try require(
            frequencies >= 1 && frequencies <= maximumLength / 2 + 1, "frequencies",
            "is \(frequencies); give 1 to \(maximumLength / 2 + 1)")
        try require(dropout >= 0 && dropout < 1, "dropout", "is \(dropout); give 0 to below 1")
        try require(
            attentionDropout >= 0 && attentionDropout < 1, "attentionDropout", "is \(attentionDropout); give 0 to below 1")
        try require((1...16).contains(networks), "networks", "is \(networks); give 1 to 16")
        try require((1...65_536).contains(batchSize), "batchSize", "is \(batchSize); give 1 to 65536")
        try require(samplesPerEpoch >= 1, "samplesPerEpoch", "is \(samplesPerEpoch); give 1 or more")
        try require(epochs >= 0, "epochs", "is \(epochs); give 0 or more")
        try require(learningRate >= 0 && learningRate.isFinite, "learningRate", "is \(learningRate); give 0 or more")
        try require(
            descriptionRate >= 0 && descriptionRate.isFinite, "descriptionRate", "is \(descriptionRate); give 0 or more")
        try require(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", "is \(labelSmoothing); give 0 to below 1")
        try require(negatives >= 1, "negatives", "is \(negatives); give 1 or more")
    }
}
