extension FeatureDistance {
    /// Measures where the features of photos of the classes lie.
    ///
    /// - Parameters:
    ///   - range: the features to look at.
    ///   - observations: of photos of the classes, many more than there are features.
    ///   - labels: their classes.
    ///   - shrinkage: share of the mean variance that is added to each, so that directions that hardly vary do not
    ///     decide alone (Ledoit and Wolf, 2004, with a fixed amount).
    public init(range: Range<Int>, of observations: Observations, labels: [Int], shrinkage: Double = 1e-3) {
        let width = range.count
        let classes = (labels.max() ?? 0) + 1
        var sums = [[Double]](repeating: [Double](repeating: 0, count: width), count: classes)
        var counts = [Int](repeating: 0, count: classes)
        for (index, label) in labels.enumerated() {
            let features = observations.features(of: index)
            counts[label] += 1
            for column in 0..<width { sums[label][column] += Double(features[features.startIndex + range.lowerBound + column]) }
        }
        let means = zip(sums, counts).map { sum, count in sum.map { $0 / Double(max(count, 1)) } }
        var covariance = SymmetricMatrix(size: width)
        var centered = [Double](repeating: 0, count: width)
        for (index, label) in labels.enumerated() {
            let features = observations.features(of: index)
            for column in 0..<width {
                centered[column] = Double(features[features.startIndex + range.lowerBound + column]) - means[label][column]
            }
            covariance.addProduct(of: centered, weight: 1 / Double(labels.count))
        }
        let meanVariance = (0..<width).reduce(0.0) { $0 + covariance[$1, $1] } / Double(max(width, 1))
        // Features that are always zero, as those of a dead channel, get a variance like any other.
        var ridge = max(meanVariance * shrinkage, 1e-12)
        var whitening: [Double]?
        while whitening == nil {
            var regularized = covariance
            for column in 0..<width { regularized[column, column] += ridge }
            whitening = regularized.inverseCholeskyFactor()
            ridge *= 10
        }
        let matrix = whitening!
        let present = means.indices.filter { counts[$0] > 0 }
        self.init(
            range: range, whitening: matrix.map(Float.init),
            means: present.map { label in
                (0..<width).map { row in Float((0...row).reduce(0.0) { $0 + matrix[row * width + $1] * means[label][$1] }) }
            })
    }
}
