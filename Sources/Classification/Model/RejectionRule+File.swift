import ModelStore

/// How a rule lies in a model file: small things as JSON, matrices as tensors beside the network's parameters.
extension RejectionRule {
    /// The JSON part.
    struct Header: Codable {
        struct Distance: Codable {
            var start: Int
            var count: Int
            var classes: Int
        }

        var method: String
        var features: [PooledFeature]
        var featureWidths: [Int]
        var distances: [Distance]
        var hasDiscriminator: Bool
        var measures: [Measure]
        var threshold: Float
    }

    var header: Header {
        Header(
            method: method, features: features, featureWidths: featureWidths,
            distances: distances.map { .init(start: $0.range.lowerBound, count: $0.range.count, classes: $0.means.count) },
            hasDiscriminator: discriminator != nil, measures: measures, threshold: threshold)
    }

    var tensors: [NamedTensor] {
        let own = discriminator.map { [("means", $0.means), ("deviations", $0.deviations), ("weights", $0.weights)] } ?? []
        return distances.enumerated().flatMap { index, distance in
            [
                NamedTensor(
                    name: Self.name(index, "whitening"), shape: [distance.components, distance.range.count],
                    floats: distance.whitening, storedAs: .float32),
                NamedTensor(
                    name: Self.name(index, "means"), shape: [distance.means.count, distance.components],
                    floats: distance.means.flatMap { $0 }, storedAs: .float32),
            ]
        } + own.map { NamedTensor(name: "neither.discriminator.\($0)", shape: [$1.count], floats: $1, storedAs: .float32) }
    }

    /// - Throws: `ModelFileError` when a section or a tensor is missing or has another shape.
    init(_ file: ModelFile) throws {
        let header = try file.section(Header.self, named: .thresholds)
        method = header.method
        features = header.features
        featureWidths = header.featureWidths
        measures = header.measures
        threshold = header.threshold
        let total = featureWidths.reduce(0, +)
        guard measures.count == header.distances.count + (header.hasDiscriminator ? 2 : 1), features.count == featureWidths.count,
            measures.allSatisfy({ $0.deviation > 0 })
        else { throw Malformed(problem: "\(measures.count) measures for \(header.distances.count) distances") }
        func discriminating(_ part: String) throws -> [Float] {
            try file.floats(named: "neither.discriminator.\(part)", shape: [total])
        }
        discriminator = header.hasDiscriminator
            ? FeatureDiscriminator(
                means: try discriminating("means"), deviations: try discriminating("deviations"),
                weights: try discriminating("weights"))
            : nil
        distances = try header.distances.enumerated().map { index, distance in
            guard distance.start >= 0, distance.count > 0, distance.start <= total - distance.count, distance.classes > 0 else {
                throw Malformed(problem: "distance \(index) looks at features that do not exist")
            }
            let whitening = try file.floats(named: Self.name(index, "whitening"), shape: [distance.count, distance.count])
            let means = try file.floats(named: Self.name(index, "means"), shape: [distance.classes, distance.count])
            return FeatureDistance(
                range: distance.start..<distance.start + distance.count, whitening: whitening,
                means: (0..<distance.classes).map { Array(means[$0 * distance.count..<($0 + 1) * distance.count]) })
        }
    }

    private static func name(_ index: Int, _ part: String) -> String { "neither.distance\(index + 1).\(part)" }

    /// The rule for *neither* in a model file makes no sense.
    public struct Malformed: Error, CustomStringConvertible {
        public var problem: String
        public var description: String { "the model's rule for neither makes no sense: \(problem); use the file as it was written" }
    }
}
