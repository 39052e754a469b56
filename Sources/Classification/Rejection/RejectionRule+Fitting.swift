import ComputeGraph

extension RejectionRule {
    /// The share of photos of the classes that a rule keeps, unless told otherwise.
    public static let defaultKeptShare = 0.98

    /// Features that tell unknown photos: the mean of every channel at each depth, taken where residual blocks end.
    public static func defaultFeatures(of graph: Graph) -> [PooledFeature] {
        // A block ends with an activation of a sum.
        let ends = graph.nodes.filter { node in
            guard case .activation = node.operation, let input = node.inputs.first else { return false }
            if case .add = graph.nodes[input.node].operation { return true }
            return false
        }
        if !ends.isEmpty { return ends.map { PooledFeature($0.name) } }
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
        let usual = values(of: validation)
        measures = (0...distances.count).map { index in
            let column = usual.map { Double($0[index]) }
            let mean = column.reduce(0, +) / Double(max(column.count, 1))
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(column.count, 1))
            return Measure(mean: Float(mean), deviation: Float(max(variance.squareRoot(), 1e-6)), weight: 1)
        }
        method = "distances at \(distances.count) depths, and energy"
        if let outliers, outliers.count > 0 {
            let rows = (usual + values(of: outliers)).map(standardized)
            let regression = LogisticRegression(
                rows, isPositive: rows.indices.map { $0 >= usual.count }, penalty: 3e-3)
            for index in measures.indices { measures[index].weight = Float(regression.weights[index]) }
            method += ", weighted by \(outliers.count) photos of other things"
        }
        setThreshold(on: validation, keptShare: keptShare)
    }

    /// Draws the line such that a share of photos of the classes is kept.
    public mutating func setThreshold(on validation: Observations, keptShare: Double) {
        let scores = scores(of: validation).sorted()
        guard !scores.isEmpty else { return }
        let kept = min(max(Int((Double(scores.count) * keptShare).rounded(.up)), 1), scores.count)
        threshold = scores[kept - 1]
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

    private func standardized(_ values: [Float]) -> [Double] {
        zip(values, measures).map { Double(($0 - $1.mean) / $1.deviation) }
    }
}
