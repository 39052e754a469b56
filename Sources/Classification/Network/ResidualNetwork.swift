import ComputeGraph

/// The shape of a residual network for photos: a strided stem, stages of basic blocks that halve the size
/// and widen, a global pool and one dense layer.
public struct ResidualNetwork: Hashable, Codable, Sendable {
    /// Channels of each stage; the stem has those of the first.
    public var widths: [Int]
    /// Blocks of each stage.
    public var blocks: [Int]

    public init(widths: [Int], blocks: [Int]) {
        self.widths = widths
        self.blocks = blocks
    }

    /// 2.7 million parameters; 0.1, 0.22 and 0.4 GMAC at 64, 96 and 128 pixels.
    public static let standard = ResidualNetwork(widths: [32, 64, 128, 256], blocks: [1, 1, 2, 2])
    /// A twentieth of the work, for small pictures and quick trials.
    public static let small = ResidualNetwork(widths: [16, 32, 64], blocks: [1, 1, 1])

    /// The graph for square photos and a number of classes. The pooled features before the last layer are
    /// the node named `features`.
    ///
    /// - Throws: `GraphError` when the photo is too small for the strides.
    public func graph(size: Int, classes: Int) throws -> Graph {
        var graph = Graph()
        let image = try graph.input(.image(height: size, width: size, channels: 3), named: "image")
        var value = try graph.convolutionBatchNormReLU(image, channels: widths[0], kernel: 3, stride: 2, named: "stem")
        for (stage, (width, count)) in zip(widths, blocks).enumerated() {
            for block in 0..<count {
                value = try graph.residualBlock(
                    value, channels: width, stride: stage > 0 && block == 0 ? 2 : 1, named: "stage\(stage + 1).block\(block + 1)")
            }
        }
        value = try graph.globalAveragePool(value, named: Self.features)
        _ = try graph.dense(value, units: classes, named: "head")
        return graph
    }

    /// Name of the pooled features' node.
    public static let features = "features"
}
