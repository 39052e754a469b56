import Reporting
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a classifier is worth on photos whose classes are known. As JSON its names and their meaning are stable; shares
/// are 0 to 1.
public struct Evaluation: Codable, Hashable, Sendable {
    /// A photo that was answered.
    public struct Photo: Codable, Hashable, Sendable {
        public var path: String
        /// Index of its class.
        public var label: Int
        /// Calibrated, one a class.
        public var probabilities: [Float]
        public var isNeither: Bool

        public init(path: String, label: Int, answer: Answer) {
            self.path = path
            self.label = label
            probabilities = answer.probabilities
            isNeither = answer.isNeither
        }

        public var best: Int { probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0 }
        public var confidence: Float { probabilities[best] }
        public var isRight: Bool { best == label }
    }

    /// What is true of one class.
    public struct ClassResult: Codable, Hashable, Sendable {
        public var label: String
        /// Photos of the class.
        public var photos: Int
        /// Share of the photos answered with this class that are of it; absent when there are none.
        public var precision: Double?
        /// Share of the photos of this class that were answered with it.
        public var recall: Double?
    }

    /// A photo that could not be read.
    public struct Failure: Codable, Hashable, Sendable {
        public var path: String
        public var message: String

        public init(path: String, message: String) {
            self.path = path
            self.message = message
        }
    }

    public var classes: [String]
    public var photos: Int
    public var correct: Int
    /// Share of right answers with Wilson's 95 % interval. *Neither* plays no part in it: the most probable class counts.
    public var accuracy: ConfidenceInterval
    public var byClass: [ClassResult]
    /// `[true class][answer]`.
    public var confusion: [[Int]]
    /// Mean of minus the logarithm of the true class's probability, in nats.
    public var logLoss: Double
    public var expectedCalibrationError: Double
    public var reliability: ReliabilityBins
    /// Area under the receiver operating characteristic; with more than two classes the mean of each against the rest.
    public var areaUnderCurve: Double?
    /// Share of these photos that were called neither.
    public var calledNeither: Double
    /// Wrong answers, the most confident first.
    public var mistakes: [Photo]
    /// Photos whose label, rather than the answer, may be wrong, the most suspicious first: they are answered with
    /// another class as confidently as that class's own photos are on average (confident learning; Northcutt et al., 2021).
    public var suspectedLabels: [Photo]
    public var failures: [Failure]
    /// How well photos of other things are told, when some were given.
    public var neither: NeitherEvaluation?

    /// - Parameters:
    ///   - answered: photos with their answers.
    ///   - failures: photos that gave no picture, which count nowhere else.
    public init(_ answered: [Photo], classes: [String], failures: [Failure] = [], neither: NeitherEvaluation? = nil) {
        self.classes = classes
        self.failures = failures
        self.neither = neither
        photos = answered.count
        correct = answered.count { $0.isRight }
        // Without photos nothing is known; a number that is not one could not be written as JSON.
        accuracy = answered.isEmpty
            ? ConfidenceInterval(estimate: 0, lower: 0, upper: 1)
            : WilsonInterval.proportion(successes: correct, trials: photos)
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
        for photo in answered { confusion[photo.label][photo.best] += 1 }
        self.confusion = confusion
        byClass = classes.indices.map { index in
            let own = confusion[index].reduce(0, +), given = confusion.reduce(0) { $0 + $1[index] }
            let right = Double(confusion[index][index])
            return ClassResult(
                label: classes[index], photos: own, precision: given > 0 ? right / Double(given) : nil,
                recall: own > 0 ? right / Double(own) : nil)
        }
        logLoss = Self.logLoss(answered)
        let bins = ReliabilityBins(confidences: answered.map { Double($0.confidence) }, isRight: answered.map(\.isRight))
        reliability = bins
        expectedCalibrationError = bins.count > 0 ? bins.expectedCalibrationError : 0
        areaUnderCurve = Self.areaUnderCurve(answered, classes: classes.count)
        calledNeither = Double(answered.count { $0.isNeither }) / Double(max(answered.count, 1))
        mistakes = answered.filter { !$0.isRight }.sorted { ($0.confidence, $1.path) > ($1.confidence, $0.path) }
        suspectedLabels = Self.suspects(in: answered, classes: classes.count)
    }

    private static func logLoss(_ answered: [Photo]) -> Double {
        var sum = 0.0
        for photo in answered { sum -= log(Double(max(photo.probabilities[photo.label], .leastNormalMagnitude))) }
        return sum / Double(max(answered.count, 1))
    }

    private static func areaUnderCurve(_ answered: [Photo], classes: Int) -> Double? {
        // With two classes, one against the other says it all.
        let areas = (classes == 2 ? [1] : Array(0..<classes)).compactMap { index in
            ReceiverOperatingCurve(
                positives: answered.filter { $0.label == index }.map { Double($0.probabilities[index]) },
                negatives: answered.filter { $0.label != index }.map { Double($0.probabilities[index]) })?.area
        }
        return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
    }

    private static func suspects(in answered: [Photo], classes: Int) -> [Photo] {
        let usual = (0..<classes).map { index -> Float in
            let own = answered.filter { $0.label == index }
            return own.reduce(0) { $0 + $1.probabilities[index] } / Float(max(own.count, 1))
        }
        // An average below one half says nothing.
        return answered.filter { !$0.isRight && !$0.isNeither && $0.confidence >= max(usual[$0.best], 0.5) }
            .sorted { ($0.probabilities[$0.label], $0.path) < ($1.probabilities[$1.label], $1.path) }
    }
}
