import CRanking
import ComputeGraph
import Interactions
import Parallelism
import Synchronization

/// Predicts how a user will rate an item.
///
/// The shape of SVD++ with biases and time (Koren, "Factorization meets the neighborhood", 2008, and "Collaborative filtering
/// with temporal dynamics", 2009), extended to both sides and to properties, and learned by Gibbs sampling (Rendle, Zhang and
/// Koren, "On the difficulty of evaluating baselines", 2019). A prediction is the mean over many models that all fit the ratings,
/// which is why there is no penalty to choose and hardly anything to overfit.
public struct RatingModel: Sendable {
    public struct Configuration: Hashable, Codable, Sendable {
        /// Numbers for each user and item, 1 to 256.
        public var factors = 8
        /// Chains of draws, each from a beginning of its own.
        public var chains = 2
        /// Sweeps of each chain before anything is kept, and those after.
        public var warmUp = 20
        public var sweeps = 80
        /// Draws of each chain whose factors are kept; at most as many as sweeps.
        public var draws = 20
        /// Whether days, drifts and stretches of time are learned where ratings have times.
        public var usesTime = true
        /// Stretches of time for items.
        public var itemStretches = 10

        public init() {}

        /// For an answer within seconds from some hundred thousand ratings: fewer sweeps, a little less accurate.
        public static let quick: Configuration = {
            var quick = Configuration()
            quick.warmUp = 10
            quick.sweeps = 16
            quick.draws = 8
            return quick
        }()

        func validate() throws {
            func check(_ value: Int, _ range: ClosedRange<Int>, _ name: String) throws {
                guard range.contains(value) else {
                    throw RatingModelError.badConfiguration("\(name) is \(value) and must be from \(range.lowerBound) to \(range.upperBound)")
                }
            }
            try check(factors, 1...256, "factors")
            try check(chains, 1...64, "chains")
            try check(warmUp, 0...100_000, "warmUp")
            try check(sweeps, 1...100_000, "sweeps")
            try check(draws, 1...min(sweeps, 1_000), "draws")
            try check(itemStretches, 1...1_000, "itemStretches")
        }

        /// The sweeps after the warm-up whose factors are kept: evenly spread, the last among them.
        var keptSweeps: [Int] { (1...draws).map { $0 * sweeps / draws - 1 } }
    }

    public let configuration: Configuration
    public let users: IdentifierTable
    public let items: IdentifierTable
    /// The lowest and the highest rating seen; predictions lie between.
    public let range: ClosedRange<Float>
    /// Mean and deviation of the ratings seen.
    let mean: Float
    let deviation: Float
    /// How many ratings of each user and of each item it learned from.
    let userRatings: [UInt32]
    let itemRatings: [UInt32]
    let clock: RatingClock?
    let days: UserDays
    let posterior: RatingPosterior
    /// Of an item of which nothing is known: the mean of all that were rated.
    let meanItem: (bias: Float, factors: [Float])
    let meanUserBias: Float

    /// Fits the model.
    ///
    /// - Parameters:
    ///   - seed: the same seed, configuration and ratings give the same model, on any number of threads.
    ///   - progress: told the share that is done; called by several threads.
    /// - Throws: `RatingModelError.noRatings`; `.badConfiguration`.
    public init(
        _ data: RatingData, configuration: Configuration = Configuration(), seed: UInt64 = 1, threads: Int = WorkerThreads.defaultCount,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws {
        try configuration.validate()
        guard !data.ratings.isEmpty else { throw RatingModelError.noRatings }
        let values = data.ratings.map(\.value)
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
        let deviation = variance > 1e-12 ? variance.squareRoot() : 1
        let design = RatingDesign(data, configuration: configuration)
        let total = Double(configuration.chains * (configuration.warmUp + configuration.sweeps))
        let done = Atomic<Int>(0)
        let posterior = try RatingPosterior(
            design, ratings: values.map { Float((Double($0) - mean) / deviation) }, configuration: configuration, seed: seed, threads: threads
        ) { progress(Double(done.wrappingAdd($0, ordering: .relaxed).newValue) / total) }
        var userRatings = [UInt32](repeating: 0, count: data.users.count), itemRatings = [UInt32](repeating: 0, count: data.items.count)
        for rating in data.ratings {
            userRatings[rating.user] += 1
            itemRatings[rating.item] += 1
        }
        self.init(
            configuration: configuration, users: data.users, items: data.items, range: values.min()!...values.max()!, mean: Float(mean),
            deviation: Float(deviation), userRatings: userRatings, itemRatings: itemRatings, clock: design.clock, days: design.days, posterior: posterior)
    }

    init(
        configuration: Configuration, users: IdentifierTable, items: IdentifierTable, range: ClosedRange<Float>, mean: Float,
        deviation: Float, userRatings: [UInt32], itemRatings: [UInt32], clock: RatingClock?, days: UserDays, posterior: RatingPosterior
    ) {
        self.configuration = configuration
        self.users = users
        self.items = items
        self.range = range
        self.mean = mean
        self.deviation = deviation
        self.userRatings = userRatings
        self.itemRatings = itemRatings
        self.clock = clock
        self.days = days
        self.posterior = posterior
        meanItem = posterior.meanItem
        meanUserBias = posterior.meanUserBias
    }

    /// How a user of the training would rate an item.
    ///
    /// - Parameters:
    ///   - user, item: numbers of the tables; nil, or a number that is not there: somebody or something unknown.
    ///   - time: milliseconds since 1970; nil: at no time in particular.
    public func predict(user: Int?, item: Int?, time: Int64? = nil) -> Float { explain(user: user, item: item, time: time).rating }

    /// How the user of a history would rate an item; the history's ratings are all that is known of the user.
    public func predict(history: [HistoryEvent], item: Int?, time: Int64? = nil) -> Float {
        explain(taste(of: history), item: item, time: time).rating
    }

    /// Whether the ratings of a user's history are other than those that were learned from, so that they should be folded in.
    public func isBehind(_ history: [HistoryEvent], of user: Int) -> Bool {
        !userRatings.indices.contains(user) || Int(userRatings[user]) != Set(history.filter(\.isRating).map(\.item)).count
    }
}

extension HistoryEvent {
    var isRating: Bool { kind == .rating && value?.isFinite == true }
}

/// What keeps a rating model from being made.
public enum RatingModelError: Error, Equatable, CustomStringConvertible {
    case noRatings
    case badConfiguration(String)
    case tooFewRatings(count: Int, folds: Int)

    public var description: String {
        switch self {
        case .noRatings: "there are no events of the kind rating with a value; import ratings, or name their column with --columns value=…"
        case .badConfiguration(let problem): "the rating model's configuration cannot be used: \(problem)"
        case .tooFewRatings(let count, let folds): "\(count) ratings cannot be divided into \(folds) folds; use fewer folds, from 2 on"
        }
    }
}
