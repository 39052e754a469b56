import ComputeGraph
import Interactions
import Recommendation

/// Ratings whose truth is known: a constant, biases of users and items, tastes of a few factors, and noise.
struct PlantedRatings {
    var log: InteractionLog
    /// The true rating without noise, by user and item.
    var truth: [[Float]]
    var userBias: [Float]
    var itemBias: [Float]
    /// Pairs that are not in the log.
    var unseen: [(user: Int, item: Int)]

    static let day: Int64 = 86_400_000
    static let start: Int64 = 1_000_000 * day

    /// - Parameters:
    ///   - share: of the pairs that are rated.
    ///   - drift: added to the ratings of the later half of the time, and taken from those of the earlier, by item parity.
    init(
        users: Int = 120, items: Int = 80, factors: Int = 2, biases: Float = 0.5, taste: Float = 1, noise: Float = 0.1, share: Float = 0.4,
        drift: Float = 0, times: Bool = false, seed: UInt64 = 7
    ) throws {
        var random = RandomSource(seed: seed)
        func normals(_ count: Int, _ deviation: Float) -> [Float] { (0..<count).map { _ in deviation * Float(random.normal()) } }
        let ofUsers = normals(users, biases), ofItems = normals(items, biases)
        (userBias, itemBias) = (ofUsers, ofItems)
        let left = (0..<users).map { _ in normals(factors, 1) }, right = (0..<items).map { _ in normals(factors, 1) }
        truth = []
        for user in 0..<users {
            var row: [Float] = []
            for item in 0..<items {
                let product = zip(left[user], right[item]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                row.append(3 + ofUsers[user] + ofItems[item] + taste * product)
            }
            truth.append(row)
        }
        unseen = []
        var builder = InteractionLogBuilder(
            users: IdentifierTable((0..<users).map { "u\($0)" }), items: IdentifierTable((0..<items).map { "i\($0)" }))
        for user in 0..<users {
            for item in 0..<items {
                guard random.uniform() < share else {
                    unseen.append((user, item))
                    continue
                }
                let day = Int64(random.next() % 100)
                let shift = drift * (day < 50 ? -1 : 1) * (item % 2 == 0 ? 1 : -1)
                let value = truth[user][item] + shift + noise * Float(random.normal())
                try builder.append(
                    Event(
                        user: "u\(user)", item: "i\(item)", kind: .rating, value: Double(value),
                        time: times ? Self.start + day * Self.day : nil))
            }
        }
        log = builder.build()
    }

    /// Root of the mean squared difference to the truth over unseen pairs.
    func error(_ predict: (Int, Int) -> Float) -> Double {
        let squares = unseen.map { pow2(Double(predict($0.user, $0.item) - truth[$0.user][$0.item])) }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }

    private func pow2(_ value: Double) -> Double { value * value }
}

extension RatingModel.Configuration {
    /// Small, for small logs.
    static func small(factors: Int = 4) -> RatingModel.Configuration {
        var configuration = RatingModel.Configuration()
        configuration.factors = factors
        configuration.warmUp = 30
        configuration.sweeps = 40
        configuration.draws = 10
        return configuration
    }
}

/// How closely two lists go together, from -1 to 1.
func correlation(_ left: [Float], _ right: [Float]) -> Float {
    let count = Float(left.count)
    let (first, second) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
    var product: Float = 0, squares: Float = 0, others: Float = 0
    for (x, y) in zip(left, right) {
        product += (x - first) * (y - second)
        squares += (x - first) * (x - first)
        others += (y - second) * (y - second)
    }
    return product / (squares * others).squareRoot()
}
