import ComputeGraph
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension RejectionRule {
    /// The share of photos of the classes that a rule keeps, unless told otherwise.
    public static let defaultKeptShare = 0.98

    /// Features that tell unknown photos: the mean and the mean square of every channel at each depth, taken where residual
    /// blocks end.
    public static func defaultFeatures(of graph: Graph) -> [PooledFeature] {
        // A block ends with an activation of a sum.
        let ends = graph.nodes.filter { node in
            guard case .activation = node.operation, let input = node.inputs.first else { return false }
            if case .add = graph.nodes[input.node].operation { return true }
            return false
        }
        if !ends.isEmpty { return ends.flatMap { end in PooledFeature.Statistic.allCases.map { PooledFeature(end.name, $0) } } }
        // Any other network: what its last layer sees.
        return graph.nodes[graph.output.node].inputs.first.map { [PooledFeature(graph.nodes[$0.node].name)] } ?? []
    }

    /// Fits a rule.
    ///
    /// - Parameters:
    ///   - network: told `features` of all photos.
    ///   - known: photos of the classes, such as training photos as inference sees them; many.
    ///   - labels: their classes.
    ///   - validation: photos of the classes that the network was not trained on.
    ///   - outliers: photos of none of the classes, if there are any: then the measures are weighted by how well they tell
    ///     them from `validation`; otherwise all weigh the same.
    ///   - keptShare: share of `validation` that must not be called neither.
    public init(
        for network: PhotoNetwork, known: Observations, labels: [Int], validation: Observations, outliers: Observations? = nil,
        keptShare: Double = RejectionRule.defaultKeptShare
    ) {
        var distances: [FeatureDistance] = []
        var start = 0
        for width in network.featureWidths {
            distances.append(FeatureDistance(range: start..<start + width, of: known, labels: labels))
            start += width
        }
        self.init(
            method: "", features: network.features, featureWidths: network.featureWidths, distances: distances,
            measures: [], threshold: 0)
        method = "distances at \(distances.count) depths, and energy"
        if let outliers, outliers.count >= Self.folds {
            weigh(validation: validation, outliers: outliers, known: known)
            method += ", weighted with a discriminator by \(outliers.count) photos of other things"
        } else {
            measures = Self.standardizing(values(of: validation))
        }
        setThreshold(on: validation, keptShare: keptShare)
    }

    /// Parts of the other photos of which each is judged by a discriminator that has not seen it.
    private static let folds = 5

    /// Adds a discriminator and weights all measures by how well they tell other photos from those of validation.
    ///
    /// A discriminator is too sure of photos it has learned from, so the weights are fitted to what discriminators say
    /// that learned from the other folds.
    private mutating func weigh(validation: Observations, outliers: Observations, known: Observations) {
        var usual = values(of: validation), unusual = values(of: outliers)
        var judged = [Float](repeating: 0, count: usual.count)
        for fold in 0..<Self.folds {
            let learned = outliers.selecting((0..<outliers.count).filter { $0 % Self.folds != fold })
            let discriminator = FeatureDiscriminator(known: known, others: learned)
            for index in stride(from: fold, to: outliers.count, by: Self.folds) {
                unusual[index].append(discriminator.value(outliers.features(of: index)))
            }
            for index in usual.indices { judged[index] += discriminator.value(validation.features(of: index)) / Float(Self.folds) }
        }
        for index in usual.indices { usual[index].append(judged[index]) }
        measures = Self.standardizing(usual)
        let rows = (usual + unusual).map { zip($0, measures).map { Double(($0 - $1.mean) / $1.deviation) } }
        let regression = LogisticRegression(rows, isPositive: rows.indices.map { $0 >= usual.count }, penalty: 1e-2)
        for index in measures.indices { measures[index].weight = Float(regression.weights[index]) }
        discriminator = FeatureDiscriminator(known: known, others: outliers)
    }

    /// Measures of weight 1 with the mean and deviation of each column.
    private static func standardizing(_ rows: [[Float]]) -> [Measure] {
        (rows.first ?? []).indices.map { index in
            let column = rows.map { Double($0[index]) }
            let mean = column.reduce(0, +) / Double(column.count)
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
            return Measure(mean: Float(mean), deviation: Float(max(variance.squareRoot(), 1e-6)), weight: 1)
        }
    }

    /// Draws the line such that a share of photos of the classes is kept.
    ///
    /// Of a few hundred photos only a handful lie beyond such a line, too few to place it by. Scores in the upper fifth are
    /// taken to fall off exponentially, and all of them place it (peaks over a threshold; Pickands, "Statistical inference
    /// using extreme order statistics", 1975, with the shape 0).
    public mutating func setThreshold(on validation: Observations, keptShare: Double) {
        let scores = scores(of: validation).sorted()
        guard let largest = scores.last else { return }
        let tailShare = 0.2, beyondShare = 1 - keptShare
        let tail = scores.suffix(Int(Double(scores.count) * tailShare))
        guard beyondShare < tailShare, let start = tail.first, beyondShare > 0 else {
            threshold = keptShare >= 1 ? largest : scores[max(Int((Double(scores.count) * keptShare).rounded(.up)) - 1, 0)]
            return
        }
        let meanExcess = tail.reduce(0) { $0 + Double($1 - start) } / Double(tail.count)
        threshold = start + Float(meanExcess * log(tailShare / beyondShare))
    }

    /// The score of each photo.
    public func scores(of observations: Observations) -> [Float] {
        (0..<observations.count).map {
            score(features: observations.features(of: $0), logits: observations.logits(of: $0), classes: observations.classCount)
        }
    }

    private func values(of observations: Observations) -> [[Float]] {
        (0..<observations.count).map {
            values(features: observations.features(of: $0), logits: observations.logits(of: $0), classes: observations.classCount)
        }
    }
}
