#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

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

    /// A response on a logarithmic scale, where channels that respond rarely count as much as those that always do and
    /// values of photos of a class lie close to normally: `log(1 + 100 |x|)` with the sign of `x`.
    public static func compressed(_ response: Float) -> Float {
        let size = log1pf(100 * abs(response))
        return response < 0 ? -size : size
    }
}
