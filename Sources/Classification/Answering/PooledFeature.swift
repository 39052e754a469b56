/// Numbers that describe a photo by what one layer sees in it: a statistic of each of its channels over height and width.
public struct PooledFeature: Hashable, Codable, Sendable {
    public enum Statistic: String, Codable, Sendable, CaseIterable {
        case mean
        /// Mean of the squares; with the mean it tells how unevenly a channel responds.
        case meanSquare = "mean-square"
    }

    /// Name of the layer in the graph.
    public var layer: String
    public var statistic: Statistic

    public init(_ layer: String, _ statistic: Statistic = .mean) {
        self.layer = layer
        self.statistic = statistic
    }
}
