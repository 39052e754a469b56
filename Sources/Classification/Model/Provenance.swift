/// Where a model comes from.
public struct Provenance: Hashable, Codable, Sendable {
    /// When training ended, ISO 8601 in UTC.
    public var created: String
    /// Digest of the training data.
    public var dataFingerprint: String
    public var trainingPhotos: Int
    public var validationPhotos: Int
    public var testPhotos: Int
    public var seed: UInt64
    public var epochs: Int
    public var trainingSeconds: Double
    public var cpuSeconds: Double
    /// Processor and instruction set.
    public var processor: String
    public var precision: String
    /// Versions of Tandem and oneDNN.
    public var versions: [String: String]
    /// Fingerprint of the model it was fine-tuned from, if any.
    public var parent: String?

    public init(
        created: String, dataFingerprint: String, trainingPhotos: Int, validationPhotos: Int, testPhotos: Int, seed: UInt64,
        epochs: Int, trainingSeconds: Double, cpuSeconds: Double, processor: String, precision: String,
        versions: [String: String], parent: String? = nil
    ) {
        self.created = created
        self.dataFingerprint = dataFingerprint
        self.trainingPhotos = trainingPhotos
        self.validationPhotos = validationPhotos
        self.testPhotos = testPhotos
        self.seed = seed
        self.epochs = epochs
        self.trainingSeconds = trainingSeconds
        self.cpuSeconds = cpuSeconds
        self.processor = processor
        self.precision = precision
        self.versions = versions
        self.parent = parent
    }
}
