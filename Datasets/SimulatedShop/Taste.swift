#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a user likes: the latent truth behind all events.
///
/// A user is a direction in a space of eight dimensions, in which categories and items are directions too. The cosine between
/// user and category says how often the user looks there; the cosine between user and item, and how near its price is to what
/// the user spends, say which items in it. As users and items share the space, what one user does tells about another.
struct Taste: Sendable {
    let direction: SIMD8<Float>
    /// Cheap or dear, as `Shelves.priceLevel`.
    let spending: Float
    /// The logarithm of how much the user likes each category, at most 0.
    let categories: [Float]

    static let categoryStrength: Float = 5
    static let itemStrength: Float = 3
    static let priceStrength: Float = 0.5

    /// - Parameter phase: 0, or 1 after a change of taste.
    init(seed: UInt64, user: Int, phase: Int, shelves: Shelves) {
        var random = SplitMix64(seed: seed, stream: 2 + UInt64(phase), index: UInt64(user))
        let direction = random.direction()
        self.direction = direction
        spending = min(max(random.normal() * 0.8, -1.5), 1.5)
        let logits = shelves.styleOfCategory.map { ($0 * direction).sum() * Self.categoryStrength }
        let largest = logits.max() ?? 0
        categories = logits.map { $0 - largest }
    }

    /// The logarithm of how much the user likes an item within its category, at most 0.
    @inline(__always)
    func liking(_ item: Int, _ shelves: Shelves) -> Float {
        let cosine = (direction * shelves.style[item]).sum()
        let distance = shelves.priceLevel[item] - spending
        return Self.itemStrength * (cosine - 1) - Self.priceStrength * distance * distance
    }

    /// How much the user likes an item of all the shop: log-odds against what popularity and season make of it.
    @inline(__always)
    func affinity(_ item: Int, _ shelves: Shelves) -> Float {
        liking(item, shelves) + categories[Int(shelves.category[item])] * 0.5
    }

    /// How likely a look becomes a wish, 0 to 1, given the affinity.
    @inline(__always)
    static func desire(_ affinity: Float) -> Float { 1 / (1 + expf(-1.6 * (affinity + 2.2))) }
}

/// The habits of a user that are no taste.
struct Habits {
    /// How active the user is, 1 on average.
    var activity: Float
    /// Users come to the shop over time: this is when, as a share of all days.
    var joins: Double
    /// Added to every rating.
    var ratingBias: Float
    /// Whether the taste changes on the day of drift.
    var drifts: Bool

    init(_ configuration: ShopConfiguration, user: Int) {
        var random = SplitMix64(seed: configuration.seed, stream: 4, index: UInt64(user))
        // Log-normal, as activity in shops is: most users come rarely, a few often.
        activity = expf(0.8 * random.normal() - 0.32)
        joins = random.chance(0.6) ? 0 : random.preciseUnit()
        ratingBias = random.normal() * 0.45
        drifts = configuration.driftDay != nil && random.preciseUnit() < configuration.driftShare
    }
}
