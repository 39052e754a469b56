/// Two versions side by side.
public struct VersionComparison: Codable, Equatable, Sendable {
    /// A metric of the two versions; `nil` where a version does not have it.
    public struct Metric: Codable, Equatable, Sendable {
        public let name: String
        public let first: Double?
        public let second: Double?
        /// The second less the first, where both have it.
        public var difference: Double? {
            guard let first, let second else { return nil }
            return second - first
        }
    }

    public let first: ModelVersion
    public let second: ModelVersion
    /// All metrics that either has, by name.
    public let metrics: [Metric]
    /// The names of the sections, such as `graph` or `classes`, that are not the same, or that only one has.
    public let differingSections: [String]
    /// The names of parameters that have another shape, or that only one has.
    public let differingParameters: [String]

    /// Whether the two hold the same model, to the bit.
    public var isSameModel: Bool { first.checksum == second.checksum }

    init(_ first: (ModelVersion, SafetensorsFile), _ second: (ModelVersion, SafetensorsFile)) throws {
        self.first = first.0
        self.second = second.0
        metrics = Set(first.0.metrics.keys).union(second.0.metrics.keys).sorted().map {
            Metric(name: $0, first: first.0.metrics[$0], second: second.0.metrics[$0])
        }
        let texts = (try ModelSections(first.1).texts, try ModelSections(second.1).texts)
        differingSections = Set(texts.0.keys).union(texts.1.keys).filter { texts.0[$0] != texts.1[$0] }.sorted()
        func shapes(_ file: SafetensorsFile) -> [String: [Int]] {
            Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0.shape) })
        }
        let shapes = (shapes(first.1), shapes(second.1))
        differingParameters = Set(shapes.0.keys).union(shapes.1.keys).filter { shapes.0[$0] != shapes.1[$0] }.sorted()
    }
}
