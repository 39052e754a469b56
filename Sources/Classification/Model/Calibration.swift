#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What turns logits into probabilities one can rely on: `softmax(logits / temperature)` (Guo et al., 2017).
public struct Calibration: Hashable, Codable, Sendable {
    /// Above 0; 1 changes nothing.
    public var temperature: Float
    /// Whether the mean of the photo's and its mirror image's probabilities is the answer.
    public var flipAveraging: Bool

    public init(temperature: Float, flipAveraging: Bool) {
        self.temperature = temperature
        self.flipAveraging = flipAveraging
    }

    public static let none = Calibration(temperature: 1, flipAveraging: false)

    /// How often the network looks at a photo: as it is, and perhaps mirrored.
    public var views: Int { flipAveraging ? 2 : 1 }

    /// The probabilities of the classes.
    ///
    /// - Parameter logits: `[views, classes]` of one photo.
    /// - Returns: one probability a class; they add up to 1.
    public func probabilities(_ logits: some RandomAccessCollection<Float>, classes: Int) -> [Float] {
        let logits = Array(logits)
        let views = logits.count / classes
        precondition(views >= 1 && logits.count == views * classes, "\(logits.count) logits for \(classes) classes")
        var mean = [Float](repeating: 0, count: classes)
        for view in 0..<views {
            let part = logits[view * classes..<(view + 1) * classes]
            let largest = part.max()!
            let exponentials = part.map { exp(($0 - largest) / temperature) }
            let total = exponentials.reduce(0, +) * Float(views)
            for index in 0..<classes { mean[index] += exponentials[index] / total }
        }
        return mean
    }
}
